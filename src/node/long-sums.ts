import { DataError } from "../errors.ts";
import { centred, type GroupedSums, type GroupSums, groupKey, type RowGrouping } from "./grouped-sums.ts";
import { readMomentCentres } from "./moment-centres.ts";
import { type MomentSums, readMomentSums } from "./moment-sums.ts";
import { addSums } from "./moments-from-sums.ts";
import { asDouble, asText } from "./numeric-column.ts";
import type { Column, TableSet } from "./tables.ts";
import type { ScanStep } from "./watch-scan.ts";

/** Keys by which long data are summed: the label of the task, the group, and whether the row has a target. */
type LongKeys = readonly [label: string | number | null, group: number, observed: number];

/**
 * The sums of long data by group and task. A row without a target counts in its group only.
 *
 * @throws DataError, with the row, where the task is missing; as `readMomentCentres` for numbers that are none.
 */
export async function* readLongSums(
  tables: TableSet,
  representation: readonly Column[],
  { task, target }: { readonly task: Column; readonly target: Column },
  grouping: RowGrouping,
): AsyncGenerator<ScanStep, GroupedSums> {
  const means = yield* readMomentCentres(tables, representation, [target], { scan: 0, scans: 2 });
  const label = task.numeric ? asDouble(task) : asText(task);
  const request = {
    relation: target.relation,
    h: centred(representation, means.h),
    y: centred([target], means.y),
    keys: [label, groupKey(grouping), `isfinite(${asDouble(target)})::DOUBLE`],
  };
  const sums = yield* readMomentSums(tables, request, { scan: 1, scans: 2 });
  const labels = orderLabels(sums, task);
  const index = new Map(labels.map((value, t) => [value, t]));
  const groups = Array.from({ length: grouping.groups }, (_, g) => {
    const inGroup = sums.filter((part) => keysOf(part)[1] === g);
    const tasks = new Array<GroupSums["tasks"][number]>(labels.length).fill(undefined);
    for (const part of inGroup) {
      const [value, , observed] = keysOf(part);
      const [of] = part.targets;
      if (observed && of) tasks[index.get(value as string | number) as number] = { ...part, target: of };
    }
    return { all: addSums(representation.length, inGroup), tasks };
  });
  const centres = { h: means.h, y: new Float64Array(labels.length).fill(means.y[0] as number) };
  return { taskNames: labels.map(String), centres, groups };
}

/** The labels of all tasks: numbers in ascending order, texts in the order of the rows in which they first appear. */
function orderLabels(sums: readonly MomentSums[], { source, name }: Column): (string | number)[] {
  const firstRow = new Map<string | number, number>();
  for (const part of sums) {
    const [label] = keysOf(part);
    if (label === null || Number.isNaN(label)) {
      throw new DataError("the task is missing", { source, row: part.firstRow + 1, column: name });
    }
    firstRow.set(label, Math.min(part.firstRow, firstRow.get(label) ?? Infinity));
  }
  const byFirstRow = [...firstRow].sort(([, a], [, b]) => a - b).map(([label]) => label);
  return byFirstRow.every((label) => typeof label === "number") ? byFirstRow.sort((a, b) => a - b) : byFirstRow;
}

function keysOf({ keys }: MomentSums): LongKeys {
  return keys as unknown as LongKeys;
}
