import { ShapeError } from "../errors.ts";

/** A dense real matrix in row-major order: element (i, j) is `data[i * cols + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/** A matrix over `data` (not copied), or of zeros. Throws ShapeError when `data` does not hold rows × cols numbers. */
export function matrix(rows: number, cols: number, data: Float64Array = new Float64Array(rows * cols)): Matrix {
  if (data.length !== rows * cols) {
    throw new ShapeError(`matrix: ${rows} × ${cols} needs ${rows * cols} numbers, got ${data.length}`);
  }
  return { rows, cols, data };
}

/** A matrix from an array of its rows. Throws ShapeError when the rows differ in length. */
export function matrixFromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const cols = rows[0]?.length ?? 0;
  const result = matrix(rows.length, cols);
  rows.forEach((row, i) => {
    if (row.length !== cols) {
      throw new ShapeError(`matrixFromRows: row ${i} has ${row.length} numbers, row 0 has ${cols}`);
    }
    result.data.set(row, i * cols);
  });
  return result;
}

/** The n × n identity. */
export function identity(n: number): Matrix {
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) result.data[i * n + i] = 1;
  return result;
}

/** An independent copy of `a`. */
export function copy(a: Matrix): Matrix {
  return { rows: a.rows, cols: a.cols, data: a.data.slice() };
}

/** Row i of `a` as a view: writing to it writes to `a`. */
export function rowView(a: Matrix, i: number): Float64Array {
  return a.data.subarray(i * a.cols, (i + 1) * a.cols);
}

/** Column j of `a` as a new vector. */
export function column(a: Matrix, j: number): Float64Array {
  const result = new Float64Array(a.rows);
  for (let i = 0; i < a.rows; i++) result[i] = a.data[i * a.cols + j];
  return result;
}

/** The rows of `a` named by `indices`, in that order, as a new matrix. */
export function takeRows(a: Matrix, indices: ArrayLike<number>): Matrix {
  const result = matrix(indices.length, a.cols);
  for (let i = 0; i < indices.length; i++) result.data.set(rowView(a, indices[i]), i * a.cols);
  return result;
}

/** The columns of `a` named by `indices`, in that order, as a new matrix. */
export function takeColumns(a: Matrix, indices: ArrayLike<number>): Matrix {
  const result = matrix(a.rows, indices.length);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < indices.length; j++) result.data[i * indices.length + j] = a.data[i * a.cols + indices[j]];
  }
  return result;
}

/** A'. */
export function transpose(a: Matrix): Matrix {
  const result = matrix(a.cols, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) result.data[j * a.rows + i] = a.data[i * a.cols + j];
  }
  return result;
}

/** A B. Throws ShapeError when the inner dimensions differ. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new ShapeError(`multiply: ${a.rows} × ${a.cols} by ${b.rows} × ${b.cols}`);
  const result = matrix(a.rows, b.cols);
  const pairs = a.rows - (a.rows % 2);
  const fours = a.cols - (a.cols % 4);
  for (let k = 0; k < fours; k += 4) {
    for (let i = 0; i < pairs; i += 2) addTwoByFour(result, a, b, i, k);
  }
  for (let i = 0; i < pairs; i++) for (let k = fours; k < a.cols; k++) addMultiple(result, a, b, i, k);
  for (let i = pairs; i < a.rows; i++) for (let k = 0; k < a.cols; k++) addMultiple(result, a, b, i, k);
  return result;
}

/** Rows i, i + 1 of A B gain what columns k … k + 3 of A contribute: one pass over the result for eight multiples. */
function addTwoByFour({ data: out }: Matrix, { cols, data: x }: Matrix, b: Matrix, i: number, k: number): void {
  const n = b.cols;
  const y = b.data;
  const at = i * cols + k;
  const below = at + cols;
  const [f0, f1, f2, f3] = [x[at], x[at + 1], x[at + 2], x[at + 3]];
  const [g0, g1, g2, g3] = [x[below], x[below + 1], x[below + 2], x[below + 3]];
  const p0 = k * n;
  const p1 = p0 + n;
  const p2 = p1 + n;
  const p3 = p2 + n;
  const to = i * n;
  const toBelow = to + n;
  for (let j = 0; j < n; j++) {
    const y0 = y[p0 + j];
    const y1 = y[p1 + j];
    const y2 = y[p2 + j];
    const y3 = y[p3 + j];
    out[to + j] += f0 * y0 + f1 * y1 + f2 * y2 + f3 * y3;
    out[toBelow + j] += g0 * y0 + g1 * y1 + g2 * y2 + g3 * y3;
  }
}

/** Row i of A B gains a_ik times row k of B. */
function addMultiple({ data: out }: Matrix, { cols, data: x }: Matrix, b: Matrix, i: number, k: number): void {
  const factor = x[i * cols + k];
  const from = k * b.cols;
  const to = i * b.cols;
  for (let j = 0; j < b.cols; j++) out[to + j] += factor * b.data[from + j];
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

/** x'y. Throws ShapeError when the lengths differ. */
export function dot(x: Float64Array, y: Float64Array): number {
  if (x.length !== y.length) throw new ShapeError(`dot: vectors of ${x.length} and ${y.length}`);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
