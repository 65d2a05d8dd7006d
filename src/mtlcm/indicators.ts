import { type Matrix, matrix, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import type { TaskMoments } from "./causal-structure.ts";
import { causeWeights } from "./cause-weights.ts";
import { congruence } from "./congruence.ts";
import { causePosterior } from "./indicator-posterior.ts";
import { type RelationPrior, relations } from "./relation.ts";
import { type SecondMoments, secondMoments } from "./second-moments.ts";
import { standardisedWeights } from "./standardised-weights.ts";

/** What each latent is to each task, all T × d. */
export interface Indicators {
  /** var(z_j | y), divisor n_t. */
  readonly residualVariance: Matrix;
  /** Probability that the latent causes y: that it is no effect of y (c_tj = 1) and has a weight. */
  readonly pCause: Matrix;
  /** Probability that it is an effect of y; the rest, 1 − pCause − pEffect, that it is unrelated to y. */
  readonly pEffect: Matrix;
  /** What was found in common about weights, by which related latents are told from others. */
  readonly relation: RelationPrior;
  /** γ_tj: slope of z_j on y. */
  readonly effect: Matrix;
  /** Standard error of γ_tj. */
  readonly effectSe: Matrix;
  /** w_tj: slope of y on the task's causes together; 0 for latents with pCause ≤ ½, NaN where the rows are too few. */
  readonly weight: Matrix;
  /** Standard error of w_tj; 0 or NaN where w_tj is. */
  readonly weightSe: Matrix;
}

export interface IndicatorOptions {
  /** σs. */
  readonly sigmaS: number;
  /** As in `residualCovariances`. */
  readonly intercept: boolean;
  /**
   * "combined": the posterior probability from the variance of each latent, their joint structure and what tasks have in
   * common. "variance-rule": the paper's c in closed form. By default "combined" when every row belongs to one task.
   * When rows carry many targets the latents are uncorrelated in every task alike, and the structure would read that as
   * "all are causes". What is left is how closely a latent goes with the target, and that is a rule and no evidence: the
   * direction of a single relation does not show in the data (Markov equivalence).
   */
  readonly indicators?: "combined" | "variance-rule";
}

/**
 * Causes and effects of every target.
 *
 *     pCause = P(related) P(c = 1) ,   pEffect = P(related) P(c = 0) ,   P(related) from `relations`
 *     variance rule: c_tj = ( clip(ρ_tj, σs², 1) − σs² ) / ( 1 − σs² ) ,   ρ_tj = var(z_j | y) / var(z_j) = 1 − R²
 *     γ_tj = cov(z_j, y) / var(y) ,   se² = var(z_j | y) / ( (n_t − 2) var(y) )
 *
 * A cause keeps its variance when y is known, an effect loses all but σs² of it; a latent without a weight keeps it as
 * well, but is no cause. Method: sections 3.2 and 3.4.
 *
 * @param moments Moments of the data.
 * @param unmixing B, d × d.
 */
export function indicatorsOf(moments: Moments, unmixing: Matrix, options: IndicatorOptions): Indicators {
  const { sigmaS, intercept, indicators = sharesRows(moments) ? "variance-rule" : "combined" } = options;
  const second = secondMoments(moments, intercept);
  const tasks = inLatents(second, unmixing);
  const d = unmixing.rows;
  const [residualVariance, share, effect, effectSe] = [0, 1, 2, 3].map(() => matrix(tasks.length, d));
  tasks.forEach(({ S, s, q, rows }, t) => {
    for (let j = 0; j < d; j++) {
      const at = t * d + j;
      const variance = S.data[j * d + j];
      const residual = variance - s[j] ** 2 / q;
      residualVariance.data[at] = residual;
      share.data[at] = residual / variance;
      effect.data[at] = s[j] / q;
      effectSe.data[at] = Math.sqrt(residual / ((rows - second.fitted) * q));
    }
  });
  const combined = indicators === "combined";
  const noEffect = combined ? causePosterior(tasks, sigmaS, second.fitted) : varianceRule(share, sigmaS);
  const table = (value: (at: number) => number) =>
    matrix(
      tasks.length,
      d,
      noEffect.data.map((_, at) => value(at)),
    );
  // Beside an effect no cause would show its weight. In rows that are shared, which ones are effects is not known that well.
  const member = sharesRows(moments) && !combined ? table(() => 1) : noEffect;
  const { pRelated, prior } = relations(standardisedWeights(tasks, member, second.fitted), member);
  const pCause = table((at) => pRelated.data[at] * noEffect.data[at]);
  const pEffect = table((at) => pRelated.data[at] * (1 - noEffect.data[at]));
  const weights = causeWeights(tasks, pCause, second.fitted);
  return { residualVariance, pCause, pEffect, relation: prior, effect, effectSe, ...weights };
}

/** c in closed form from ρ, T × d. */
function varianceRule(share: Matrix, sigmaS: number): Matrix {
  const floor = sigmaS ** 2;
  const c = share.data.map((rho) => (Math.min(Math.max(rho, floor), 1) - floor) / (1 - floor));
  return matrix(share.rows, share.cols, c);
}

/** Weighted rows are counted by sums that round: this share more of them is no second target. */
const ROUNDING = 1e-9;

/** Whether rows carry more than one target. */
export function sharesRows({ count, pooled }: Moments): boolean {
  return count.reduce((sum, n) => sum + n, 0) > (1 + ROUNDING) * pooled.count;
}

/** Every task's moments in the coordinates z = B h. */
function inLatents(second: SecondMoments, unmixing: Matrix): TaskMoments[] {
  const d = unmixing.rows;
  const S = congruence(second.S, unmixing);
  const s = multiplyTransposed(second.s, unmixing);
  return Array.from(second.q, (q, t) => ({
    S: matrix(d, d, rowView(S, t)),
    s: rowView(s, t),
    q,
    rows: second.rows[t],
  }));
}
