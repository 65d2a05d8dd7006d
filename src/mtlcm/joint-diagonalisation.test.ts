import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { SingularMatrixError } from "../errors.ts";
import { logAbsDeterminant } from "../linalg/lu.ts";
import { identity, type Matrix, matrix, multiply, multiplyTransposed } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { solveClosedForm } from "./closed-form.ts";
import { congruence } from "./congruence.ts";
import { sweep } from "./coordinate-sweep.ts";
import { clampedBounds, diagonality, FREE, relativeGradient } from "./diagonality.ts";
import { diagonalise } from "./joint-diagonalisation.ts";
import { pack, weightedSums } from "./packed-covariances.ts";
import type { CovarianceSet } from "./residual-covariance.ts";
import { randomOrthogonal } from "./starting-points.ts";
import { finish } from "./steps.ts";

interface GoldenArray {
  readonly shape: number[];
  readonly data: number[];
}

interface GoldenPoint {
  readonly name: string;
  readonly B: GoldenArray;
  readonly plain: { readonly value: number; readonly relative_gradient: GoldenArray };
  readonly clamped: { readonly value: number; readonly relative_gradient: GoldenArray };
}

interface GoldenCase {
  readonly name: string;
  readonly pi: GoldenArray;
  readonly R: GoldenArray;
  readonly points: readonly GoldenPoint[];
  readonly minimiser: { readonly B: GoldenArray; readonly value: number };
}

const cases: GoldenCase[] = golden("jad.json").cases;
const D = 4;
const square = (a: GoldenArray): Matrix => matrix(D, D, goldenArray(a));
const setOf = ({ pi, R }: GoldenCase): CovarianceSet => ({
  dim: D,
  weights: goldenArray(pi),
  matrices: matrix(pi.data.length, D * D, goldenArray(R)),
});

/** L counts ½ Σ π_t r/D, which is d/2 when variances are free; the plain criterion of the golden file leaves it out. */
const CONSTANT = D / 2;

const largestDifference = (a: Matrix, b: Matrix) => Math.max(...a.data.map((value, k) => Math.abs(value - b.data[k])));

/** T random covariances around a common mixing, of two degrees of diagonality. */
function randomSet(d: number, tasks: number, seed: number, noise: number): CovarianceSet {
  const random = createRandom(seed);
  const gaussian = (rows: number, cols: number) =>
    matrix(
      rows,
      cols,
      Float64Array.from({ length: rows * cols }, () => random.normal()),
    );
  const mixing = gaussian(d, d);
  const matrices = matrix(tasks, d * d);
  for (let t = 0; t < tasks; t++) {
    const scales = matrix(d, d);
    for (let j = 0; j < d; j++) scales.data[j * d + j] = Math.exp(random.normal());
    const root = multiply(mixing, scales);
    const extra = gaussian(d, d + 2);
    const sum = multiplyTransposed(root, root).data;
    multiplyTransposed(extra, extra).data.forEach((value, k) => {
      matrices.data[t * d * d + k] = sum[k] + noise * value;
    });
  }
  return { dim: d, weights: new Float64Array(tasks).fill(1 / tasks), matrices };
}

/** The criterion from its definition: whole matrices, one task at a time. */
function plainCriterion({ dim: d, weights, matrices }: CovarianceSet, b: Matrix, lower = 0, upper = Infinity): number {
  let value = -logAbsDeterminant(b);
  weights.forEach((weight, t) => {
    const r = matrix(d, d, matrices.data.slice(t * d * d, (t + 1) * d * d));
    const image = multiplyTransposed(multiply(b, r), b);
    for (let j = 0; j < d; j++) {
      const variance = image.data[j * d + j];
      const fitted = Math.min(Math.max(variance, lower), upper);
      value += (weight / 2) * (Math.log(fitted) + variance / fitted);
    }
  });
  return value;
}

describe("diagonality", () => {
  it.each(cases.flatMap((c) => c.points.map((p) => [c.name, p.name, c, p] as const)))(
    "has the values and gradients of the golden file: %s, %s",
    (_, __, c, point) => {
      const set = pack(setOf(c));
      const free = diagonality(set, square(point.B), FREE);
      expect(Math.abs(free.value - CONSTANT - point.plain.value)).toBeLessThan(1e-12 * (1 + Math.abs(free.value)));
      const scale = Math.max(1, ...point.plain.relative_gradient.data.map(Math.abs));
      expect(
        largestDifference(
          relativeGradient(free, weightedSums(set, free.variance)),
          square(point.plain.relative_gradient),
        ),
      ).toBeLessThan(1e-11 * scale);
      const clamped = diagonality(set, square(point.B), clampedBounds(0.1));
      expect(Math.abs(clamped.value - point.clamped.value)).toBeLessThan(1e-12 * (1 + Math.abs(clamped.value)));
      const clampedScale = Math.max(1, ...point.clamped.relative_gradient.data.map(Math.abs));
      expect(
        largestDifference(
          relativeGradient(clamped, weightedSums(set, clamped.variance)),
          square(point.clamped.relative_gradient),
        ),
      ).toBeLessThan(1e-11 * clampedScale);
    },
  );

  it("agrees with its definition, and with free variances does not depend on the scale of the rows of B", () => {
    const arbitrary = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 999 }));
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0.01, max: 100, noNaN: true }), ([d, seed], scale) => {
        const set = randomSet(d, 5, seed, 0.3);
        const b = randomOrthogonal(d, createRandom(seed));
        const value = diagonality(pack(set), b, FREE).value;
        expect(value).toBeCloseTo(plainCriterion(set, b), 9);
        expect(diagonality(pack(set), b, clampedBounds(0.5)).value).toBeCloseTo(plainCriterion(set, b, 0.25, 1), 9);
        const stretched = matrix(
          d,
          d,
          b.data.map((x, k) => (k < d ? -scale * x : x)),
        );
        expect(diagonality(pack(set), stretched, FREE).value).toBeCloseTo(value, 9);
      }),
      { numRuns: 40 },
    );
  });

  it("with clamped variances does depend on it (negative control)", () => {
    const set = pack(randomSet(3, 5, 1, 0.3));
    const twice = matrix(
      3,
      3,
      identity(3).data.map((x) => 2 * x),
    );
    const difference =
      diagonality(set, twice, clampedBounds(0.1)).value - diagonality(set, identity(3), clampedBounds(0.1)).value;
    expect(Math.abs(difference)).toBeGreaterThan(0.1);
  });
});

describe("sweep", () => {
  it("solves each row exactly: V_j b_j is orthogonal to the other rows, b_j' V_j b_j = 1, and L falls", () => {
    const set = pack(randomSet(5, 8, 3, 0.3));
    const start = diagonality(set, randomOrthogonal(5, createRandom(1)), FREE);
    let at = start;
    for (let k = 0; k < 10; k++) {
      const next = diagonality(set, sweep(at, weightedSums(set, at.variance)), FREE);
      expect(next.value).toBeLessThanOrEqual(at.value + 1e-13);
      at = next;
    }
    expect(at.value).toBeLessThan(start.value - 0.1);
    // The last row was updated last, so its equation (B V_d) b_d = e_d holds for the B returned, with the D used.
    const last = sweep(at, weightedSums(set, at.variance));
    const gradient = relativeGradient({ ...at, unmixing: last }, weightedSums(set, at.variance));
    for (let j = 0; j < 5; j++) expect(Math.abs(gradient.data[20 + j])).toBeLessThan(1e-10);
  });
});

describe("diagonalise and solveClosedForm", () => {
  it.each(cases.map((c) => [c.name, c] as const))("reaches the golden minimiser (%s)", (_, c) => {
    const set = setOf(c);
    const { value, unmixing, converged, starts, agreed } = finish(solveClosedForm(set, FREE, {}, createRandom(1)));
    expect(converged).toBe(true);
    expect(agreed).toBeGreaterThanOrEqual(Math.min(2, starts));
    const shift = CONSTANT + (D / 2) * Math.log(2 * Math.PI);
    expect(Math.abs(value - shift - c.minimiser.value)).toBeLessThan(1e-9);
    // Rows agree up to order, sign and scale: B B*⁻¹ is a scaled permutation, so B R B' has the same off-diagonal zeros.
    const expected = rowsOf(square(c.minimiser.B));
    for (const row of rowsOf(unmixing)) {
      const best = expected.reduce((most, other) => Math.max(most, cosine(row, other)), 0);
      expect(1 - best).toBeLessThan(1e-9);
    }
  });

  it("never rises, from any start, and ends where the gradient vanishes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 999 }), (d, seed) => {
        const set = pack(randomSet(d, 6, seed, 0.5));
        const steps = diagonalise(set, randomOrthogonal(d, createRandom(seed)), { bounds: FREE, maxIterations: 2000 });
        let previous = Number.POSITIVE_INFINITY;
        let next = steps.next();
        for (; !next.done; next = steps.next()) {
          expect(next.value.value).toBeLessThanOrEqual(previous + 1e-12);
          previous = next.value.value;
        }
        expect(next.value.converged).toBe(true);
        expect(
          largestDifference(relativeGradient(next.value, weightedSums(set, next.value.variance)), matrix(d, d)),
        ).toBeLessThan(1e-9);
      }),
      { numRuns: 25 },
    );
  });

  it("diagonalises exactly what can be diagonalised, and with clamps reaches the free optimum where none binds", () => {
    const set = randomSet(5, 8, 7, 0);
    const { unmixing } = finish(solveClosedForm(set, FREE, {}, createRandom(2)));
    const lambda = congruence(set.matrices, unmixing);
    for (let t = 0; t < 8; t++) {
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < i; j++) expect(Math.abs(lambda.data[t * 25 + i * 5 + j])).toBeLessThan(1e-7);
      }
    }
    const loose = finish(solveClosedForm(set, { lower: 1e-6, upper: 1e6 }, {}, createRandom(2)));
    const free = finish(solveClosedForm(set, FREE, {}, createRandom(2)));
    expect(Math.abs(loose.value - free.value)).toBeLessThan(1e-9);
    const tight = finish(solveClosedForm(set, { lower: 0.5, upper: 1 }, {}, createRandom(2)));
    expect(tight.converged).toBe(true);
    expect(tight.value).toBeGreaterThan(free.value + 0.1);
  });

  it("says so when it did not converge, and refuses singular covariances", () => {
    const set = pack(randomSet(4, 6, 1, 0.5));
    const stopped = finish(diagonalise(set, identity(4), { bounds: FREE, maxIterations: 2 }));
    expect(stopped).toMatchObject({ converged: false, reason: "iterations", iteration: 2 });
    const flat = { dim: 2, weights: Float64Array.of(1), matrices: matrix(1, 4, Float64Array.of(1, 1, 1, 1)) };
    expect(() => finish(solveClosedForm(flat, FREE, {}, createRandom(1)))).toThrow(SingularMatrixError);
  });
});

function rowsOf(a: Matrix): Float64Array[] {
  return Array.from({ length: a.rows }, (_, i) => a.data.slice(i * a.cols, (i + 1) * a.cols));
}

function cosine(x: Float64Array, y: Float64Array): number {
  const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + value * b[k], 0);
  return Math.abs(product(x, y)) / Math.sqrt(product(x, x) * product(y, y));
}
