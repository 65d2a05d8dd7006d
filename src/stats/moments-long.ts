import { DataError } from "../errors.ts";
import { addSymmetricProduct, type Matrix, matrix, mirrorLowerHalf, rowView } from "../linalg/matrix.ts";
import { type CentredRows, divide, total, visitBlocks, weightedSum, weightsOf } from "./centred-rows.ts";
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
  const { taskNames } = targets;
  const d = h.cols;
  const tasks = taskNames.length;
  const { order, first } = rowsByTask(targets, rows);
  const count = new Float64Array(tasks);
  const meanH = matrix(tasks, d);
  const meanY = new Float64Array(tasks);
  const covH = matrix(tasks, d * d);
  const covHY = matrix(tasks, d);
  const varY = new Float64Array(tasks);
  const parts: PooledMoments[] = [];
  let room: CentredRows | undefined;
  for (let t = 0; t < tasks; t++) {
    const own = order.subarray(first[t], first[t + 1]);
    const weights = weightsOf(own, rowWeights);
    count[t] = total(weights);
    if (count[t] === 0) continue;
    const mean = divide(weightedSum(h, own, weights), count[t]);
    const y = valuesOf(targets.values, own);
    meanY[t] = sumOfProducts(weights, y) / count[t];
    for (let k = 0; k < y.length; k++) y[k] -= meanY[t];
    varY[t] = sumOfSquares(divide(weights, count[t]), y);

    const covariance = matrix(d, d, rowView(covH, t));
    const withY = rowView(covHY, t);
    const add = (block: CentredRows, k: number) => {
      addSymmetricProduct(covariance, block.shares, block.centred);
      addTimes(withY, block.shares, y, k);
    };
    room = visitBlocks({ h, rows: own, weights, mean }, add, room);
    mirrorLowerHalf(covariance);
    meanH.data.set(mean, t * d);
    parts.push({ count: count[t], mean, covariance });
  }
  const unseen = order.subarray(first[tasks]);
  if (unseen.length > 0 || parts.length === 0) parts.push(pooledMoments(h, unseen, rowWeights));
  return { dim: d, taskNames, count, meanH, meanY, covH, covHY, varY, pooled: combinePooled(parts) };
}

function valuesOf(values: Float64Array, rows: Int32Array): Float64Array {
  const result = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) result[k] = values[rows[k]];
  return result;
}

function sumOfProducts(weights: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < y.length; k++) sum += weights[k] * y[k];
  return sum;
}

function sumOfSquares(weights: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < y.length; k++) sum += weights[k] * y[k] * y[k];
  return sum;
}

/** Adds to `sum`, d, what a block of rows has in common with y, whose entry `first` belongs to its first row. */
function addTimes(sum: Float64Array, { cols: n, data }: Matrix, y: Float64Array, first: number): void {
  for (let j = 0, at = 0; j < sum.length; j++) {
    let own = sum[j];
    for (let k = 0; k < n; k++) own += data[at++] * y[first + k];
    sum[j] = own;
  }
}

/** Rows task by task, those of task t from `first[t]` on, and after the last task those without a target. */
function rowsByTask({ values, task, taskNames }: LongTargets, rows: ArrayLike<number>) {
  const tasks = taskNames.length;
  const place = new Int32Array(rows.length);
  const first = new Int32Array(tasks + 2);
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k];
    const t = task[row];
    if (!(t >= 0 && t < tasks)) throw new DataError(`task index ${t} is not in 0 … ${tasks - 1}`, { row: row + 1 });
    const y = values[row];
    place[k] = Number.isNaN(y) ? tasks : t;
    first[place[k] + 1]++;
  }
  for (let t = 0; t <= tasks; t++) first[t + 1] += first[t];
  const order = new Int32Array(rows.length);
  sortInto(order, rows, place, first.slice());
  return { order, first };
}

function sortInto(order: Int32Array, rows: ArrayLike<number>, place: Int32Array, next: Int32Array): void {
  for (let k = 0; k < rows.length; k++) order[next[place[k]]++] = rows[k];
}
