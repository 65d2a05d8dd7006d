import { type Matrix, matrix, multiply, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import { assign } from "../stats/assignment.ts";
import { quadraticForm } from "./quadratic-form.ts";

/** An unmixing brought into the order, sign and scale of another's latents. */
export interface MatchedUnmixing {
  /** d × d; latent j goes with latent j of the reference, correlates positively with it, and has unit variance. */
  readonly unmixing: Matrix;
  /** |corr| of each pair, d. */
  readonly correlation: Float64Array;
}

/**
 * Matches the latents of two unmixings by |correlation| over the same rows, by optimal assignment.
 *
 *     corr = B₁ Σ B₂' / √(diag(B₁ Σ B₁') diag(B₂ Σ B₂'))
 *
 * @param reference B₁, d × d.
 * @param other B₂, d × d: the one that is reordered.
 * @param covariance Σ, covariance of h over the rows on which the two are compared, d × d.
 */
export function matchUnmixing(reference: Matrix, other: Matrix, covariance: Matrix): MatchedUnmixing {
  const d = reference.rows;
  const first = unitVariance(reference, covariance);
  const second = unitVariance(other, covariance);
  const correlation = multiplyTransposed(multiply(first, covariance), second);
  const { right } = assign(matrix(d, d, correlation.data.map(Math.abs)));
  const unmixing = matrix(d, d);
  const matched = Float64Array.from(right, (from, j) => correlation.data[j * d + from]);
  for (let j = 0; j < d; j++) {
    const sign = matched[j] < 0 ? -1 : 1;
    rowView(unmixing, j).set(rowView(second, right[j]).map((value) => sign * value));
  }
  return { unmixing, correlation: matched.map(Math.abs) };
}

/** B with its rows scaled so that every latent has variance 1 under the covariance of h. */
export function unitVariance(unmixing: Matrix, covariance: Matrix): Matrix {
  const result = matrix(unmixing.rows, unmixing.cols);
  for (let j = 0; j < unmixing.rows; j++) {
    const row = rowView(unmixing, j);
    const deviation = Math.sqrt(quadraticForm(covariance.data, row));
    rowView(result, j).set(row.map((value) => value / deviation));
  }
  return result;
}
