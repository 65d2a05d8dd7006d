import { ShapeError } from "../errors.ts";
import { type Matrix, matrix } from "./matrix.ts";
import { addProductByVectors } from "./product-kernel.ts";

/** Products of fewer multiplications are not worth copying their operands. */
const WORTH_COPYING = 512;

/** A B. Throws ShapeError when the inner dimensions differ. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new ShapeError(`multiply: ${a.rows} × ${a.cols} by ${b.rows} × ${b.cols}`);
  const result = matrix(a.rows, b.cols);
  addProduct(result, a, b);
  return result;
}

/**
 * A B where it is known to be symmetric: the lower half is computed and mirrored.
 *
 * @throws ShapeError when the dimensions do not fit.
 */
export function multiplySymmetric(a: Matrix, b: Matrix): Matrix {
  const n = a.rows;
  if (a.cols !== b.rows || b.cols !== n) {
    throw new ShapeError(`multiplySymmetric: ${n} × ${a.cols} by ${b.rows} × ${b.cols}`);
  }
  const result = matrix(n, n);
  addSymmetricProduct(result, a, b);
  mirrorLowerHalf(result);
  return result;
}

/** Adds A B to C. Throws ShapeError when the dimensions do not fit. */
export function addProduct(c: Matrix, a: Matrix, b: Matrix): void {
  if (a.cols !== b.rows || a.rows !== c.rows || b.cols !== c.cols) {
    throw new ShapeError(`addProduct: ${a.rows} × ${a.cols} by ${b.rows} × ${b.cols} to ${c.rows} × ${c.cols}`);
  }
  const isLarge = a.rows * a.cols * b.cols >= WORTH_COPYING;
  if (!(isLarge && addProductByVectors(c, a, b, false))) addProductByLoops(c, a, b, false);
}

/**
 * Adds A B, which is symmetric, to C: only the lower half of C is valid then, as `mirrorLowerHalf` completes it.
 *
 * @throws ShapeError when the dimensions do not fit.
 */
export function addSymmetricProduct(c: Matrix, a: Matrix, b: Matrix): void {
  const n = c.rows;
  if (a.cols !== b.rows || a.rows !== n || b.cols !== n || c.cols !== n) {
    throw new ShapeError(`addSymmetricProduct: ${a.rows} × ${a.cols} by ${b.rows} × ${b.cols} to ${n} × ${c.cols}`);
  }
  const isLarge = n * a.cols * n >= WORTH_COPYING;
  if (!(isLarge && addProductByVectors(c, a, b, true))) addProductByLoops(c, a, b, true);
}

/** Copies what is below the diagonal of a square matrix to above it. */
export function mirrorLowerHalf({ rows: n, data }: Matrix): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) data[j * n + i] = data[i * n + j];
}

/**
 * Adds A B to C, row-major loops without vector instructions.
 *
 * @param symmetric Whether only the lower half of C is wanted; what is above it is then undefined.
 */
export function addProductByLoops(c: Matrix, a: Matrix, b: Matrix, symmetric: boolean): void {
  const pairs = a.rows - (a.rows % 2);
  const fours = a.cols - (a.cols % 4);
  const upTo = (i: number) => (symmetric ? Math.min(i + 2, b.cols) : b.cols);
  for (let k = 0; k < fours; k += 4) {
    for (let i = 0; i < pairs; i += 2) addTwoByFour(c, a, b, i, k, upTo(i));
  }
  for (let i = 0; i < pairs; i++) for (let k = fours; k < a.cols; k++) addMultiple(c, a, b, i, k, upTo(i));
  for (let i = pairs; i < a.rows; i++) for (let k = 0; k < a.cols; k++) addMultiple(c, a, b, i, k, upTo(i));
}

/**
 * Rows i, i + 1 of A B, as far as column `upTo`, gain what columns k … k + 3 of A contribute: one pass over the result for
 * eight multiples, which are added one by one.
 */
function addTwoByFour(
  { cols: width, data: out }: Matrix,
  { cols, data: x }: Matrix,
  { data: y }: Matrix,
  i: number,
  k: number,
  upTo: number,
): void {
  const at = i * cols + k;
  const below = at + cols;
  const [f0, f1, f2, f3] = [x[at], x[at + 1], x[at + 2], x[at + 3]];
  const [g0, g1, g2, g3] = [x[below], x[below + 1], x[below + 2], x[below + 3]];
  const p0 = k * width;
  const p1 = p0 + width;
  const p2 = p1 + width;
  const p3 = p2 + width;
  const to = i * width;
  const toBelow = to + width;
  for (let j = 0; j < upTo; j++) {
    const y0 = y[p0 + j];
    const y1 = y[p1 + j];
    const y2 = y[p2 + j];
    const y3 = y[p3 + j];
    out[to + j] = out[to + j] + f0 * y0 + f1 * y1 + f2 * y2 + f3 * y3;
    out[toBelow + j] = out[toBelow + j] + g0 * y0 + g1 * y1 + g2 * y2 + g3 * y3;
  }
}

/** Row i of A B, as far as column `upTo`, gains a_ik times row k of B. */
function addMultiple({ data: out }: Matrix, { cols, data: x }: Matrix, b: Matrix, i: number, k: number, upTo: number) {
  const factor = x[i * cols + k];
  const from = k * b.cols;
  const to = i * b.cols;
  for (let j = 0; j < upTo; j++) out[to + j] += factor * b.data[from + j];
}

/** A B', row by row dot products. Throws ShapeError when A and B differ in columns. */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.cols) throw new ShapeError(`multiplyTransposed: ${a.rows} × ${a.cols} by (${b.rows} × ${b.cols})'`);
  const result = matrix(a.rows, b.rows);
  const { rows, cols } = b;
  const fours = rows - (rows % 4);
  for (let i = 0, from = 0; i < a.rows; i++, from += cols) {
    for (let j = 0; j < fours; j += 4) dotFour(result.data, i * rows + j, a.data, from, b.data, j * cols, cols);
    for (let j = fours; j < rows; j++) {
      let sum = 0;
      for (let k = 0; k < cols; k++) sum += a.data[from + k] * b.data[j * cols + k];
      result.data[i * rows + j] = sum;
    }
  }
  return result;
}

/** Four dot products of one row with four others that follow each other. */
function dotFour(
  out: Float64Array,
  to: number,
  x: Float64Array,
  from: number,
  y: Float64Array,
  first: number,
  n: number,
): void {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const [second, third, fourth] = [first + n, first + 2 * n, first + 3 * n];
  for (let k = 0; k < n; k++) {
    const value = x[from + k];
    s0 += value * y[first + k];
    s1 += value * y[second + k];
    s2 += value * y[third + k];
    s3 += value * y[fourth + k];
  }
  out[to] = s0;
  out[to + 1] = s1;
  out[to + 2] = s2;
  out[to + 3] = s3;
}

/** A x for a vector x. Throws ShapeError when x does not have as many numbers as A has columns. */
export function multiplyVector(a: Matrix, x: Float64Array): Float64Array {
  if (a.cols !== x.length) throw new ShapeError(`multiplyVector: ${a.rows} × ${a.cols} by a vector of ${x.length}`);
  const result = new Float64Array(a.rows);
  for (let i = 0, at = 0; i < a.rows; i++) {
    let sum = 0;
    for (let j = 0; j < a.cols; j++) sum += a.data[at++] * x[j];
    result[i] = sum;
  }
  return result;
}
