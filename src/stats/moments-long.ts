import { DataError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { Moments } from "./moments.ts";
import { pooledMoments } from "./moments-pooled.ts";
import type { LongTargets } from "./targets.ts";

/**
 * Moments of long data: each row adds to the one task it belongs to. Rows without a target (NaN) count only as pooled.
 *
 * @throws DataError when a row's task index is outside the list of tasks.
 */
export function longMoments(
  h: Matrix,
  { values, task, taskNames }: LongTargets,
  rows: ArrayLike<number>,
  rowWeights?: Float64Array,
): Moments {
  const d = h.cols;
  const tasks = taskNames.length;
  const count = new Float64Array(tasks);
  const meanH = matrix(tasks, d);
  const meanY = new Float64Array(tasks);
  const observed: number[] = [];
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k];
    const t = task[i];
    if (!(t >= 0 && t < tasks)) throw new DataError(`task index ${t} is not in 0 … ${tasks - 1}`, { row: i + 1 });
    if (Number.isNaN(values[i])) continue;
    const weight = rowWeights?.[i] ?? 1;
    observed.push(i);
    count[t] += weight;
    meanY[t] += weight * values[i];
    for (let j = 0; j < d; j++) meanH.data[t * d + j] += weight * h.data[i * d + j];
  }
  for (let t = 0; t < tasks; t++) {
    if (count[t] === 0) continue;
    meanY[t] /= count[t];
    for (let j = 0; j < d; j++) meanH.data[t * d + j] /= count[t];
  }

  const covH = matrix(tasks, d * d);
  const covHY = matrix(tasks, d);
  const varY = new Float64Array(tasks);
  const centred = new Float64Array(d);
  for (const i of observed) {
    const t = task[i];
    if (count[t] === 0) continue;
    const weight = (rowWeights?.[i] ?? 1) / count[t];
    const y = values[i] - meanY[t];
    varY[t] += weight * y * y;
    for (let j = 0; j < d; j++) centred[j] = h.data[i * d + j] - meanH.data[t * d + j];
    for (let j = 0; j < d; j++) {
      const share = weight * centred[j];
      covHY.data[t * d + j] += share * y;
      const to = t * d * d + j * d;
      for (let k = 0; k <= j; k++) covH.data[to + k] += share * centred[k];
    }
  }
  mirrorLowerHalves(covH, d);
  return { dim: d, taskNames, count, meanH, meanY, covH, covHY, varY, pooled: pooledMoments(h, rows, rowWeights) };
}

/** Completes rows that hold d × d matrices of which only the lower halves were written. */
export function mirrorLowerHalves({ rows, data }: Matrix, d: number): void {
  for (let t = 0; t < rows; t++) {
    const at = t * d * d;
    for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) data[at + k * d + j] = data[at + j * d + k];
  }
}
