import { type Matrix, matrix } from "../linalg/matrix.ts";
import { addWaitingRows, BLOCK, centredRows } from "./centred-rows.ts";
import type { PooledMoments } from "./moments.ts";

/**
 * Count, mean and covariance (divisor: the count) of the rows of h named by `rows`, each as often as it is named, times
 * its weight where there are any.
 */
export function pooledMoments(h: Matrix, rows: ArrayLike<number>, rowWeights?: Float64Array): PooledMoments {
  const d = h.cols;
  let count = rows.length;
  if (rowWeights !== undefined) {
    count = 0;
    for (let k = 0; k < rows.length; k++) count += rowWeights[rows[k]];
  }
  const mean = new Float64Array(d);
  for (let k = 0; k < rows.length; k++) {
    const share = (rowWeights === undefined ? 1 : rowWeights[rows[k]]) / count;
    for (let j = 0; j < d; j++) mean[j] += share * h.data[rows[k] * d + j];
  }

  const covariance = matrix(d, d);
  const waiting = centredRows(d);
  for (let k = 0; k < rows.length; k++) {
    const share = (rowWeights === undefined ? 1 : rowWeights[rows[k]]) / count;
    const at = waiting.rows * d;
    for (let j = 0; j < d; j++) {
      const centred = h.data[rows[k] * d + j] - mean[j];
      waiting.centred[at + j] = centred;
      waiting.share[at + j] = share * centred;
    }
    waiting.rows++;
    if (waiting.rows === BLOCK || k === rows.length - 1) addWaitingRows(covariance.data, 0, waiting, d);
  }
  for (let j = 0; j < d; j++) for (let l = 0; l < j; l++) covariance.data[l * d + j] = covariance.data[j * d + l];
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
  for (const part of parts) {
    for (let j = 0; j < d; j++) mean[j] += (part.count / count) * part.mean[j];
  }
  const covariance = matrix(d, d);
  const shift = new Float64Array(d);
  for (const part of parts) {
    const share = part.count / count;
    for (let k = 0; k < d * d; k++) covariance.data[k] += share * part.covariance.data[k];
    for (let j = 0; j < d; j++) shift[j] = part.mean[j] - mean[j];
    addOuter(covariance.data, 0, share, shift);
  }
  return { count, mean, covariance };
}

/** Adds factor · x x' to the d × d numbers from `at` on. */
export function addOuter(to: Float64Array, at: number, factor: number, x: Float64Array): void {
  const d = x.length;
  for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) to[at + j * d + k] += factor * x[j] * x[k];
}
