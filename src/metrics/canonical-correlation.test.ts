import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GoldenArray, golden, goldenMatrix } from "../../test/golden.ts";
import { normals, plus } from "../../test/matrices.ts";
import { DomainError, ShapeError } from "../errors.ts";
import { type Matrix, matrix, multiply, multiplyTransposed, takeColumns, takeRows } from "../linalg/matrix.ts";
import { crossCorrelation } from "../stats/correlation.ts";
import { canonicalCorrelation, canonicalCorrelationOutOfSample, weakMcc } from "./canonical-correlation.ts";
import { applyMap } from "./whitening.ts";

interface GoldenCase {
  name: string;
  x: GoldenArray;
  y: GoldenArray;
  canonical_correlations: GoldenArray;
  x_weights: GoldenArray;
  y_weights: GoldenArray;
  mean_pearson: number;
  weak_mcc_spearman_best_assignment: number;
}
const file = golden("cca.json") as {
  cases: GoldenCase[];
};

/** Rounding of QR, Gram–Schmidt and SVD of a few hundred rows. */
const GOLDEN_TOLERANCE = 1e-12;

const largestDifference = (a: Float64Array, b: ArrayLike<number>) =>
  a.reduce((worst, value, at) => Math.max(worst, Math.abs(value - b[at])), 0);

describe("canonicalCorrelation", () => {
  it.each(file.cases)("agrees with NumPy on $name", ({ x, y, ...expected }) => {
    const found = canonicalCorrelation(goldenMatrix(x), goldenMatrix(y));
    expect(found.correlations.length).toBe(4);
    expect(largestDifference(found.correlations, expected.canonical_correlations.data)).toBeLessThan(GOLDEN_TOLERANCE);
    expect(Math.abs(found.mean - expected.mean_pearson)).toBeLessThan(GOLDEN_TOLERANCE);
    // Weights lose what the separation of neighbouring correlations loses: three digits here.
    for (const [map, weights] of [
      [found.left, expected.x_weights],
      [found.right, expected.y_weights],
    ] as const) {
      expect(largestDifference(map.weights.data, weights.data)).toBeLessThan(1e-9);
    }
  });

  it.each(file.cases)("gives the Spearman score of exact variates on $name", ({ x, y, ...expected }) => {
    const score = weakMcc(goldenMatrix(x), goldenMatrix(y), "spearman");
    expect(Math.abs(score - expected.weak_mcc_spearman_best_assignment)).toBeLessThan(GOLDEN_TOLERANCE);
  });

  it("does not change under invertible linear maps and shifts (property)", () => {
    const z = normals(80, 3, 1);
    const other = plus(z, normals(80, 3, 2), 0.7);
    const before = canonicalCorrelation(z, other).correlations;
    const entry = fc.double({ min: -3, max: 3, noNaN: true });
    const pivot = fc.tuple(fc.double({ min: 0.2, max: 5, noNaN: true }), fc.boolean());
    fc.assert(
      fc.property(fc.tuple(pivot, pivot, pivot), fc.array(entry, { minLength: 6, maxLength: 6 }), (pivots, e) => {
        const [p, q, r] = pivots.map(([size, isNegative]) => (isNegative ? -size : size));
        const lower = matrix(3, 3, Float64Array.of(p, 0, 0, e[0], q, 0, e[1], e[2], r));
        const upper = matrix(3, 3, Float64Array.of(1, e[3], e[4], 0, 1, e[5], 0, 0, 1));
        const mapped = multiply(z, multiply(lower, upper));
        const moved = matrix(
          80,
          3,
          mapped.data.map((value) => value + 10),
        );
        expect(largestDifference(canonicalCorrelation(moved, other).correlations, before)).toBeLessThan(1e-10);
      }),
    );
  });

  it("separates what was lost: the smallest correlation is near 0, the others stay", () => {
    const z = normals(5000, 4, 3);
    const lost = takeColumns(z, [0, 1, 2]);
    const noise = normals(5000, 1, 4);
    const left = matrix(
      5000,
      4,
      Float64Array.from({ length: 20_000 }, (_, at) =>
        at % 4 === 3 ? noise.data[Math.floor(at / 4)] : lost.data[Math.floor(at / 4) * 3 + (at % 4)],
      ),
    );
    const { correlations, smallest } = canonicalCorrelation(left, multiplyTransposed(z, normals(4, 4, 5)));
    expect(correlations[2]).toBeCloseTo(1, 10);
    expect(smallest).toBeLessThan(0.05);
  });

  it("states the rank of a deficient set and scores the missing directions 0", () => {
    const z = normals(200, 3, 6);
    const twice = matrix(
      200,
      3,
      z.data.map((value, at) => (at % 3 === 2 ? z.data[at - 1] - 2 * z.data[at - 2] : value)),
    );
    const { correlations, rank, smallest, mean, left } = canonicalCorrelation(twice, z);
    expect(rank).toEqual({ left: 2, right: 3 });
    expect(largestDifference(correlations, [1, 1, 0])).toBeLessThan(1e-12);
    expect([smallest, left.weights.cols]).toEqual([0, 2]);
    expect(mean).toBeCloseTo(2 / 3, 12);
    const flat = matrix(200, 3, new Float64Array(600).fill(0.1));
    expect([...canonicalCorrelation(flat, z).correlations]).toEqual([0, 0, 0]);
    expect(weakMcc(flat, z, "spearman")).toBe(0);
    expect(weakMcc(twice, z, "spearman")).toBeCloseTo(2 / 3, 12);
  });

  it("gives variates of unit variance that correlate pair by pair only", () => {
    const z = normals(300, 3, 7);
    const other = plus(z, normals(300, 3, 8), 1);
    const { left, right, correlations } = canonicalCorrelation(z, other);
    const u = applyMap(left, z);
    const r = crossCorrelation(u, applyMap(right, other), "pearson");
    r.data.forEach((value, at) => {
      expect(value).toBeCloseTo(Math.floor(at / 3) === at % 3 ? correlations[at % 3] : 0, 12);
    });
    expect(multiplyTransposed(transposed(u), transposed(u)).data[0] / 299).toBeCloseTo(1, 12);
  });

  it("refuses so few rows that it would be 1 whatever the data, and other rows", () => {
    expect(() => canonicalCorrelation(normals(8, 4, 1), normals(8, 4, 2))).toThrow(/9 are needed/);
    expect(() => canonicalCorrelation(normals(9, 4, 1), normals(9, 4, 2))).not.toThrow();
    expect(() => canonicalCorrelation(normals(9, 1, 1), normals(8, 1, 2))).toThrow(ShapeError);
    expect(() => canonicalCorrelation(normals(9, 1, 1), matrix(9, 0))).toThrow(DomainError);
  });
});

describe("canonicalCorrelationOutOfSample", () => {
  const rows = Array.from({ length: 60 }, (_, i) => i);
  const halves = { fit: rows.filter((i) => i % 2 === 0), score: rows.filter((i) => i % 2 === 1) };

  it("takes away the optimism of fitting: noise scores about 0, though not in sample", () => {
    const means = Array.from({ length: 40 }, (_, seed) => {
      const [left, right] = [normals(60, 5, 100 + seed), normals(60, 5, 300 + seed)];
      const inSample = canonicalCorrelation(takeRows(left, halves.fit), takeRows(right, halves.fit));
      return [inSample.mean, canonicalCorrelationOutOfSample(left, right, halves).mean];
    });
    const mean = (k: number) => means.reduce((sum, pair) => sum + pair[k], 0) / means.length;
    expect(mean(0)).toBeGreaterThan(0.3);
    expect(Math.abs(mean(1))).toBeLessThan(5 / Math.sqrt(29 * 200));
  });

  it("is exact for an exact linear map", () => {
    const z = normals(60, 3, 9);
    const mixed = multiplyTransposed(z, normals(3, 3, 10));
    expect(canonicalCorrelationOutOfSample(z, mixed, halves).smallest).toBeCloseTo(1, 10);
  });

  it("refuses halves that overlap", () => {
    const z = normals(60, 2, 11);
    expect(() => canonicalCorrelationOutOfSample(z, z, { fit: rows, score: [3] })).toThrow(DomainError);
  });
});

function transposed(a: Matrix): Matrix {
  return matrix(
    a.cols,
    a.rows,
    a.data.map((_, at) => a.data[(at % a.rows) * a.cols + Math.floor(at / a.rows)]),
  );
}
