import { centred, type GroupedSums, type GroupSums, groupKey, type RowGrouping } from "./grouped-sums.ts";
import { readMomentCentres } from "./moment-centres.ts";
import { type MomentSums, readMomentSums, type SumRequest } from "./moment-sums.ts";
import { addSums } from "./moments-from-sums.ts";
import { asDouble } from "./numeric-column.ts";
import type { Column, TableSet } from "./tables.ts";
import type { ScanStep } from "./watch-scan.ts";

/** How many targets are summed in one scan. */
const targetsPerScan = 64;

/** Targets (by their places in the list of all) that were summed in one scan, and what it gave. */
interface Scan {
  readonly places: readonly number[];
  readonly parts: readonly MomentSums[];
}

/**
 * The sums of wide data by group and task. Targets that no row lacks have all rows in common, and with them the sums of
 * h; a target with missing values is summed over its own rows, in a scan of its own.
 *
 * @throws DataError as `readMomentCentres`.
 */
export async function* readWideSums(
  tables: TableSet,
  representation: readonly Column[],
  targets: readonly Column[],
  grouping: RowGrouping,
): AsyncGenerator<ScanStep, GroupedSums> {
  const means = yield* readMomentCentres(tables, representation, targets, { scan: 0, scans: 2 });
  const relation = representation[0]?.relation as string;
  const isComplete = (t: number) => means.observed[t] === tables.rows;
  const requestFor = (places: readonly number[]): SumRequest => {
    const columns = places.map((t) => targets[t] as Column);
    const missing = columns.filter((_, i) => !isComplete(places[i] as number));
    const y = centred(
      columns,
      places.map((t) => means.y[t] as number),
    );
    return {
      relation,
      h: centred(representation, means.h),
      y,
      keys: [groupKey(grouping)],
      ...(missing.length > 0 && { where: missing.map((column) => `isfinite(${asDouble(column)})`).join(" AND ") }),
    };
  };
  const plan = scanPlan([...targets.keys()], isComplete);
  const scans: Scan[] = [];
  for (const [i, places] of plan.entries()) {
    const place = { scan: i + 1, scans: plan.length + 1 };
    scans.push({ places, parts: yield* readMomentSums(tables, requestFor(places), place) });
  }
  const groups = Array.from({ length: grouping.groups }, (_, g) =>
    groupOf(g, scans, representation.length, targets.length),
  );
  return { taskNames: targets.map(({ label }) => label), centres: means, groups };
}

/** Which targets are summed together: the complete ones, none perhaps, in the first scans, each other one alone. */
function scanPlan(targets: readonly number[], isComplete: (target: number) => boolean): number[][] {
  const complete = targets.filter(isComplete);
  const plan = [complete.slice(0, targetsPerScan)];
  for (let at = targetsPerScan; at < complete.length; at += targetsPerScan) {
    plan.push(complete.slice(at, at + targetsPerScan));
  }
  return [...plan, ...targets.filter((t) => !isComplete(t)).map((t) => [t])];
}

/** What the scans say of group g; the first of them saw all rows. */
function groupOf(g: number, scans: readonly Scan[], d: number, targetCount: number): GroupSums {
  const inGroup = ({ parts }: Scan) => parts.filter(({ keys }) => keys[0] === g);
  const tasks = new Array<GroupSums["tasks"][number]>(targetCount).fill(undefined);
  for (const scan of scans) {
    for (const part of inGroup(scan)) {
      scan.places.forEach((t, i) => {
        tasks[t] = { ...part, target: part.targets[i] as MomentSums["targets"][number] };
      });
    }
  }
  return { all: addSums(d, scans.slice(0, 1).flatMap(inGroup)), tasks };
}
