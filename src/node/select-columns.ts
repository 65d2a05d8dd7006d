import { ConfigError } from "../errors.ts";
import { findColumn, type MatchedColumns, matchColumns } from "./column-patterns.ts";
import { firstNotNumber, notNumberError, requireNumeric } from "./numeric-column.ts";
import type { Column, TableSet } from "./tables.ts";

/** Which columns are features and targets, by names and patterns (see `matchColumns`). */
export interface ColumnRequest {
  /** Every numeric column that has no other role, by default. */
  readonly features?: readonly string[];
  /** Wide layout: the columns that are targets, one a task. */
  readonly targets?: readonly string[];
  /** Long layout: the column that says to which task a row belongs, and the one that holds its target. */
  readonly task?: string;
  readonly target?: string;
  /** Columns that no pattern matches and that are no features by default. */
  readonly drop?: readonly string[];
  /** The column that names the rows. */
  readonly rowName?: string;
}

/** The columns of the targets, in one layout or the other. */
export type TargetColumns =
  | { readonly layout: "wide"; readonly columns: readonly Column[] }
  | { readonly layout: "long"; readonly task: Column; readonly target: Column };

/** What each column is used for. */
export interface ColumnSelection {
  readonly features: readonly Column[];
  readonly targets: TargetColumns;
  readonly rowName?: Column;
  /** Columns that were left out, and why. */
  readonly notices: readonly string[];
}

/**
 * Gives columns their roles.
 *
 * A column that a pattern or the default matches is left out, with a notice, when it is not numeric, or when it would
 * be a feature and carries the name of a target (another table's copy of it gives the answer away).
 *
 * @throws ConfigError for names and patterns that match no column or several, a column with two roles, and a request
 *   for no targets or for both layouts.
 * @throws DataError for a column asked for by name that holds text: the first such row and its value are named.
 */
export async function selectColumns(tables: TableSet, request: ColumnRequest): Promise<ColumnSelection> {
  const { columns } = tables;
  const notices = [...tables.notices];
  const dropped = matchColumns(columns, request.drop ?? [], "drop");
  const rowName = request.rowName === undefined ? undefined : findColumn(columns, request.rowName, "row name");
  const targets = await selectTargets(tables, request, dropped, notices);
  const used = targets.layout === "wide" ? targets.columns : [targets.task, targets.target];
  const wanted = request.features ? matchColumns(columns, request.features, "features") : everyColumn(columns);
  checkRoles(wanted, used, dropped);
  const taken = new Set([...used, ...dropped.columns, ...(rowName ? [rowName] : [])]);
  const open = wanted.columns.filter((column) => !taken.has(column));
  const features = await keepNumeric(tables, leaveOutCopies(open, wanted, used, notices), wanted, notices);
  if (features.length === 0) throw new ConfigError("features: no numeric column is left");
  return { features, targets, ...(rowName && { rowName }), notices };
}

/**
 * The columns of the targets alone, where the features come from elsewhere.
 *
 * @throws ConfigError and DataError as `selectColumns`.
 */
export async function selectTargetColumns(
  tables: TableSet,
  request: Pick<ColumnRequest, "targets" | "task" | "target" | "drop">,
): Promise<{ readonly targets: TargetColumns; readonly notices: readonly string[] }> {
  const notices = [...tables.notices];
  const dropped = matchColumns(tables.columns, request.drop ?? [], "drop");
  return { targets: await selectTargets(tables, request, dropped, notices), notices };
}

async function selectTargets(
  tables: TableSet,
  { targets, task, target }: ColumnRequest,
  dropped: MatchedColumns,
  notices: string[],
): Promise<TargetColumns> {
  const { columns } = tables;
  if (targets !== undefined) {
    if (task !== undefined || target !== undefined) {
      throw new ConfigError("targets: give either the columns of the targets, or a task column and a target column");
    }
    const wanted = matchColumns(columns, targets, "targets");
    const open = wanted.columns.filter((column) => wanted.named.has(column) || !dropped.columns.includes(column));
    const numeric = await keepNumeric(tables, open, wanted, notices);
    if (numeric.length === 0) throw new ConfigError("targets: no numeric column is left");
    return { layout: "wide", columns: numeric };
  }
  if (task === undefined || target === undefined) {
    throw new ConfigError("targets: give the columns of the targets, or a task column together with a target column");
  }
  const selected = { task: findColumn(columns, task, "task"), target: findColumn(columns, target, "target") } as const;
  if (selected.task === selected.target) throw new ConfigError(`'${task}' cannot be both the task and the target`);
  await requireNumeric(tables, selected.target);
  return { layout: "long", ...selected };
}

function everyColumn(columns: readonly Column[]): MatchedColumns {
  return { columns, named: new Set() };
}

function checkRoles({ named }: MatchedColumns, used: readonly Column[], dropped: MatchedColumns): void {
  for (const column of named) {
    if (used.includes(column)) throw new ConfigError(`'${column.label}' cannot be both a feature and a target`);
    if (dropped.named.has(column)) throw new ConfigError(`'${column.label}' cannot be both a feature and dropped`);
  }
  const both = used.find((column) => dropped.named.has(column));
  if (both) throw new ConfigError(`'${both.label}' cannot be both a target and dropped`);
}

function leaveOutCopies(
  columns: readonly Column[],
  { named }: MatchedColumns,
  targets: readonly Column[],
  notices: string[],
): Column[] {
  return columns.filter((column) => {
    const original = named.has(column) ? undefined : targets.find(({ name }) => name === column.name);
    if (original === undefined) return true;
    notices.push(`${column.qualifiedName} is left out of the features: it is called as the target ${original.label}`);
    return false;
  });
}

async function keepNumeric(
  tables: TableSet,
  columns: readonly Column[],
  { named }: MatchedColumns,
  notices: string[],
): Promise<Column[]> {
  const kept: Column[] = [];
  for (const column of columns) {
    const found = await firstNotNumber(tables, column);
    if (found === undefined) kept.push(column);
    else if (named.has(column)) throw notNumberError(column, found);
    else notices.push(`left out: ${notNumberError(column, found).message}`);
  }
  return kept;
}
