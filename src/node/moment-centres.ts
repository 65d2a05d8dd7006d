import type { DataError } from "../errors.ts";
import { readRow } from "./database.ts";
import { asDouble, unusable } from "./numeric-column.ts";
import type { Column, TableSet } from "./tables.ts";
import { type ScanPlace, type ScanStep, watchScan } from "./watch-scan.ts";

/** The means around which products are summed, and how many rows have each target. */
export interface MomentCentres {
  /** d. */
  readonly h: Float64Array;
  /** One entry a target: its mean over the rows that have it, 0 where none has. */
  readonly y: Float64Array;
  /** Rows that have the target. */
  readonly observed: Float64Array;
}

/**
 * The means of the columns of a representation and of targets, in one scan.
 *
 * @throws DataError naming file, row and column where the representation is missing or infinite, or a target is infinite.
 */
export async function* readMomentCentres(
  tables: TableSet,
  representation: readonly Column[],
  targets: readonly Column[],
  place: ScanPlace,
): AsyncGenerator<ScanStep, MomentCentres> {
  const means = [
    ...representation.map((column, j) => `avg(${asDouble(column)}) AS h${j}`),
    ...targets.flatMap((column, t) => {
      const y = asDouble(column);
      const finite = `FILTER (isfinite(${y}))`;
      return [
        `avg(${y}) ${finite} AS y${t}`,
        `count(*) ${finite} AS n${t}`,
        `count(*) FILTER (isinf(${y})) AS inf${t}`,
      ];
    }),
  ];
  const relation = representation[0]?.relation;
  const reader = yield* watchScan(tables, `SELECT ${means.join(", ")} FROM ${relation}`, place);
  const [found = {}] = reader.getRowObjectsJS();
  const number = (name: string) => Number(found[name] ?? 0);
  const broken = representation.find((_, j) => !Number.isFinite(number(`h${j}`)));
  if (broken) throw await offender(tables, broken, "NOT isfinite", "the representation has to be a finite number");
  const infinite = targets.find((_, t) => number(`inf${t}`) > 0);
  if (infinite) {
    throw await offender(tables, infinite, "isinf", "a target has to be a finite number, or empty where it is missing");
  }
  return {
    h: Float64Array.from(representation, (_, j) => number(`h${j}`)),
    y: Float64Array.from(targets, (_, t) => number(`y${t}`)),
    observed: Float64Array.from(targets, (_, t) => number(`n${t}`)),
  };
}

/** Throws DataError, naming file, row and column, where one of the columns is missing or infinite; one scan. */
export async function* refuseNotFinite(
  tables: TableSet,
  columns: readonly Column[],
  place: ScanPlace,
): AsyncGenerator<ScanStep, void> {
  yield* readMomentCentres(tables, columns, [], place);
}

/** The DataError for the first value of a column of which `condition`, a function of SQL, is true. */
async function offender(tables: TableSet, column: Column, condition: string, needed: string): Promise<DataError> {
  const sql = `SELECT min(rowid) + 1 AS row FROM ${column.relation} WHERE ${condition}(${asDouble(column)})`;
  const found = await readRow(tables.database.connection, sql);
  return unusable(tables, column, Number(found?.row), needed);
}
