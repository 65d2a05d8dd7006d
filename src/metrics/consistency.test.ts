import { describe, expect, it } from "vitest";
import { normals, plus } from "../../test/matrices.ts";
import { DomainError, ShapeError } from "../errors.ts";
import { matrix, multiplyTransposed, takeColumns } from "../linalg/matrix.ts";
import { consistency } from "./consistency.ts";
import { strongMcc } from "./mcc.ts";

describe("consistency", () => {
  const z = normals(500, 3, 1);

  it("is 1 for the same latents in another order, weak only for a linear mixture, and low for others", () => {
    const reordered = matrix(
      500,
      3,
      takeColumns(z, [2, 0, 1]).data.map((value) => -5 * value),
    );
    const mixed = multiplyTransposed(z, normals(3, 3, 2));
    const { pairs } = consistency([z, reordered, mixed, normals(500, 3, 3)]);
    expect(pairs.map(({ first, second }) => [first, second])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    const [same, mixture, others] = pairs;
    expect(same.strongPearson).toBeCloseTo(1, 12);
    expect(same.strongSpearman).toBeCloseTo(1, 12);
    expect(mixture.weak).toBeCloseTo(1, 10);
    expect(mixture.smallestCanonical).toBeCloseTo(1, 10);
    expect(mixture.strongPearson).toBeLessThan(0.95);
    expect(Math.max(others.weak, others.strongPearson, others.strongSpearman)).toBeLessThan(0.2);
  });

  it("gives Spearman's score on ranks, and the median and range over pairs", () => {
    const runs = [0.2, 0.5, 1, 2].map((noise, k) => plus(z, normals(500, 3, 10 + k), noise));
    const { pairs, spread } = consistency(runs);
    for (const { first, second, strongSpearman } of pairs) {
      expect(strongSpearman).toBeCloseTo(strongMcc(runs[first], runs[second], "spearman").score, 13);
    }
    const sorted = pairs.map(({ strongPearson }) => strongPearson).sort((a, b) => a - b);
    expect(spread.strongPearson).toEqual({
      median: (sorted[2] + sorted[3]) / 2,
      lowest: sorted[0],
      highest: sorted[5],
    });
    expect(spread.strongPearson.lowest).toBeLessThan(spread.strongPearson.median - 0.05);
  });

  it("names the run whose latents or rows differ, and needs two", () => {
    expect(() => consistency([z, normals(500, 4, 2)])).toThrow(/run 1 has 4 latents, run 0 has 3/);
    expect(() => consistency([z, z, normals(400, 3, 2)])).toThrow(ShapeError);
    expect(() => consistency([z])).toThrow(DomainError);
  });
});
