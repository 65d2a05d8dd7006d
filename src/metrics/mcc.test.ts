import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GoldenArray, golden, goldenMatrix } from "../../test/golden.ts";
import { normals, plus } from "../../test/matrices.ts";
import { DomainError, ShapeError } from "../errors.ts";
import { matrix, takeColumns, takeRows } from "../linalg/matrix.ts";
import { strongMcc, strongMccOutOfSample } from "./mcc.ts";

interface GoldenMatching {
  rows: number[];
  cols: number[];
  score: number;
  greedy_score: number;
}
interface GoldenCase {
  name: string;
  z1: GoldenArray;
  z2: GoldenArray;
  pearson: GoldenMatching;
  spearman: GoldenMatching;
}
const file = golden("mcc.json") as {
  cases: GoldenCase[];
};

/** Rounding of correlations over 60 to 80 rows, in both implementations. */
const GOLDEN_TOLERANCE = 1e-12;

describe("strongMcc", () => {
  it.each(file.cases)("agrees with SciPy on $name", ({ name, z1, z2, ...expected }) => {
    for (const kind of ["pearson", "spearman"] as const) {
      const { score, pairs } = strongMcc(goldenMatrix(z1), goldenMatrix(z2), kind);
      expect(Math.abs(score - expected[kind].score)).toBeLessThan(GOLDEN_TOLERANCE);
      if (name === "d4_nearly_collinear") continue; // two matchings within rounding of each other
      expect(pairs.map(({ left }) => left)).toEqual(expected[kind].rows);
      expect(pairs.map(({ right }) => right)).toEqual(expected[kind].cols);
    }
  });

  it("does not change when latents are reordered, flipped and rescaled (property)", () => {
    const z = normals(50, 4, 1);
    const truth = plus(takeColumns(z, [2, 0, 3, 1]), normals(50, 4, 2), 0.8);
    const factor = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        fc.tuple(factor, factor, factor, factor),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
        fc.constantFrom("pearson" as const, "spearman" as const),
        (order, factors, flips, kind) => {
          const scales = factors.map((f, j) => (flips[j] ? -f : f));
          const shuffled = takeColumns(z, order);
          const changed = matrix(
            50,
            4,
            shuffled.data.map((value, at) => 3 + value * scales[at % 4]),
          );
          const before = strongMcc(z, truth, kind);
          const after = strongMcc(changed, truth, kind);
          expect(Math.abs(after.score - before.score)).toBeLessThan(1e-12);
          for (const { left, right, correlation } of after.pairs) {
            const original = before.pairs.find((pair) => pair.left === order[left]);
            expect(right).toBe(original?.right);
            expect(correlation).toBeCloseTo((flips[left] ? -1 : 1) * (original?.correlation ?? Number.NaN), 12);
          }
        },
      ),
    );
  });

  it("is low for latents that have nothing to do with each other, and 1 for themselves", () => {
    const z = normals(2000, 5, 3);
    expect(strongMcc(z, normals(2000, 5, 4), "pearson").score).toBeLessThan(0.06);
    expect(strongMcc(z, z, "spearman").score).toBeCloseTo(1, 14);
  });

  it("takes the matching with the best total where the greedy one is worse", () => {
    const traps = file.cases.filter(({ pearson }) => pearson.greedy_score < pearson.score - 1e-6);
    expect(traps.length).toBeGreaterThan(0);
    for (const { z1, z2, pearson } of traps) {
      expect(strongMcc(goldenMatrix(z1), goldenMatrix(z2), "pearson").score).toBeGreaterThan(
        pearson.greedy_score + 1e-7,
      );
    }
  });

  it("counts a collapsed latent as 0", () => {
    const z = normals(100, 2, 5);
    const collapsed = matrix(
      100,
      2,
      z.data.map((value, at) => (at % 2 === 0 ? value : 0.1)),
    );
    expect(strongMcc(collapsed, z, "pearson").score).toBeCloseTo(0.5, 14);
  });

  it("refuses other rows, and nothing to match", () => {
    expect(() => strongMcc(matrix(5, 2), matrix(6, 2), "pearson")).toThrow(ShapeError);
    expect(() => strongMcc(matrix(5, 0), matrix(5, 2), "pearson")).toThrow(DomainError);
  });
});

describe("strongMccOutOfSample", () => {
  const halves = {
    fit: Array.from({ length: 30 }, (_, i) => 2 * i),
    score: Array.from({ length: 30 }, (_, i) => 2 * i + 1),
  };

  it("takes away what matching gains by chance: noise scores about 0 on average, though not in sample", () => {
    const scores = Array.from({ length: 60 }, (_, seed) => {
      const [left, right] = [normals(60, 10, 100 + seed), normals(60, 10, 500 + seed)];
      return {
        inSample: strongMcc(takeRows(left, halves.fit), takeRows(right, halves.fit), "pearson").score,
        outOfSample: strongMccOutOfSample(left, right, halves, "pearson").score,
      };
    });
    const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
    expect(mean(scores.map(({ inSample }) => inSample))).toBeGreaterThan(0.3);
    // One correlation of 30 rows has standard error 1/√29; 60 runs of 10 pairs, five standard errors.
    expect(Math.abs(mean(scores.map(({ outOfSample }) => outOfSample)))).toBeLessThan(5 / Math.sqrt(29 * 600));
  });

  it("scores the signed correlation of the other half: a latent that changes sign counts against", () => {
    const z = normals(60, 2, 6);
    const flipped = matrix(
      60,
      2,
      z.data.map((value, at) => (Math.floor(at / 2) % 2 === 1 && at % 2 === 0 ? -value : value)),
    );
    const { score, pairs } = strongMccOutOfSample(z, flipped, halves, "pearson");
    expect(score).toBeCloseTo(0, 12);
    expect(pairs.map(({ correlation }) => Math.round(correlation))).toEqual([-1, 1]);
  });

  it("takes the sign from the fitted half, so that a latent found upside down scores 1", () => {
    const z = normals(60, 2, 8);
    const upsideDown = matrix(
      60,
      2,
      z.data.map((value) => -value),
    );
    expect(strongMccOutOfSample(z, upsideDown, halves, "spearman").score).toBeCloseTo(1, 12);
  });

  it("refuses halves that overlap or are empty", () => {
    const z = normals(10, 1, 7);
    expect(() => strongMccOutOfSample(z, z, { fit: [0, 1, 2], score: [2, 3, 4] }, "pearson")).toThrow(/row 2/);
    expect(() => strongMccOutOfSample(z, z, { fit: [0, 1, 2], score: [] }, "pearson")).toThrow(DomainError);
  });
});
