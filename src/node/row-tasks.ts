import { DataError, type DataLocation } from "../errors.ts";

/** To which task each row belongs. */
export interface RowTasks {
  /** Index into `taskNames`, one a row. */
  readonly task: Int32Array;
  readonly taskNames: readonly string[];
}

/**
 * The tasks of rows labelled with numbers; tasks in ascending order.
 *
 * @throws DataError at `location` and the row where the number is missing, or too large to be told from its neighbours.
 */
export function tasksFromNumbers(labels: Float64Array, location: DataLocation): RowTasks {
  const at = labels.findIndex((label) => !(Math.abs(label) <= Number.MAX_SAFE_INTEGER));
  if (at >= 0) {
    const problem = Number.isNaN(labels[at]) ? "the task is missing" : `${labels[at]} is too large for a task number`;
    throw new DataError(problem, { ...location, row: at + 1 });
  }
  const distinct = Float64Array.from(new Set(labels)).sort();
  const index = new Map(Array.from(distinct, (label, t) => [label, t]));
  return {
    task: Int32Array.from(labels, (label) => index.get(label) as number),
    taskNames: Array.from(distinct, String),
  };
}

/** `tasksFromNumbers` of integers. Throws DataError at `location` and the row for any other number, too. */
export function tasksFromIntegers(labels: Float64Array, location: DataLocation): RowTasks {
  const at = labels.findIndex((label) => Number.isFinite(label) && !Number.isInteger(label));
  if (at >= 0) throw new DataError(`${labels[at]} is no integer: not a task number`, { ...location, row: at + 1 });
  return tasksFromNumbers(labels, location);
}

/**
 * The tasks of rows labelled with texts; tasks in the order in which they first appear.
 *
 * @throws DataError at `location` and the row where the text is missing.
 */
export function tasksFromTexts(labels: readonly (string | null)[], location: DataLocation): RowTasks {
  const index = new Map<string, number>();
  const task = Int32Array.from(labels, (label, row) => {
    if (label === null) throw new DataError("the task is missing", { ...location, row: row + 1 });
    const t = index.get(label) ?? index.size;
    index.set(label, t);
    return t;
  });
  return { task, taskNames: [...index.keys()] };
}
