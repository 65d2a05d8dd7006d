import { type Matrix, matrix } from "../linalg/matrix.ts";

/** Mean and covariance of the rows of a table. */
export interface MeanAndCovariance {
  /** One number a column. */
  readonly mean: Float64Array;
  /** cols × cols, divisor n. */
  readonly covariance: Matrix;
}

/** The mean and the covariance (divisor n) of the rows of x (n × d), in two passes so that a large mean costs no digits. */
export function covarianceOf(x: Matrix): MeanAndCovariance {
  const { rows: n, cols: d, data } = x;
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j] += data[i * d + j] / n;

  const covariance = matrix(d, d);
  const centred = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) centred[j] = data[i * d + j] - mean[j];
    for (let j = 0; j < d; j++) {
      for (let k = 0; k <= j; k++) covariance.data[j * d + k] += (centred[j] * centred[k]) / n;
    }
  }
  for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) covariance.data[k * d + j] = covariance.data[j * d + k];
  return { mean, covariance };
}
