import { type Matrix, matrix, mirrorLowerHalf } from "../linalg/matrix.ts";
import { addCentredProducts, divide, total, weightedSum, weightsOf } from "./centred-rows.ts";
import type { PooledMoments } from "./moments.ts";

/**
 * Count, mean and covariance (divisor: the count) of the rows of h named by `rows`, each as often as it is named, times
 * its weight where there are any.
 */
export function pooledMoments(h: Matrix, rows: ArrayLike<number>, rowWeights?: Float64Array): PooledMoments {
  const d = h.cols;
  const weights = weightsOf(rows, rowWeights);
  const count = total(weights);
  divide(weights, count);
  const mean = weightedSum(h, rows, weights);
  const covariance = matrix(d, d);
  addCentredProducts(covariance, { h, rows, weights, mean });
  mirrorLowerHalf(covariance);
  return { count, mean, covariance };
}

/**
 * The moments of the union of disjoint sets of rows, from those of each.
 *
 *     n = Σ n_p ,   μ = Σ n_p μ_p / n ,   C = Σ n_p [ C_p + (μ_p − μ)(μ_p − μ)' ] / n
 *
 * @param parts One or more, of one width.
 */
export function combinePooled(parts: readonly PooledMoments[]): PooledMoments {
  const d = parts[0].mean.length;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const mean = new Float64Array(d);
  for (const part of parts) addMultiple(mean, part.count / count, part.mean);
  const covariance = matrix(d, d);
  const shift = new Float64Array(d);
  for (const part of parts) {
    const share = part.count / count;
    addMultiple(covariance.data, share, part.covariance.data);
    for (let j = 0; j < d; j++) shift[j] = part.mean[j] - mean[j];
    addOuter(covariance.data, 0, share, shift);
  }
  return { count, mean, covariance };
}

function addMultiple(to: Float64Array, factor: number, x: Float64Array): void {
  for (let k = 0; k < to.length; k++) to[k] += factor * x[k];
}

/** Adds factor · x x' to the d × d numbers from `at` on. */
export function addOuter(to: Float64Array, at: number, factor: number, x: Float64Array): void {
  const d = x.length;
  for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) to[at + j * d + k] += factor * x[j] * x[k];
}
