import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/random.ts";
import { type Matrix, matrix, multiply, multiplySymmetric, multiplyTransposed, transpose } from "./matrix.ts";
import { addProductByLoops } from "./multiply.ts";
import { addProductByVectors } from "./product-kernel.ts";

const normals = (rows: number, cols: number, seed: number): Matrix => {
  const { normal } = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => normal()),
  );
};

/** The product by its definition, added up in the order of the inner index. */
function plain(a: Matrix, b: Matrix, start: Matrix = matrix(a.rows, b.cols)): Matrix {
  const result = matrix(a.rows, b.cols, start.data.slice());
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.cols; j++) {
      for (let k = 0; k < a.cols; k++) result.data[i * b.cols + j] += a.data[i * a.cols + k] * b.data[k * b.cols + j];
    }
  }
  return result;
}

const size = fc.integer({ min: 1, max: 13 });

describe("products", () => {
  it("are the same bits by loops, by vectors and by the definition, whatever the sizes", () => {
    fc.assert(
      fc.property(size, size, size, fc.integer({ min: 0, max: 999 }), (m, k, n, seed) => {
        const [a, b, start] = [normals(m, k, seed), normals(k, n, seed + 1), normals(m, n, seed + 2)];
        const expected = plain(a, b, start);
        const [loops, vectors] = [matrix(m, n, start.data.slice()), matrix(m, n, start.data.slice())];
        addProductByLoops(loops, a, b, false);
        expect(addProductByVectors(vectors, a, b, false)).toBe(true);
        expect(loops).toEqual(expected);
        expect(vectors).toEqual(expected);
      }),
    );
  });

  it("are the same bits in parts, when operands are larger than the kernel's memory", () => {
    // 2²⁰ doubles do: of B 17 rows of 40, and of C 17 rows of 20.
    const [a, b] = [normals(20, 40, 1), normals(40, 60_000, 2)];
    const [loops, vectors] = [matrix(20, 60_000), matrix(20, 60_000)];
    addProductByLoops(loops, a, b, false);
    expect(addProductByVectors(vectors, a, b, false)).toBe(true);
    expect(vectors.data.every((value, at) => value === loops.data[at])).toBe(true);
  });

  it("that are symmetric are computed by halves", () => {
    for (const n of [1, 2, 3, 5, 8, 17, 30]) {
      const x = normals(n, n + 3, n);
      const expected = plain(x, transpose(x));
      const close = (found: Matrix) =>
        found.data.forEach((value, at) => {
          expect(Math.abs(value - expected.data[at])).toBeLessThan(1e-12 * n);
        });
      close(multiplySymmetric(x, transpose(x)));
      close(multiplyTransposed(x, x));
      close(multiply(x, transpose(x)));
    }
    // It takes symmetry on trust: a product that has none is not what it returns.
    const [a, b] = [normals(4, 4, 1), normals(4, 4, 2)];
    expect(Math.abs(multiplySymmetric(a, b).data[1] - plain(a, b).data[1])).toBeGreaterThan(0.01);
  });
});
