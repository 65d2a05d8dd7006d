import { cholesky, invertLowerTriangular } from "../linalg/cholesky.ts";
import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import { congruence } from "./congruence.ts";
import { residualsOf } from "./residual-covariance.ts";
import type { SecondMoments } from "./second-moments.ts";

/** Second moments of which small tasks borrowed from the others. */
export interface Shrunk {
  readonly moments: SecondMoments;
  /** α_t, T: the share taken from the pooled residual covariance; 0 for tasks left as they are. */
  readonly shrinkage: Float64Array;
}

/**
 * Shrinks the residual covariances of tasks with fewer degrees of freedom than latents towards the pooled one.
 *
 *     R_t ← (1 − α_t) R_t + α_t R̄ ,   α_t = min(1, β_t / δ_t) ,   δ_t = ‖R_t − R̄‖² ,   β_t = ( tr R_t² + (tr R_t)² ) / ν_t
 *
 * with norms and traces in coordinates where R̄ = I; β_t is E ‖R_t − E R_t‖² for normal data (Ledoit & Wolf 2004, with its
 * normal-theory plug-in as in Chen, Wiesel, Eldar & Hero 2010, since moments hold no fourth powers). Without it such an
 * R_t is singular and the likelihood unbounded. Larger tasks are not touched.
 *
 * @param moments S, s and q of every task.
 * @throws SingularMatrixError when the pooled covariance is singular.
 */
export function shrinkSmallTasks(moments: SecondMoments): Shrunk {
  const d = moments.dim;
  const { matrices, degrees } = residualsOf(moments);
  const shrinkage = new Float64Array(degrees.length);
  if (degrees.every((nu) => nu >= d)) return { moments, shrinkage };

  const pooled = unbiasedPool(matrices, moments.rows, degrees);
  const whitening = invertLowerTriangular(cholesky(pooled));
  const S = matrix(degrees.length, d * d, moments.S.data.slice());
  degrees.forEach((nu, t) => {
    if (nu >= d) return;
    const scale = moments.rows[t] / nu;
    const one = matrix(1, d * d, rowView(matrices, t));
    shrinkage[t] = shrinkageOf(congruence(one, whitening).data, scale, nu);
    const residual = rowView(matrices, t);
    for (let k = 0; k < d * d; k++) {
      S.data[t * d * d + k] += shrinkage[t] * (pooled.data[k] / scale - residual[k]);
    }
  });
  return { moments: { ...moments, S }, shrinkage };
}

/** Σ_t n_t R_t / Σ_t ν_t, d × d: the R_t have divisor n_t. */
function unbiasedPool(matrices: Matrix, rows: Float64Array, degrees: Float64Array): Matrix {
  const d = Math.sqrt(matrices.cols);
  const pooled = matrix(d, d);
  const total = degrees.reduce((sum, nu) => sum + nu, 0);
  rows.forEach((n, t) => {
    for (let k = 0; k < d * d; k++) pooled.data[k] += (n / total) * matrices.data[t * d * d + k];
  });
  return pooled;
}

/** α for a whitened R_t (divisor n), which `scale` makes unbiased. */
function shrinkageOf(white: Float64Array, scale: number, nu: number): number {
  const d = Math.sqrt(white.length);
  let [trace, squares, distance] = [0, 0, 0];
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const value = scale * white[i * d + j];
      squares += value * value;
      distance += (value - (i === j ? 1 : 0)) ** 2;
      if (i === j) trace += value;
    }
  }
  return Math.min(1, (squares + trace * trace) / nu / distance);
}
