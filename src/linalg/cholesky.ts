import { ShapeError, SingularMatrixError } from "../errors.ts";
import { type Matrix, matrix } from "./matrix.ts";

/**
 * The Cholesky factor of a symmetric positive definite matrix.
 *
 * A = L L', L lower triangular with positive diagonal (Golub & Van Loan, 4th ed., §4.2). Only the lower half of A is read.
 *
 * @param a A, n × n, symmetric positive definite.
 * @returns L, n × n, zeros above the diagonal.
 * @throws ShapeError when A is not square; SingularMatrixError when a pivot is not positive at working precision.
 */
export function cholesky(a: Matrix): Matrix {
  if (a.rows !== a.cols) throw new ShapeError(`cholesky: a square matrix is needed, got ${a.rows} × ${a.cols}`);
  const n = a.rows;
  const factor = matrix(n, n);
  const { data: l } = factor;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a.data[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i !== j) l[i * n + j] = sum / l[j * n + j];
      else if (sum > n * Number.EPSILON * Math.abs(a.data[i * n + i])) l[i * n + i] = Math.sqrt(sum);
      else throw new SingularMatrixError(`cholesky: the matrix is not positive definite (pivot ${i} is ${sum})`);
    }
  }
  return factor;
}

/**
 * The solution x of A x = b for A = L L'.
 *
 * @param l L, n × n, from `cholesky`.
 * @param b Right-hand side, n numbers.
 * @throws ShapeError when b does not have n numbers.
 */
export function choleskySolve(l: Matrix, b: Float64Array): Float64Array {
  const n = l.rows;
  if (b.length !== n) throw new ShapeError(`choleskySolve: a factor of ${n} × ${n} and a vector of ${b.length}`);
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= l.data[i * n + k] * x[k];
    x[i] /= l.data[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= l.data[k * n + i] * x[k];
    x[i] /= l.data[i * n + i];
  }
  return x;
}

/** A⁻¹ for A = L L', n × n and exactly symmetric, given L from `cholesky`: A⁻¹ = L⁻ᵀ L⁻¹. */
export function choleskyInverse(l: Matrix): Matrix {
  const n = l.rows;
  const { data: half } = invertLowerTriangular(l);
  const inverse = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += half[k * n + i] * half[k * n + j];
      inverse.data[i * n + j] = sum;
      inverse.data[j * n + i] = sum;
    }
  }
  return inverse;
}

/** log |A| for A = L L', given L from `cholesky`: 2 Σ log L_ii. */
export function choleskyLogDeterminant(l: Matrix): number {
  let sum = 0;
  for (let i = 0; i < l.rows; i++) sum += Math.log(l.data[i * l.rows + i]);
  return 2 * sum;
}

/**
 * L⁻¹ of a lower triangular matrix, by forward substitution; with L from `cholesky(A)` it whitens: L⁻¹ A L⁻ᵀ = I.
 *
 * @param l L, n × n; what lies above the diagonal is not read.
 * @throws SingularMatrixError when a diagonal element is zero.
 */
export function invertLowerTriangular(l: Matrix): Matrix {
  const n = l.rows;
  const inverse = matrix(n, n);
  const { data: out } = inverse;
  for (let i = 0; i < n; i++) {
    const pivot = l.data[i * n + i];
    if (pivot === 0) throw new SingularMatrixError(`invertLowerTriangular: diagonal element ${i} is zero`);
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += l.data[i * n + k] * out[k * n + j];
      out[i * n + j] = -sum / pivot;
    }
    out[i * n + i] = 1 / pivot;
  }
  return inverse;
}
