import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { PooledMoments } from "./moments.ts";

/**
 * Count, mean and covariance (divisor: the count) of the rows of h named by `rows`, each as often as it is named, times
 * its weight where there are any.
 */
export function pooledMoments(h: Matrix, rows: ArrayLike<number>, rowWeights?: Float64Array): PooledMoments {
  const d = h.cols;
  const weights = Float64Array.from(rows, (row) => rowWeights?.[row] ?? 1);
  const count = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(d);
  for (let k = 0; k < rows.length; k++) {
    for (let j = 0; j < d; j++) mean[j] += (weights[k] * h.data[rows[k] * d + j]) / count;
  }

  const covariance = matrix(d, d);
  const centred = new Float64Array(d);
  for (let k = 0; k < rows.length; k++) {
    for (let j = 0; j < d; j++) centred[j] = h.data[rows[k] * d + j] - mean[j];
    for (let j = 0; j < d; j++) {
      const factor = weights[k] * centred[j];
      const to = j * d;
      for (let l = 0; l <= j; l++) covariance.data[to + l] += factor * centred[l];
    }
  }
  for (let j = 0; j < d; j++) {
    for (let l = 0; l <= j; l++) {
      covariance.data[j * d + l] /= count;
      covariance.data[l * d + j] = covariance.data[j * d + l];
    }
  }
  return { count, mean, covariance };
}
