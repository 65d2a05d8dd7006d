import { type FeatureTable, type MultiTaskData, multiTaskData } from "../data/multi-task-data.ts";
import { DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { Targets } from "../stats/targets.ts";
import { findColumn } from "./column-patterns.ts";
import { requireNumeric, unusable } from "./numeric-column.ts";
import { readNumbersInto, readTasks, readTexts } from "./read-columns.ts";
import type { ColumnSelection, TargetColumns } from "./select-columns.ts";
import type { Column, TableSet } from "./tables.ts";

/** A data set read from tables, with what was left out of it and why. */
export interface MultiTaskTable {
  readonly data: MultiTaskData;
  readonly notices: readonly string[];
}

/**
 * The multi-task data that the selected columns hold, rows in the order of the tables. Features and tasks are called
 * by their labels: the bare name of the column, or `table.name` where several tables have one.
 *
 * Features that are the same in every row are left out with a notice. A missing target is NaN in the wide layout.
 *
 * @throws DataError naming file, row and column for a feature that is missing or infinite, an infinite target, and in
 *   the long layout a missing target or task; as `multiTaskData` for tasks with too few or constant targets.
 */
export async function readMultiTaskData(tables: TableSet, selection: ColumnSelection): Promise<MultiTaskTable> {
  const all = await readFeatures(tables, selection.features);
  const { features, kept, constant } = leaveOutConstants(all, selection.features);
  if (kept.length === 0) throw new DataError("every feature is the same in all rows: nothing can be learned from them");
  const data = multiTaskData({
    features,
    featureNames: kept.map(({ label }) => label),
    targets: await readTargets(tables, selection.targets),
    ...(selection.rowName && { rowNames: await readNames(tables, selection.rowName) }),
  });
  return { data, notices: [...selection.notices, ...constantNotices(constant)] };
}

/**
 * The columns as features, rows × columns, in single precision.
 *
 * @throws DataError naming file, row and column where a value is missing or not a finite number in single precision.
 */
export async function readFeatures(tables: TableSet, columns: readonly Column[]): Promise<FeatureTable> {
  const { rows } = tables;
  const data = await readNumbersInto(tables, columns, new Float32Array(rows * columns.length));
  await refuseFirst(tables, columns, data, (value) => !Number.isFinite(value), "a feature has to be a finite number");
  return { rows, cols: columns.length, data };
}

/**
 * The columns as a representation, rows × columns, in double precision.
 *
 * @throws DataError naming file, row and column where a value is missing or not finite.
 */
export async function readRepresentation(tables: TableSet, columns: readonly Column[]): Promise<Matrix> {
  const { rows } = tables;
  const data = await readNumbersInto(tables, columns, new Float64Array(rows * columns.length));
  const needed = "a representation has to be finite numbers";
  await refuseFirst(tables, columns, data, (value) => !Number.isFinite(value), needed);
  return { rows, cols: columns.length, data };
}

/**
 * The features that a fitted model asks for by name, in its order; further columns do no harm.
 *
 * @throws ConfigError for a feature that no column is called, or several; DataError as `readFeatures`, and for text.
 */
export async function readNamedFeatures(tables: TableSet, names: readonly string[]): Promise<FeatureTable> {
  return readFeatures(tables, await findFeatures(tables, names));
}

/** The columns of numbers of these names, in their order. Throws as `readNamedFeatures` for names and for text. */
export async function findFeatures(tables: TableSet, names: readonly string[]): Promise<Column[]> {
  const columns = names.map((name) => findColumn(tables.columns, name, "features"));
  for (const column of columns) await requireNumeric(tables, column);
  return columns;
}

/** The names of the rows in one column, empty where missing. Throws ConfigError for a name that no column has. */
export async function readRowNames(tables: TableSet, name: string): Promise<string[]> {
  return readNames(tables, findRowNames(tables, name));
}

/** The column that names the rows. Throws ConfigError for a name that no column has. */
export function findRowNames(tables: TableSet, name: string): Column {
  return findColumn(tables.columns, name, "row name");
}

async function readNames(tables: TableSet, column: Column): Promise<string[]> {
  const texts = await readTexts(tables, column);
  return texts.map((text) => text ?? "");
}

/**
 * The targets in their columns, one row a row of the tables.
 *
 * @throws DataError naming file, row and column for an infinite target, and in the long layout a missing target or task.
 */
export async function readTargets(tables: TableSet, targets: TargetColumns): Promise<Targets> {
  const { rows } = tables;
  if (targets.layout === "wide") {
    const { columns } = targets;
    const data = await readNumbersInto(tables, columns, new Float64Array(rows * columns.length));
    const infinite = (value: number) => Math.abs(value) === Infinity;
    const needed = "a target has to be a finite number, or empty where it is missing";
    await refuseFirst(tables, columns, data, infinite, needed);
    return {
      layout: "wide",
      values: { rows, cols: columns.length, data },
      taskNames: columns.map(({ label }) => label),
    };
  }
  const columns = [targets.target];
  const values = await readNumbersInto(tables, columns, new Float64Array(rows));
  const needed = "a target has to be a finite number; leave out the rows that have none";
  await refuseFirst(tables, columns, values, (value) => !Number.isFinite(value), needed);
  return { layout: "long", values, ...(await readTasks(tables, targets.task)) };
}

/** Throws DataError for the first number, in reading order, that `isRefused`. */
async function refuseFirst(
  tables: TableSet,
  columns: readonly Column[],
  numbers: Float32Array | Float64Array,
  isRefused: (value: number) => boolean,
  needed: string,
): Promise<void> {
  let at = 0;
  while (at < numbers.length && !isRefused(numbers[at] as number)) at++;
  if (at === numbers.length) return;
  throw await unusable(tables, columns[at % columns.length] as Column, Math.floor(at / columns.length) + 1, needed);
}

function leaveOutConstants({ rows, cols, data }: FeatureTable, columns: readonly Column[]) {
  const varies = new Uint8Array(cols);
  for (let i = cols; i < data.length; i++) if (data[i] !== data[i % cols]) varies[i % cols] = 1;
  const places = columns.flatMap((_, place) => (varies[place] ? [place] : []));
  const kept = columns.filter((_, place) => varies[place]);
  const constant = columns.filter((_, place) => !varies[place]);
  if (constant.length === 0) return { features: { rows, cols, data }, kept, constant };
  const to = new Float32Array(rows * kept.length);
  for (let i = 0; i < rows; i++) {
    places.forEach((place, j) => {
      to[i * kept.length + j] = data[i * cols + place] as number;
    });
  }
  return { features: { rows, cols: kept.length, data: to }, kept, constant };
}

function constantNotices(columns: readonly Column[]): string[] {
  return [...new Set(columns.map(({ source }) => source))].map((source) => {
    const names = columns.filter((column) => column.source === source).map(({ name }) => name);
    return `${source}: left out of the features, the same in every row: ${names.join(", ")}`;
  });
}
