import { type Matrix, matrix, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import { quadraticForm } from "./quadratic-form.ts";
import { residualCovariances } from "./residual-covariance.ts";
import { secondMoments } from "./second-moments.ts";

/** What each latent is to each task, all T × d. */
export interface Indicators {
  /** var(z_j | y), divisor n_t. */
  readonly residualVariance: Matrix;
  /** The share of c: 0 for an effect of y, 1 for a cause. */
  readonly pCause: Matrix;
  /** γ_tj: slope of z_j on y. */
  readonly effect: Matrix;
  /** Standard error of γ_tj. */
  readonly effectSe: Matrix;
}

/**
 * Causes and effects of every target by the variance rule, in closed form.
 *
 *     ρ_tj = var(z_j | y) / var(z_j) = 1 − R²(z_j | y) ,   c_tj = ( clip(ρ_tj, σs², 1) − σs² ) / ( 1 − σs² )
 *     γ_tj = cov(z_j, y) / var(y) ,   se² = var(z_j | y) / ( (n_t − 2) var(y) )
 *
 * A cause keeps its variance when y is known, an effect loses all but σs² of it. Method: sections 3.2 and 3.4.
 *
 * @param moments Moments of the data.
 * @param unmixing B, d × d.
 * @param sigmaS σs.
 * @param intercept As in `residualCovariances`.
 */
export function indicatorsOf(moments: Moments, unmixing: Matrix, sigmaS: number, intercept: boolean): Indicators {
  const second = secondMoments(moments, intercept);
  const { matrices, degrees } = residualCovariances(moments, intercept);
  const { rows: tasks } = matrices;
  const d = unmixing.rows;
  const effect = multiplyTransposed(second.s, unmixing);
  const [residualVariance, pCause, effectSe] = [matrix(tasks, d), matrix(tasks, d), matrix(tasks, d)];
  for (let t = 0; t < tasks; t++) {
    for (let j = 0; j < d; j++) {
      const at = t * d + j;
      const b = rowView(unmixing, j);
      const residual = quadraticForm(rowView(matrices, t), b);
      const ratio = residual / quadraticForm(rowView(second.S, t), b);
      residualVariance.data[at] = residual;
      pCause.data[at] = (Math.min(Math.max(ratio, sigmaS ** 2), 1) - sigmaS ** 2) / (1 - sigmaS ** 2);
      effect.data[at] /= second.q[t];
      effectSe.data[at] = Math.sqrt(residual / (degrees[t] * second.q[t]));
    }
  }
  return { residualVariance, pCause, effect, effectSe };
}
