import type { Random } from "../stats/random.ts";

/** The row indices of batch number `step` = 0, 1, …, written to `out` where it is given. */
export type RowBatches = (step: number, out?: Int32Array) => Int32Array;

/**
 * An endless stream of `rows` in random order, cut into batches: every row once in each pass, a new order each pass, and a
 * batch may run over from one pass into the next, so that no row is left out. Batch number `step` depends on the seed and
 * on `step` alone: a resumed training sees the same batches.
 */
export function rowStream(rows: Int32Array, batchSize: number, random: Random): RowBatches {
  let pass = -1;
  let order: Int32Array = new Int32Array();
  const enter = (next: number) => {
    pass = next;
    order = random.split(next).permutation(rows.length);
  };
  return (step, batch = new Int32Array(batchSize)) => {
    for (let i = 0; i < batchSize; i++) {
      const position = step * batchSize + i;
      const current = Math.floor(position / rows.length);
      if (current !== pass) enter(current);
      batch[i] = rows[order[position - current * rows.length]];
    }
    return batch;
  };
}
