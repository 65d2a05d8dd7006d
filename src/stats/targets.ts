import type { Matrix } from "../linalg/matrix.ts";

/** Disjoint rows per task: row i belongs to task `task[i]` and carries its target `values[i]`. */
export interface LongTargets {
  readonly layout: "long";
  /** y, one number a row. */
  readonly values: Float64Array;
  /** Index into `taskNames`, one a row. */
  readonly task: Int32Array;
  readonly taskNames: readonly string[];
}

/** Every row carries a target for every task; NaN marks a missing one. */
export interface WideTargets {
  readonly layout: "wide";
  /** Y, rows × tasks. */
  readonly values: Matrix;
  readonly taskNames: readonly string[];
}

/** The targets of a multi-task regression problem, in the layout in which they were measured (method: section 1). */
export type Targets = LongTargets | WideTargets;

/** Number of rows. */
export function rowCount(targets: Targets): number {
  return targets.layout === "long" ? targets.values.length : targets.values.rows;
}

/** The targets of the rows named by `rows`, in that order; every task keeps its index. */
export function takeTargets(targets: Targets, rows: ArrayLike<number>): Targets {
  if (targets.layout === "wide") {
    const { cols, data } = targets.values;
    const values = { rows: rows.length, cols, data: new Float64Array(rows.length * cols) };
    for (let i = 0; i < rows.length; i++)
      values.data.set(data.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
    return { ...targets, values };
  }
  return {
    ...targets,
    values: Float64Array.from(rows, (row) => targets.values[row]),
    task: Int32Array.from(rows, (row) => targets.task[row]),
  };
}
