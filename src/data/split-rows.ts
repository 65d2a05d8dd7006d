import { DomainError } from "../errors.ts";
import type { Random } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { rowCount } from "../stats/targets.ts";

/** Two disjoint sets of row indices that together are all the rows, each ascending. */
export interface RowSplit {
  readonly train: Int32Array;
  readonly heldOut: Int32Array;
}

/**
 * Splits the rows at random: within every task for long targets, so that each task keeps its share on both sides, and
 * as plain rows for wide ones.
 *
 * @param targets long or wide.
 * @param holdOut share of the rows to hold out, in (0, 1); a task of n rows gives up round(n · holdOut) of them, but at
 *   least one and, from two rows on, never all.
 * @throws DomainError when `holdOut` is not inside (0, 1).
 */
export function splitRows(targets: Targets, holdOut: number, random: Random): RowSplit {
  if (!(holdOut > 0 && holdOut < 1)) throw new DomainError(`splitRows: holdOut must be in (0, 1), got ${holdOut}`);
  const isHeldOut = new Uint8Array(rowCount(targets));
  strata(targets).forEach((rows, t) => {
    const count = Math.min(Math.max(Math.round(rows.length * holdOut), 1), Math.max(rows.length - 1, 1));
    const order = random.split(t).permutation(rows.length);
    for (const position of order.subarray(0, count)) isHeldOut[rows[position]] = 1;
  });
  const rows = Int32Array.from(isHeldOut, (_, row) => row);
  return { train: rows.filter((row) => !isHeldOut[row]), heldOut: rows.filter((row) => isHeldOut[row]) };
}

function strata(targets: Targets): number[][] {
  if (targets.layout === "wide") return [Array.from({ length: rowCount(targets) }, (_, row) => row)];
  const rows: number[][] = targets.taskNames.map(() => []);
  targets.task.forEach((t, row) => {
    rows[t].push(row);
  });
  return rows;
}
