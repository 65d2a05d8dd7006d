import { DataError } from "../errors.ts";
import { findColumn } from "./column-patterns.ts";
import { suggestion } from "./nearest-name.ts";
import { requireNumeric, unusable } from "./numeric-column.ts";
import { readNumbersInto, readTasks } from "./read-columns.ts";
import type { RowTasks } from "./row-tasks.ts";
import type { TableSet } from "./tables.ts";

/**
 * To which task each row belongs, from the column called `name`.
 *
 * @throws ConfigError for a name that no column has; DataError, with file, row and column, where the task is missing.
 */
export async function readNamedTasks(tables: TableSet, name: string): Promise<RowTasks> {
  return readTasks(tables, findColumn(tables.columns, name, "task"));
}

/**
 * The targets in the column called `name`, one a row; NaN where missing.
 *
 * @throws ConfigError for a name that no column has; DataError, with file, row and column, for text and infinite numbers.
 */
export async function readNamedTarget(tables: TableSet, name: string): Promise<Float64Array> {
  const column = findColumn(tables.columns, name, "target");
  await requireNumeric(tables, column);
  const values = await readNumbersInto(tables, [column], new Float64Array(tables.rows));
  const infinite = values.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
  if (infinite < 0) return values;
  throw await unusable(tables, column, infinite + 1, "a target has to be a finite number, or empty");
}

/**
 * The names of the rows' tasks in the column called `name`, one a row, all of them `known`.
 *
 * @throws ConfigError and DataError as `readNamedTasks`; DataError, with file, row and column, for a task that is not known.
 */
export async function readKnownTasks(tables: TableSet, name: string, known: readonly string[]): Promise<string[]> {
  const { task, taskNames } = await readNamedTasks(tables, name);
  const names = new Set(known);
  const row = task.findIndex((t) => !names.has(taskNames[t] as string));
  if (row < 0) return Array.from(task, (t) => taskNames[t] as string);
  const unknown = taskNames[task[row] as number] as string;
  const { source, name: column } = findColumn(tables.columns, name, "task");
  throw new DataError(`the model knows no task '${unknown}'${suggestion(unknown, known)}`, {
    source,
    row: row + 1,
    column,
  });
}
