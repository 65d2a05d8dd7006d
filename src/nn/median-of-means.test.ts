import { describe, expect, it } from "vitest";
import { medianOfMeans } from "./median-of-means.ts";

describe("medianOfMeans", () => {
  it("is the median of the means of interleaved parts", () => {
    // Parts {1, 4}, {2, 5}, {3, 60}: means 2.5, 3.5, 31.5.
    expect(medianOfMeans([1, 2, 3, 4, 5, 60], 3)).toBe(3.5);
    expect(medianOfMeans([1, 2, 3, 4], 2)).toBe(2.5);
    expect(medianOfMeans([7], 11)).toBe(7);
  });

  it("is not moved by a few wild values, as the mean is", () => {
    const values = Float64Array.from({ length: 110 }, (_, i) => (i === 3 || i === 70 ? 1e6 : 1));
    expect(medianOfMeans(values)).toBe(1);
  });
});
