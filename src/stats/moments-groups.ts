import { DomainError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { Moments } from "./moments.ts";
import { mergeMoments } from "./moments-merge.ts";
import { accumulate, checkInputs, checkTasks } from "./moments-rows.ts";
import type { Random } from "./random.ts";
import { rowCount, type Targets } from "./targets.ts";

/**
 * The moments of disjoint random groups of rows, which together are all rows.
 *
 * Moments add, so halves of the data are unions of groups, a bootstrap replicate is groups drawn with replacement, and
 * `mergeMoments(groups)` is the whole: the rows are read once. Long data are dealt out within every task, so that the
 * groups' shares of a task differ by one row at most.
 *
 * @param h Representation, rows × d.
 * @param targets Long or wide, with as many rows as h.
 * @param groupCount Number of groups, ≥ 1; 2 do for long data, 32 for wide.
 * @param random Source of the order in which rows are dealt.
 * @param rowWeights As in `momentsOf`.
 * @throws DomainError for a group count that is not a positive integer; as `momentsOf` for the data as a whole.
 */
export function groupMoments(
  h: Matrix,
  targets: Targets,
  groupCount: number,
  random: Random,
  rowWeights?: Float64Array,
): Moments[] {
  if (!Number.isInteger(groupCount) || groupCount < 1) {
    throw new DomainError(`groupMoments: the number of groups must be a positive integer, got ${groupCount}`);
  }
  checkInputs(h, targets, rowWeights);
  const groups = dealRows(targets, groupCount, random).map((rows) => accumulate(h, targets, rows, rowWeights));
  checkTasks(mergeMoments(groups));
  return groups;
}

function dealRows(targets: Targets, groupCount: number, random: Random): number[][] {
  const groups: number[][] = Array.from({ length: groupCount }, () => []);
  const order = random.permutation(rowCount(targets));
  if (targets.layout === "wide") order.forEach((row, k) => void groups[k % groupCount].push(row));
  else {
    // Each task starts where a shuffled row happened to leave it, so that no group collects every odd row out.
    const next = Int32Array.from(targets.taskNames, () => random.integer(groupCount));
    for (const row of order) groups[next[targets.task[row]]++ % groupCount].push(row);
  }
  for (const rows of groups) rows.sort((a, b) => a - b);
  return groups;
}
