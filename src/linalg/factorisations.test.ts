import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError, SingularMatrixError } from "../errors.ts";
import { createRandom } from "../stats/random.ts";
import { cholesky, choleskyInverse, choleskyLogDeterminant, choleskySolve, invertLowerTriangular } from "./cholesky.ts";
import { inverse, logAbsDeterminant, luFactor, luSolve } from "./lu.ts";
import {
  identity,
  type Matrix,
  matrix,
  matrixFromRows,
  multiply,
  multiplyTransposed,
  multiplyVector,
  transpose,
} from "./matrix.ts";
import { svd } from "./svd.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

const gaussian = (rows: number, cols: number, seed: number) => {
  const { normal } = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => normal()),
  );
};

/** X X' + I: well conditioned, so that errors stay near rounding. */
const positiveDefinite = (n: number, seed: number) => {
  const result = multiplyTransposed(gaussian(n, n + 2, seed), gaussian(n, n + 2, seed));
  for (let i = 0; i < n; i++) result.data[i * n + i] += 1;
  return result;
};

const distance = (a: { data: Float64Array } | Float64Array, b: { data: Float64Array } | Float64Array) => {
  const [x, y] = [a, b].map((v) => (v instanceof Float64Array ? v : v.data));
  return Math.max(...x.map((value, k) => Math.abs(value - y[k])));
};

const diagonal = (values: Float64Array): Matrix => {
  const result = matrix(values.length, values.length);
  values.forEach((value, i) => {
    result.data[i * values.length + i] = value;
  });
  return result;
};

/** Condition numbers here are below 1e4, so 1e-9 leaves four digits for accumulated rounding. */
const TOLERANCE = 1e-9;
const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 1000 }));

describe("cholesky", () => {
  it("factorises, solves, inverts and takes determinants as LU does", () => {
    fc.assert(
      fc.property(sizes, ([n, seed]) => {
        const a = positiveDefinite(n, seed);
        const l = cholesky(a);
        const b = gaussian(n, 1, seed + 1).data;
        expect(distance(multiplyTransposed(l, l), a)).toBeLessThan(TOLERANCE);
        expect(distance(choleskySolve(l, b), luSolve(luFactor(a), b))).toBeLessThan(TOLERANCE);
        expect(distance(choleskyInverse(l), inverse(a))).toBeLessThan(TOLERANCE);
        expect(Math.abs(choleskyLogDeterminant(l) - logAbsDeterminant(a))).toBeLessThan(TOLERANCE);
        expect(distance(multiply(invertLowerTriangular(l), l), identity(n))).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 30 },
    );
  });

  it("refuses what is not positive definite, or not square", () => {
    expect(() =>
      cholesky(
        matrixFromRows([
          [1, 2],
          [2, 1],
        ]),
      ),
    ).toThrow(SingularMatrixError);
    const x = matrixFromRows([[1], [2], [3]]);
    expect(() => cholesky(multiplyTransposed(x, x))).toThrow(SingularMatrixError);
    expect(() => cholesky(matrix(2, 3))).toThrow(ShapeError);
  });
});

describe("lu", () => {
  it("solves and inverts any regular matrix, whatever its scale", () => {
    fc.assert(
      fc.property(sizes, fc.constantFrom(1e-150, 1, 1e150), ([n, seed], scale) => {
        const a = gaussian(n, n, seed);
        for (let i = 0; i < n; i++) a.data[i * n + i] += 5;
        const scaled = matrix(
          n,
          n,
          a.data.map((value) => value * scale),
        );
        expect(distance(multiply(a, inverse(a)), identity(n))).toBeLessThan(TOLERANCE);
        const shift = logAbsDeterminant(scaled) - logAbsDeterminant(a) - n * Math.log(scale);
        expect(Math.abs(shift)).toBeLessThan(1e-8);
        const x = gaussian(n, 1, seed + 2).data;
        expect(distance(luSolve(luFactor(a), multiplyVector(a, x)), x)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 30 },
    );
  });

  it("pivots: a zero in the corner is no obstacle, and a 3 × 3 determinant is right", () => {
    const a = matrixFromRows([
      [0, 2, 1],
      [1, 1, 0],
      [3, 0, 4],
    ]);
    expect(logAbsDeterminant(a)).toBeCloseTo(Math.log(11), 12);
  });

  it("refuses a singular matrix", () => {
    const a = matrixFromRows([
      [1, 2],
      [2, 4],
    ]);
    expect(() => inverse(a)).toThrow(SingularMatrixError);
    expect(() => logAbsDeterminant(matrix(2, 2))).toThrow(SingularMatrixError);
  });
});

describe("symmetricEigen and svd", () => {
  it("rebuild the matrix from orthonormal vectors and descending values", () => {
    fc.assert(
      fc.property(sizes, ([n, seed]) => {
        const a = positiveDefinite(n, seed);
        const { values, vectors } = symmetricEigen(a);
        expect(distance(multiply(multiply(vectors, diagonal(values)), transpose(vectors)), a)).toBeLessThan(TOLERANCE);
        expect(distance(multiply(transpose(vectors), vectors), identity(n))).toBeLessThan(TOLERANCE);
        expect([...values]).toEqual([...values].sort((x, y) => y - x));

        const x = gaussian(n, n + 3, seed);
        const tall = seed % 2 === 0 ? x : transpose(x);
        const { left, values: singular, right } = svd(tall);
        expect(distance(multiplyTransposed(multiply(left, diagonal(singular)), right), tall)).toBeLessThan(TOLERANCE);
        expect(distance(multiply(transpose(right), right), identity(n))).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 30 },
    );
  });
});
