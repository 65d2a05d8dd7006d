import { type Matrix, matrix } from "../linalg/matrix.ts";
import { medianOfMeans } from "../nn/median-of-means.ts";
import { accumulate } from "../stats/moments-rows.ts";
import type { LongTargets } from "../stats/targets.ts";

/**
 * What the causal model says of the latents of a row once its target is known, in every task t: that they are independent, and
 * z_i ~ N(m_ti + a_ti y, r_ti). All T × d.
 */
export interface LatentLaws {
  readonly intercept: Matrix;
  readonly slope: Matrix;
  readonly variance: Matrix;
}

/** Rows of a task below which it says nothing of its latents. */
export const FEWEST_ROWS = 4;
/** Added to every variance, in units of a latent's: what an encoder's error makes of a variance that is none. */
const FLOOR = 0.01;
/** As many rows as this with the variance that a latent has on average over tasks are added to those of each. */
const PRIOR_ROWS = 2;

/**
 * The laws by least squares on the rows `rows`, of latents that have variance 1. A variance is a little of the mean over tasks, which tells
 * where rows are few; a task with fewer than four of the rows, or a constant target, knows the mean and variance of all rows alone.
 *
 * @param latents rows × d.
 * @param targets Standardised per task.
 */
export function latentLaws(latents: Matrix, targets: LongTargets, rows: Int32Array): LatentLaws {
  const { count, meanH, meanY, covH, covHY, varY } = accumulate(latents, targets, rows);
  const [tasks, d] = [targets.taskNames.length, latents.cols];
  const laws = { intercept: matrix(tasks, d), slope: matrix(tasks, d), variance: matrix(tasks, d) };
  const speaks = Array.from(count, (n, t) => n >= FEWEST_ROWS && varY[t] > 0);
  const freedom = count.reduce((sum, n, t) => sum + (speaks[t] ? n - 2 : 0), 0);
  for (let i = 0; i < d; i++) {
    let all = 0;
    for (let t = 0; t < tasks; t++) {
      if (!speaks[t]) continue;
      const at = t * d + i;
      const slope = covHY.data[at] / varY[t];
      laws.slope.data[at] = slope;
      laws.intercept.data[at] = meanH.data[at] - slope * meanY[t];
      laws.variance.data[at] = count[t] * Math.max(0, covH.data[(t * d + i) * d + i] - slope * covHY.data[at]);
      all += laws.variance.data[at];
    }
    for (let t = 0; t < tasks; t++) {
      const at = t * d + i;
      const pooled = (PRIOR_ROWS * all) / freedom;
      laws.variance.data[at] =
        FLOOR + (speaks[t] ? (laws.variance.data[at] + pooled) / (count[t] - 2 + PRIOR_ROWS) : 1);
    }
  }
  return laws;
}

/**
 * The negative log-likelihood of latents under these laws, in nats per row up to a constant: a median of means over rows.
 *
 * @param rows Rows that the laws were not estimated from.
 */
export function lawLoss(
  { intercept, slope, variance }: LatentLaws,
  { cols: d, data: z }: Matrix,
  { values: y, task }: LongTargets,
  rows: Int32Array,
): number {
  const losses = Array.from(rows, (row) => {
    let loss = 0;
    for (let i = 0; i < d; i++) {
      const at = task[row] * d + i;
      const error = z[row * d + i] - intercept.data[at] - slope.data[at] * y[row];
      loss += (Math.log(variance.data[at]) + error ** 2 / variance.data[at]) / 2;
    }
    return loss;
  });
  return medianOfMeans(losses);
}
