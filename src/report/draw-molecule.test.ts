import { describe, expect, it } from "vitest";
import { drawMolecule } from "./draw-molecule.ts";

const size = { width: 120, height: 100 };

describe("drawMolecule", () => {
  it("draws letters for all atoms but carbon, a line or more for every bond, in colours of the theme, inside its frame", () => {
    const drawn = drawMolecule("NCC(=O)CF", size) ?? "";
    expect([...drawn.matchAll(/>([A-Z])</g)].map(([, letter]) => letter).sort()).toEqual(["F", "H", "N", "O"]);
    expect(drawn.match(/<line/g)?.length).toBe(6);
    expect([...new Set(drawn.match(/var\(--\w+\)/g))].sort()).toEqual([
      "var(--first)",
      "var(--ink)",
      "var(--second)",
      "var(--third)",
    ]);
    expect(drawn).not.toMatch(/rgb|event|id=/);
    for (const [, axis, value] of drawn.matchAll(/ ([xy])[12]?="([\d.-]+)"/g)) {
      expect(Number(value)).toBeGreaterThanOrEqual(0);
      expect(Number(value)).toBeLessThanOrEqual(axis === "x" ? size.width : size.height);
    }
  });

  it.each(["", "C1CC"])("draws nothing for '%s'", (text) => {
    expect(drawMolecule(text, size)).toBeUndefined();
  });
});
