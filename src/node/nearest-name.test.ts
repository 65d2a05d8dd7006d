import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearestName } from "./nearest-name.ts";

describe("editDistance", () => {
  it("counts letters inserted, removed, replaced, and swapped with their neighbour", () => {
    // Distances of Damerau 1964 in the restricted form, in which no part is edited twice: "ca" to "abc" is 3.
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("train", "trian")).toBe(1);
    expect(editDistance("ca", "abc")).toBe(3);
    expect(editDistance("", "abc")).toBe(3);
  });

  it("is symmetric, zero only between equals, and at most the longer length", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe("nearestName", () => {
  it("finds the name that was meant, whatever its case, and nothing when all are far", () => {
    const names = ["critical_temp", "mean_valence", "range_valence"];
    expect(nearestName("critcal_temp", names)).toBe("critical_temp");
    expect(nearestName("CRITICAL_TEMP", names)).toBe("critical_temp");
    expect(nearestName("valence", names)).toBeUndefined();
    expect(nearestName("x", ["y"])).toBeUndefined();
    expect(nearestName("max", ["min"])).toBeUndefined();
    expect(nearestName("mix", ["min"])).toBe("min");
  });
});
