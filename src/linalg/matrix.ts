import { ShapeError } from "../errors.ts";

export {
  addProduct,
  addSymmetricProduct,
  mirrorLowerHalf,
  multiply,
  multiplySymmetric,
  multiplyTransposed,
  multiplyVector,
} from "./multiply.ts";

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

/** x'y. Throws ShapeError when the lengths differ. */
export function dot(x: Float64Array, y: Float64Array): number {
  if (x.length !== y.length) throw new ShapeError(`dot: vectors of ${x.length} and ${y.length}`);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
