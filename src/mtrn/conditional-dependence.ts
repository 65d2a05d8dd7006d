import { cholesky, choleskyInverse, choleskyLogDeterminant } from "../linalg/cholesky.ts";
import { type Matrix, matrix, multiply, multiplyTransposed, transpose } from "../linalg/matrix.ts";
import type { FloatArray } from "../nn/parameters.ts";
import type { TaskBlock } from "./ridge-head.ts";

/** Degrees of freedom that the means and the slope on y take away. */
const TAKEN = 2;

/**
 * How far the latents z = U f of one task are from being independent given its target, in nats per row:
 *
 *     C(S) = ½ ( Σ_j log R_jj − log|R| ) ≥ 0 ,    R = U (S_ff − s s'/q) U' ,    s = S_fy ,  q = S_yy
 *
 * the log-likelihood that a diagonal covariance of z given y loses against a full one (method: section 3.7). The causal model
 * says that it is none.
 *
 * @param map U, d × F.
 * @throws SingularMatrixError when the latents are linearly dependent in this task.
 */
export function conditionalDependence(map: Matrix, block: TaskBlock): number {
  const { data: r, rows: d } = conditionalCovariance(map, block);
  let logs = 0;
  for (let j = 0; j < d; j++) logs += Math.log(r[j * d + j]);
  return (logs - choleskyLogDeterminant(cholesky(matrix(d, d, r)))) / 2;
}

/**
 * Adds `weight` times ∂C/∂S to `out`, laid out like the block. With M = U' ½ (diag(1/R_jj) − R⁻¹) U,
 *
 *     ∂C/∂S_ff = M ,   ∂C/∂S_fy = ∂C/∂S_yf = −M s / q ,   ∂C/∂S_yy = s' M s / q² .
 */
export function addDependenceSlopes(map: Matrix, block: TaskBlock, weight: number, out: Float64Array): void {
  const { features: F, data } = block;
  const stride = F + 2;
  const R = conditionalCovariance(map, block);
  const d = R.rows;
  const precision = choleskyInverse(cholesky(R));
  const G = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) G.data[i * d + j] = -precision.data[i * d + j] / 2;
    G.data[i * d + i] += 1 / (2 * R.data[i * d + i]);
  }
  const M = multiply(transpose(map), multiply(G, map));
  const q = data[F * stride + F];
  let quadratic = 0;
  for (let i = 0; i < F; i++) {
    let product = 0;
    for (let j = 0; j < F; j++) {
      out[i * stride + j] += weight * M.data[i * F + j];
      product += M.data[i * F + j] * data[j * stride + F];
    }
    out[i * stride + F] -= (weight * product) / q;
    out[F * stride + i] -= (weight * product) / q;
    quadratic += product * data[i * stride + F];
  }
  out[F * stride + F] += (weight * quadratic) / (q * q);
}

/** The fewest rows of a task on which `squaredDependence` says anything. */
export const MIN_JUDGED_ROWS = 5;

/**
 * The same on few rows, fewer than there are latents perhaps: to second order C is half the sum of squared correlations given
 * y, each of which is 1 / (n − 2) on average where there is none. Without bias, so it may be negative.
 * @param rows n, at least `MIN_JUDGED_ROWS`
 */
export function squaredDependence(map: Matrix, block: TaskBlock, rows: number): number {
  const { data: r, rows: d } = conditionalCovariance(map, block);
  let sum = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) sum += r[i * d + j] ** 2 / (r[i * d + i] * r[j * d + j]) - 1 / (rows - TAKEN);
  }
  return sum / 2;
}

/** R, d × d. */
function conditionalCovariance(map: Matrix, { features: F, data }: TaskBlock): Matrix {
  const stride = F + 2;
  const q = data[F * stride + F];
  const given = matrix(F, F);
  for (let i = 0; i < F; i++) {
    for (let j = 0; j < F; j++) {
      // Both halves of S: float32 moments are symmetric only up to rounding.
      const s = (data[i * stride + j] + data[j * stride + i]) / 2;
      given.data[i * F + j] = s - (crossOf(data, F, i) * crossOf(data, F, j)) / q;
    }
  }
  return multiplyTransposed(multiply(map, given), map);
}

function crossOf(data: FloatArray, F: number, i: number): number {
  return data[i * (F + 2) + F];
}
