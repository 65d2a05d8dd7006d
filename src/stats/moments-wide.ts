import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import type { Moments } from "./moments.ts";
import { pooledMoments } from "./moments-pooled.ts";
import type { WideTargets } from "./targets.ts";

/**
 * Moments of wide data. Tasks without a missing target all have the same rows, so they share the moments of h and one
 * matrix product gives all their covariances with y; a task with missing targets is summed over its own rows.
 */
export function wideMoments(h: Matrix, { values, taskNames }: WideTargets, rows: ArrayLike<number>): Moments {
  const d = h.cols;
  const tasks = taskNames.length;
  const pooled = pooledMoments(h, rows);
  const shared = sharedMoments(h, values, rows, pooled.mean);
  const count = new Float64Array(tasks).fill(rows.length);
  const meanH = matrix(tasks, d);
  const covH = matrix(tasks, d * d);
  const { meanY, varY, covHY } = shared;
  for (let t = 0; t < tasks; t++) {
    if (Number.isNaN(meanY[t])) {
      const own = ownMoments(h, values, t, rows);
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
function sharedMoments(h: Matrix, values: Matrix, rows: ArrayLike<number>, meanH: Float64Array) {
  const d = h.cols;
  const tasks = values.cols;
  const n = rows.length;
  const meanY = new Float64Array(tasks);
  for (let k = 0; k < n; k++) {
    const from = rows[k] * tasks;
    for (let t = 0; t < tasks; t++) meanY[t] += values.data[from + t];
  }
  for (let t = 0; t < tasks; t++) meanY[t] /= n;

  const varY = new Float64Array(tasks);
  const products = matrix(d, tasks);
  const y = new Float64Array(tasks);
  for (let k = 0; k < n; k++) {
    const from = rows[k] * tasks;
    for (let t = 0; t < tasks; t++) {
      y[t] = values.data[from + t] - meanY[t];
      varY[t] += y[t] * y[t];
    }
    for (let j = 0; j < d; j++) {
      const centred = h.data[rows[k] * d + j] - meanH[j];
      const to = j * tasks;
      for (let t = 0; t < tasks; t++) products.data[to + t] += centred * y[t];
    }
  }
  const covHY = matrix(tasks, d);
  for (let t = 0; t < tasks; t++) {
    varY[t] /= n;
    for (let j = 0; j < d; j++) covHY.data[t * d + j] = products.data[j * tasks + t] / n;
  }
  return { meanY, varY, covHY };
}

/** The moments of task t alone, over the rows where it is observed. */
function ownMoments(h: Matrix, values: Matrix, t: number, rows: ArrayLike<number>) {
  const d = h.cols;
  const target = (row: number) => values.data[row * values.cols + t];
  const observed = Int32Array.from(rows).filter((row) => !Number.isNaN(target(row)));
  const own = pooledMoments(h, observed);
  let meanY = 0;
  for (const row of observed) meanY += target(row) / own.count;
  let varY = 0;
  const covHY = new Float64Array(d);
  for (const row of observed) {
    const y = (target(row) - meanY) / own.count;
    varY += y * (target(row) - meanY);
    for (let j = 0; j < d; j++) covHY[j] += y * (h.data[row * d + j] - own.mean[j]);
  }
  return { ...own, meanY, varY, covHY };
}
