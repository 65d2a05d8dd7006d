import { type Matrix, multiplyTransposed, rowView, takeRows } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import { unitVariance } from "./matching.ts";
import { quadraticForm } from "./quadratic-form.ts";

/** Latents in the order, scale and sign in which they are reported. */
export interface CanonicalLatents {
  /** B, d × d. */
  readonly unmixing: Matrix;
  /** Mean over tasks of the share of the variance of y that each latent explains by itself, d, descending. */
  readonly explained: Float64Array;
}

/**
 * The rows of B in canonical form, so that two fits print side by side.
 *
 * Scale: every latent has variance 1 over all rows. Order: from the latent that explains most of y, by corr² within
 * tasks, summed over tasks (shares, because targets have units of their own). Sign: the correlation with y, averaged
 * over tasks, is positive. Method: section 3.6.
 *
 * @param moments Moments of the data.
 * @param unmixing B, d × d, in any order, scale and sign.
 */
export function canonicalise(moments: Moments, unmixing: Matrix): CanonicalLatents {
  const d = unmixing.rows;
  const scaled = unitVariance(unmixing, moments.pooled.covariance);
  const correlation = targetCorrelations(moments, scaled);
  const tasks = correlation.rows;
  const explained = new Float64Array(d);
  const sign = new Float64Array(d);
  for (let t = 0; t < tasks; t++) {
    for (let j = 0; j < d; j++) {
      const r = correlation.data[t * d + j];
      explained[j] += (r * r) / tasks;
      sign[j] += r;
    }
  }
  for (let k = 0; k < d * d; k++) if (sign[Math.floor(k / d)] < 0) scaled.data[k] *= -1;
  const order = Int32Array.from({ length: d }, (_, j) => j).sort((a, b) => explained[b] - explained[a]);
  return { unmixing: takeRows(scaled, order), explained: Float64Array.from(order, (j) => explained[j]) };
}

/** corr(z_j, y) within each task, T × d, for z = B h; 0 where a latent or a target does not vary. */
export function targetCorrelations({ dim: d, covH, covHY, varY }: Moments, unmixing: Matrix): Matrix {
  const result = multiplyTransposed(covHY, unmixing);
  const latents = Array.from({ length: unmixing.rows }, (_, j) => rowView(unmixing, j));
  for (let t = 0; t < result.rows; t++) {
    const S = rowView(covH, t);
    for (let j = 0; j < d; j++) {
      const variance = quadraticForm(S, latents[j]) * varY[t];
      result.data[t * d + j] = variance > 0 ? result.data[t * d + j] / Math.sqrt(variance) : 0;
    }
  }
  return result;
}
