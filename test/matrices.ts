import { type Matrix, matrix } from "../src/linalg/matrix.ts";
import { createRandom } from "../src/stats/random.ts";

/** A rows × cols matrix of independent standard normals. */
export function normals(rows: number, cols: number, seed: number): Matrix {
  return matrix(rows, cols, Float64Array.from({ length: rows * cols }, createRandom(seed).normal));
}

/** a + factor · b. */
export function plus(a: Matrix, b: Matrix, factor: number): Matrix {
  return matrix(
    a.rows,
    a.cols,
    a.data.map((value, at) => value + factor * b.data[at]),
  );
}
