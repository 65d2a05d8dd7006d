import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { PooledMoments } from "./moments.ts";

/** Mean and covariance (1/n) of the rows of h named by `rows`, each as often as it is named. */
export function pooledMoments(h: Matrix, rows: ArrayLike<number>): PooledMoments {
  const d = h.cols;
  const count = rows.length;
  const mean = new Float64Array(d);
  for (let k = 0; k < count; k++) for (let j = 0; j < d; j++) mean[j] += h.data[rows[k] * d + j] / count;

  const covariance = matrix(d, d);
  const centred = new Float64Array(d);
  for (let k = 0; k < count; k++) {
    for (let j = 0; j < d; j++) centred[j] = h.data[rows[k] * d + j] - mean[j];
    for (let j = 0; j < d; j++) {
      const factor = centred[j];
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
