import { ShapeError, SingularMatrixError } from "../errors.ts";
import { copy, type Matrix, matrix } from "./matrix.ts";

/** P A = L U: both factors in one matrix (L has a unit diagonal), and the row of A in each place of P A. */
export interface LuFactors {
  readonly lu: Matrix;
  readonly order: Int32Array;
}

/**
 * LU factors with partial pivoting (Golub & Van Loan, 4th ed., §3.4).
 *
 * @param a A, n × n.
 * @throws ShapeError when A is not square; SingularMatrixError when a column has no usable pivot.
 */
export function luFactor(a: Matrix): LuFactors {
  if (a.rows !== a.cols) throw new ShapeError(`luFactor: a square matrix is needed, got ${a.rows} × ${a.cols}`);
  const n = a.rows;
  const lu = copy(a);
  const { data: m } = lu;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  let scale = 0;
  for (const value of m) scale = Math.max(scale, Math.abs(value));

  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(m[i * n + k]) > Math.abs(m[pivot * n + k])) pivot = i;
    if (!(Math.abs(m[pivot * n + k]) > n * Number.EPSILON * scale * 1e-3)) {
      throw new SingularMatrixError(`luFactor: the matrix is singular at working precision (column ${k})`);
    }
    if (pivot !== k) swapRows(lu, order, k, pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = m[i * n + k] / m[k * n + k];
      m[i * n + k] = factor;
      for (let j = k + 1; j < n; j++) m[i * n + j] -= factor * m[k * n + j];
    }
  }
  return { lu, order };
}

function swapRows(lu: Matrix, order: Int32Array, i: number, j: number): void {
  const { cols: n, data: m } = lu;
  for (let k = 0; k < n; k++) [m[i * n + k], m[j * n + k]] = [m[j * n + k], m[i * n + k]];
  [order[i], order[j]] = [order[j], order[i]];
}

/**
 * The solution x of A x = b from the factors of A.
 *
 * @throws ShapeError when b does not have as many numbers as A has rows.
 */
export function luSolve({ lu, order }: LuFactors, b: Float64Array): Float64Array {
  const n = lu.rows;
  if (b.length !== n) throw new ShapeError(`luSolve: factors of ${n} × ${n} and a vector of ${b.length}`);
  const x = Float64Array.from(order, (row) => b[row]);
  for (let i = 0; i < n; i++) for (let k = 0; k < i; k++) x[i] -= lu.data[i * n + k] * x[k];
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= lu.data[i * n + k] * x[k];
    x[i] /= lu.data[i * n + i];
  }
  return x;
}

/** A⁻¹. Throws ShapeError when A is not square, SingularMatrixError when it cannot be inverted. */
export function inverse(a: Matrix): Matrix {
  const n = a.rows;
  const factors = luFactor(a);
  const result = matrix(n, n);
  const unit = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    unit.fill(0);
    unit[j] = 1;
    const x = luSolve(factors, unit);
    for (let i = 0; i < n; i++) result.data[i * n + j] = x[i];
  }
  return result;
}

/** log |det A|. Throws ShapeError when A is not square, SingularMatrixError when the determinant is zero. */
export function logAbsDeterminant(a: Matrix): number {
  const { lu } = luFactor(a);
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += Math.log(Math.abs(lu.data[i * a.rows + i]));
  return sum;
}
