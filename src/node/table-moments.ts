import { ConfigError, DomainError } from "../errors.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import { checkTasks } from "../stats/moments-rows.ts";
import type { RowGrouping } from "./grouped-sums.ts";
import { readLongSums } from "./long-sums.ts";
import { momentsFromSums } from "./moments-from-sums.ts";
import type { ColumnSelection } from "./select-columns.ts";
import type { TableSet } from "./tables.ts";
import { finishSteps, type ScanStep } from "./watch-scan.ts";
import { readWideSums } from "./wide-sums.ts";

/**
 * The moments of a table of any size, in disjoint groups of rows that together are all its rows: what `groupMoments`
 * gives for data in memory. The features of the selection are the representation h.
 *
 * The table is read twice, for the means and for the sums of products around them, and once more for every wide target
 * with missing values. The database adds up; it holds d² numbers a task and group, within the memory it was allowed
 * when the table was opened. The order in which threads add differs from run to run, and with it the last bits; not so
 * with one thread.
 *
 * @param grouping 2 groups do for long data, 32 for wide.
 * @returns One Moments a group; tasks in the order of `readMultiTaskData`.
 * @throws ConfigError when the columns come from several files; DomainError for a number of groups that is none.
 * @throws DataError naming file, row and column where h is missing or infinite, a target is infinite or a task is
 *   missing; naming the task when it has fewer than 3 rows or a constant target.
 */
export async function readTableMoments(
  tables: TableSet,
  selection: ColumnSelection,
  grouping: RowGrouping,
): Promise<Moments[]> {
  const moments = await finishSteps(tableMomentsSteps(tables, selection, grouping));
  checkTasks(mergeMoments(moments));
  return moments;
}

/**
 * `readTableMoments` with word of how far it is, of a table that may be a part of the whole: tasks are not refused for
 * having few rows, or a constant target, in this part.
 */
export async function* tableMomentsSteps(
  tables: TableSet,
  { features, targets }: ColumnSelection,
  grouping: RowGrouping,
): AsyncGenerator<ScanStep, Moments[]> {
  if (!Number.isInteger(grouping.groups) || grouping.groups < 1) {
    throw new DomainError(`readTableMoments: the number of groups must be a positive integer, got ${grouping.groups}`);
  }
  const used = targets.layout === "wide" ? targets.columns : [targets.task, targets.target];
  const sources = new Set([...features, ...used].map(({ source }) => source));
  if (sources.size > 1) throw new ConfigError(`moments are read from one file, not from ${[...sources].join(" and ")}`);
  const { taskNames, centres, groups } =
    targets.layout === "wide"
      ? yield* readWideSums(tables, features, targets.columns, grouping)
      : yield* readLongSums(tables, features, targets, grouping);
  return groups.map(({ tasks, all }) => momentsFromSums(taskNames, centres, tasks, all));
}
