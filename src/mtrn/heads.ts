import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { Mtrn } from "./mtrn.ts";
import { HEADS } from "./objective.ts";

/** The heads of all tasks in the units of their targets: y_t ≈ slopes_t'f + intercepts_t for features f. */
export interface Heads {
  /** T × F. */
  readonly slopes: Matrix;
  /** T. */
  readonly intercepts: Float64Array;
}

/**
 * The linear heads of a trained network, with the standardisation of the targets undone.
 *
 *     slopes_t = s_t w_t ,   intercept_t = s_t b_t + m_t       m_t, s_t: mean and standard deviation of the targets
 */
export function headsOf({ architecture, weights, targetScaling }: Omit<Mtrn, "headVariance">): Heads {
  const { mean, scale } = targetScaling;
  const { featureDim } = architecture;
  const slopes = Float64Array.from(weights[`${HEADS}.weight`], (w, at) => w * scale[Math.floor(at / featureDim)]);
  const intercepts = Float64Array.from(weights[`${HEADS}.bias`], (b, t) => b * scale[t] + mean[t]);
  return { slopes: matrix(mean.length, featureDim, slopes), intercepts };
}
