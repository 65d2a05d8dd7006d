import { addProduct, type Matrix, matrix, rowView, transpose } from "../linalg/matrix.ts";
import { divide, visitBlocks, weightedSum, weightsOf } from "./centred-rows.ts";
import type { Moments, PooledMoments } from "./moments.ts";
import { pooledMoments } from "./moments-pooled.ts";
import type { WideTargets } from "./targets.ts";

/**
 * Moments of wide data. Tasks without a missing target all have the same rows, so they share the moments of h and one
 * matrix product gives all their covariances with y; a task with missing targets is summed over its own rows.
 */
export function wideMoments(
  h: Matrix,
  { values, taskNames }: WideTargets,
  rows: ArrayLike<number>,
  rowWeights?: Float64Array,
): Moments {
  const d = h.cols;
  const tasks = taskNames.length;
  const pooled = pooledMoments(h, rows, rowWeights);
  const shared = sharedMoments(h, values, rows, pooled, rowWeights);
  const count = new Float64Array(tasks).fill(pooled.count);
  const meanH = matrix(tasks, d);
  const covH = matrix(tasks, d * d);
  const { meanY, varY, covHY } = shared;
  for (let t = 0; t < tasks; t++) {
    if (Number.isNaN(meanY[t])) {
      const own = ownMoments(h, values, t, rows, rowWeights);
      count[t] = own.count;
      meanY[t] = own.meanY;
      varY[t] = own.varY;
      rowView(meanH, t).set(own.mean);
      rowView(covHY, t).set(own.covHY);
      rowView(covH, t).set(own.covariance.data);
    } else {
      rowView(meanH, t).set(pooled.mean);
      rowView(covH, t).set(pooled.covariance.data);
    }
  }
  return { dim: d, taskNames, count, meanH, meanY, covH, covHY, varY, pooled };
}

/** Mean and variance of every target and its covariance with h, over the same rows; NaN where one is missing. */
function sharedMoments(
  h: Matrix,
  values: Matrix,
  rows: ArrayLike<number>,
  pooled: PooledMoments,
  rowWeights?: Float64Array,
) {
  const d = h.cols;
  const tasks = values.cols;
  const shares = divide(weightsOf(rows, rowWeights), pooled.count);
  const meanY = weightedSum(values, rows, shares);
  const varY = new Float64Array(tasks);
  const products = matrix(d, tasks);
  visitBlocks({ h, rows, weights: shares, mean: pooled.mean }, (block, first) => {
    const y = matrix(block.centred.rows, tasks);
    for (let k = 0, to = 0; k < y.rows; k++) {
      const from = rows[first + k] * tasks;
      const share = shares[first + k];
      for (let t = 0; t < tasks; t++, to++) {
        const centred = values.data[from + t] - meanY[t];
        y.data[to] = centred;
        varY[t] += share * centred * centred;
      }
    }
    addProduct(products, block.shares, y);
  });
  return { meanY, varY, covHY: transpose(products) };
}

/** The moments of task t alone, over the rows where it is observed. */
function ownMoments(h: Matrix, values: Matrix, t: number, rows: ArrayLike<number>, rowWeights?: Float64Array) {
  const d = h.cols;
  const target = (row: number) => values.data[row * values.cols + t];
  const observed = Int32Array.from(rows).filter((row) => !Number.isNaN(target(row)));
  const own = pooledMoments(h, observed, rowWeights);
  const shareOf = (row: number) => (rowWeights?.[row] ?? 1) / own.count;
  let meanY = 0;
  for (const row of observed) meanY += shareOf(row) * target(row);
  let varY = 0;
  const covHY = new Float64Array(d);
  for (const row of observed) {
    const y = shareOf(row) * (target(row) - meanY);
    varY += y * (target(row) - meanY);
    for (let j = 0; j < d; j++) covHY[j] += y * (h.data[row * d + j] - own.mean[j]);
  }
  return { ...own, meanY, varY, covHY };
}
