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
  const factor = matrix(a.rows, a.rows);
  choleskyInto(a, factor);
  return factor;
}

/** `cholesky` into the lower half of `factor`, n × n; what is above its diagonal stays. */
export function choleskyInto(a: Matrix, factor: Matrix): void {
  const n = a.rows;
  const { data: l } = factor;
  for (let j = 0; j < n; j++) {
    const own = j * n;
    let pivot = a.data[own + j];
    for (let k = 0; k < j; k++) pivot -= l[own + k] * l[own + k];
    if (!(pivot > n * Number.EPSILON * Math.abs(a.data[own + j]))) {
      throw new SingularMatrixError(`cholesky: the matrix is not positive definite (pivot ${j} is ${pivot})`);
    }
    const root = Math.sqrt(pivot);
    l[own + j] = root;
    let i = j + 1;
    for (; i + 3 < n; i += 4) columnOfFour(l, a.data, n, i, j, root);
    for (; i < n; i++) {
      let sum = a.data[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[own + k];
      l[i * n + j] = sum / root;
    }
  }
}

/** L_ij of rows i … i + 3: sums that do not wait for each other. */
function columnOfFour(l: Float64Array, a: Float64Array, n: number, i: number, j: number, root: number): void {
  const own = j * n;
  const [p0, p1, p2, p3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
  let [s0, s1, s2, s3] = [a[p0 + j], a[p1 + j], a[p2 + j], a[p3 + j]];
  for (let k = 0; k < j; k++) {
    const value = l[own + k];
    s0 -= l[p0 + k] * value;
    s1 -= l[p1 + k] * value;
    s2 -= l[p2 + k] * value;
    s3 -= l[p3 + k] * value;
  }
  l[p0 + j] = s0 / root;
  l[p1 + j] = s1 / root;
  l[p2 + j] = s2 / root;
  l[p3 + j] = s3 / root;
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
  choleskySolveInto(l, x);
  return x;
}

/** `choleskySolve` in place: x is b before and the solution afterwards. */
export function choleskySolveInto({ rows: n, data: l }: Matrix, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= l[i * n + k] * x[k];
    x[i] = sum / l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i] * x[k];
    x[i] = sum / l[i * n + i];
  }
}

/** A⁻¹ for A = L L', n × n and exactly symmetric, given L from `cholesky`: A⁻¹ = L⁻ᵀ L⁻¹. */
export function choleskyInverse(l: Matrix): Matrix {
  const n = l.rows;
  const inverse = matrix(n, n);
  choleskyInverseInto(l, matrix(n, n), inverse);
  return inverse;
}

/** `choleskyInverse` into `inverse`; `room`, n × n too, is L⁻¹ afterwards. */
export function choleskyInverseInto(l: Matrix, room: Matrix, inverse: Matrix): void {
  const n = l.rows;
  invertLowerTriangularInto(l, room);
  const { data: half } = room;
  const { data: out } = inverse;
  out.fill(0);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = half[k * n + i];
      for (let j = 0; j <= i; j++) out[i * n + j] += factor * half[k * n + j];
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) out[j * n + i] = out[i * n + j];
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
  const inverse = matrix(l.rows, l.rows);
  invertLowerTriangularInto(l, inverse);
  return inverse;
}

function invertLowerTriangularInto(l: Matrix, inverse: Matrix): void {
  const n = l.rows;
  const { data: out } = inverse;
  out.fill(0);
  for (let i = 0; i < n; i++) {
    const pivot = l.data[i * n + i];
    if (pivot === 0) throw new SingularMatrixError(`invertLowerTriangular: diagonal element ${i} is zero`);
    for (let k = 0; k < i; k++) {
      const factor = l.data[i * n + k];
      for (let j = 0; j <= k; j++) out[i * n + j] -= factor * out[k * n + j];
    }
    for (let j = 0; j < i; j++) out[i * n + j] /= pivot;
    out[i * n + i] = 1 / pivot;
  }
}
