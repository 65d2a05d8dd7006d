import { DataError } from "../errors.ts";
import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import { addWaitingRows, BLOCK, centredRows } from "./centred-rows.ts";
import type { Moments, PooledMoments } from "./moments.ts";
import { combinePooled, pooledMoments } from "./moments-pooled.ts";
import type { LongTargets } from "./targets.ts";

/**
 * Moments of long data: each row adds to the one task it belongs to. Rows without a target (NaN) count only as pooled.
 *
 * @throws DataError when a row's task index is outside the list of tasks.
 */
export function longMoments(
  h: Matrix,
  targets: LongTargets,
  rows: ArrayLike<number>,
  rowWeights?: Float64Array,
): Moments {
  const { values, taskNames } = targets;
  const d = h.cols;
  const tasks = taskNames.length;
  const { order, first } = rowsByTask(targets, rows);
  const count = new Float64Array(tasks);
  const meanH = matrix(tasks, d);
  const meanY = new Float64Array(tasks);
  const covH = matrix(tasks, d * d);
  const covHY = matrix(tasks, d);
  const varY = new Float64Array(tasks);
  const waiting = centredRows(d);
  for (let t = 0; t < tasks; t++) {
    const own = t * d;
    for (let k = first[t]; k < first[t + 1]; k++) {
      const i = order[k];
      const weight = rowWeights === undefined ? 1 : rowWeights[i];
      count[t] += weight;
      meanY[t] += weight * values[i];
      for (let j = 0; j < d; j++) meanH.data[own + j] += weight * h.data[i * d + j];
    }
    if (count[t] === 0) continue;
    meanY[t] /= count[t];
    for (let j = 0; j < d; j++) meanH.data[own + j] /= count[t];

    for (let k = first[t]; k < first[t + 1]; k++) {
      const i = order[k];
      const weight = (rowWeights === undefined ? 1 : rowWeights[i]) / count[t];
      const y = values[i] - meanY[t];
      varY[t] += weight * y * y;
      const at = waiting.rows * d;
      for (let j = 0; j < d; j++) {
        const centred = h.data[i * d + j] - meanH.data[own + j];
        const share = weight * centred;
        covHY.data[own + j] += share * y;
        waiting.centred[at + j] = centred;
        waiting.share[at + j] = share;
      }
      waiting.rows++;
      if (waiting.rows === BLOCK) addWaitingRows(covH.data, own * d, waiting, d);
    }
    addWaitingRows(covH.data, own * d, waiting, d);
  }
  mirrorLowerHalves(covH, d);
  const parts: PooledMoments[] = [];
  for (let t = 0; t < tasks; t++) {
    if (count[t] === 0) continue;
    parts.push({ count: count[t], mean: rowView(meanH, t), covariance: matrix(d, d, rowView(covH, t)) });
  }
  const unseen = order.subarray(first[tasks]);
  if (unseen.length > 0 || parts.length === 0) parts.push(pooledMoments(h, unseen, rowWeights));
  return { dim: d, taskNames, count, meanH, meanY, covH, covHY, varY, pooled: combinePooled(parts) };
}

/** Rows task by task, those of task t from `first[t]` on, and after the last task those without a target. */
function rowsByTask({ values, task, taskNames }: LongTargets, rows: ArrayLike<number>) {
  const tasks = taskNames.length;
  const place = new Int32Array(rows.length);
  const first = new Int32Array(tasks + 2);
  for (let k = 0; k < rows.length; k++) {
    const t = task[rows[k]];
    if (!(t >= 0 && t < tasks)) throw new DataError(`task index ${t} is not in 0 … ${tasks - 1}`, { row: rows[k] + 1 });
    place[k] = Number.isNaN(values[rows[k]]) ? tasks : t;
    first[place[k] + 1]++;
  }
  for (let t = 0; t <= tasks; t++) first[t + 1] += first[t];
  const next = first.slice();
  const order = new Int32Array(rows.length);
  for (let k = 0; k < rows.length; k++) order[next[place[k]]++] = rows[k];
  return { order, first };
}

/** Completes rows that hold d × d matrices of which only the lower halves were written. */
export function mirrorLowerHalves({ rows, data }: Matrix, d: number): void {
  for (let t = 0; t < rows; t++) {
    const at = t * d * d;
    for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) data[at + k * d + j] = data[at + j * d + k];
  }
}
