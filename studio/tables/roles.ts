import { type MultiTaskData, multiTaskData } from "../../src/data/multi-task-data.ts";
import { ConfigError, DataError } from "../../src/errors.ts";
import { matrix } from "../../src/linalg/matrix.ts";
import type { Targets } from "../../src/stats/targets.ts";
import type { Column, NumberColumn, Table } from "./table.ts";

/** What a column is for. A column that names tasks makes the data long: its rows then have one target. */
export type Role = "feature" | "target" | "task" | "none";

/** Roles by the columns' names; in their absence "none". */
export type Roles = Readonly<Record<string, Role>>;

/** Roles that the names of columns suggest; the user has the last word. */
export function suggestedRoles(columns: readonly Column[]): Roles {
  const task = columns.find(({ name }) => /^(task|assay|group)(_?(name|id))?$/i.test(name));
  return Object.fromEntries(
    columns.map((column) => {
      if (column === task) return [column.name, "task"];
      if (column.kind === "text" || /^(id|index|row)$/i.test(column.name)) return [column.name, "none"];
      return [column.name, /^(y|target|property|label)([\d_ .-]|$)/i.test(column.name) ? "target" : "feature"];
    }),
  );
}

/**
 * The multi-task data in a table's columns.
 *
 * @throws ConfigError when a kind of column is missing; DataError naming file, row and column for values that cannot be used.
 */
export function dataOf({ source, columns }: Table, roles: Roles): MultiTaskData {
  const withRole = (role: Role) => columns.filter(({ name }) => roles[name] === role);
  const [features, targets, tasks] = [withRole("feature"), withRole("target"), withRole("task")];
  if (features.length === 0) throw new ConfigError("no column is a feature; choose at least one");
  if (targets.length === 0)
    throw new ConfigError("no column is a target; choose several, or one and the column of tasks");
  const inputs = features.map((column) => numbers(column, source));
  const outputs = targets.map((column) => numbers(column, source));
  const [task] = tasks;
  if (tasks.length > 1) throw new ConfigError("two columns are tasks; choose one");
  if (task === undefined && targets.length < 2) {
    throw new ConfigError("one target identifies no latents; choose several, or the column of tasks");
  }
  if (task !== undefined && targets.length > 1) {
    throw new ConfigError("with a column of tasks there is one target; choose one");
  }
  const rows = outputs[0]?.values.length ?? 0;
  const x = new Float32Array(rows * inputs.length);
  inputs.forEach(({ values }, j) => {
    for (let i = 0; i < rows; i++) x[i * inputs.length + j] = values[i] as number;
  });
  const features32 = { rows, cols: inputs.length, data: x };
  try {
    return multiTaskData({
      features: features32,
      featureNames: inputs.map(({ name }) => name),
      targets: task === undefined ? wide(outputs) : long(outputs[0] as NumberColumn, task, source),
    });
  } catch (error) {
    if (!(error instanceof DataError) || error.location.source !== undefined) throw error;
    throw new DataError(error.message, { source }, { cause: error });
  }
}

function numbers(column: Column, source: string): NumberColumn {
  if (column.kind === "numbers") return column;
  const { name, odd, values } = column;
  const text = odd?.text ?? values.find((value) => value.trim() !== "") ?? "";
  const row = odd?.row ?? values.indexOf(text) + 1;
  throw new DataError(`'${text}' is not a number`, { source, row, column: name });
}

function wide(columns: readonly NumberColumn[]): Targets {
  const rows = columns[0]?.values.length ?? 0;
  const values = matrix(rows, columns.length);
  columns.forEach((column, t) => {
    for (let i = 0; i < rows; i++) values.data[i * columns.length + t] = column.values[i] as number;
  });
  return { layout: "wide", values, taskNames: columns.map(({ name }) => name) };
}

function long(target: NumberColumn, column: Column, source: string): Targets {
  const index = new Map<string, number>();
  const task = Int32Array.from(column.values as ArrayLike<string | number>, (value, i) => {
    const name = String(value).trim();
    if (name === "" || name === "NaN")
      throw new DataError("the task is missing", { source, row: i + 1, column: column.name });
    const at = index.get(name) ?? index.size;
    index.set(name, at);
    return at;
  });
  return { layout: "long", values: target.values, task, taskNames: [...index.keys()] };
}
