import type { CentredField, SumsOfH } from "./moment-sums.ts";
import type { Centres, TaskSums } from "./moments-from-sums.ts";
import { asDouble } from "./numeric-column.ts";
import { rowGroupSql } from "./row-groups.ts";
import type { Column } from "./tables.ts";

/** How the rows of a table are dealt into groups (see `rowGroup`). */
export interface RowGrouping {
  /** Number of groups, at least 1. */
  readonly groups: number;
  /** Which of the ways of dealing them. */
  readonly seed: number;
  /** Rows of the same whole that other tables hold before this one: its first row is dealt as the row after them. */
  readonly rowsBefore?: number;
}

/** The sums over one group of rows: of all of them, and of those of each task, where it has any. */
export interface GroupSums {
  readonly all: SumsOfH;
  readonly tasks: readonly (TaskSums | undefined)[];
}

/** The sums of every group, and what they are relative to. */
export interface GroupedSums {
  readonly taskNames: readonly string[];
  readonly centres: Centres;
  readonly groups: readonly GroupSums[];
}

/** The columns as fields around their means. */
export function centred(columns: readonly Column[], means: ArrayLike<number>): CentredField[] {
  return columns.map((column, j) => ({ sql: asDouble(column), centre: means[j] as number }));
}

/** The group of a row as a key to sum by. */
export function groupKey({ groups, seed, rowsBefore = 0 }: RowGrouping): string {
  return `(${rowGroupSql(groups, seed, rowsBefore)})::DOUBLE`;
}
