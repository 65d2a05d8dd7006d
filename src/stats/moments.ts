import type { Matrix } from "../linalg/matrix.ts";
import { accumulate, checkInputs, checkTasks } from "./moments-rows.ts";
import type { Targets } from "./targets.ts";

export { groupMoments } from "./moments-groups.ts";
export { mergeMoments } from "./moments-merge.ts";

/**
 * First and second moments of a representation h and the targets y, per task: all that stage 2 needs of the data
 * (method: section 3.1). Products are centred at the task's own means and divided by its number of rows.
 */
export interface Moments {
  /** d, the width of h. */
  readonly dim: number;
  /** The names of the T tasks. */
  readonly taskNames: readonly string[];
  /** Rows observed in each task, T; with row weights, their sum. */
  readonly count: Float64Array;
  /** Mean of h over the task's rows, T × d. */
  readonly meanH: Matrix;
  /** Mean of y, T. */
  readonly meanY: Float64Array;
  /** Covariance of h, T × d²: row t is the row-major d × d matrix of task t. */
  readonly covH: Matrix;
  /** Covariance of h with y, T × d. */
  readonly covHY: Matrix;
  /** Variance of y, T. */
  readonly varY: Float64Array;
  /** Every row once, whatever tasks it belongs to. */
  readonly pooled: PooledMoments;
}

/** Moments of h over all rows, each counted once. */
export interface PooledMoments {
  readonly count: number;
  /** d. */
  readonly mean: Float64Array;
  /** d × d. */
  readonly covariance: Matrix;
}

/**
 * The moments of a representation and its targets, in one accurate (two-sweep) pass per task.
 *
 * A missing target (NaN) leaves its row out of that task; it is never zero-filled.
 *
 * @param h Representation, rows × d.
 * @param targets Long or wide, with as many rows as h.
 * @param rows The rows to use; all by default.
 * @param rowWeights How many rows each row of h counts for, ≥ 0; by default 1. Scale weights of precision to mean 1, since
 *   standard errors and the certificate take their sum for the number of rows.
 * @throws ShapeError when h and the targets differ in rows; DataError when h is not finite, when a task has fewer than
 *   3 rows, or when its target is constant (the message names the task).
 */
export function momentsOf(h: Matrix, targets: Targets, rows?: ArrayLike<number>, rowWeights?: Float64Array): Moments {
  checkInputs(h, targets, rowWeights);
  const moments = accumulate(h, targets, rows ?? allRows(h.rows), rowWeights);
  checkTasks(moments);
  return moments;
}

function allRows(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  return rows;
}
