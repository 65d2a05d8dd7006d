import { widenInto } from "../runtime/values.ts";
import type { RowBatches } from "./row-stream.ts";
import type { FedInput } from "./training-session.ts";

/**
 * What one run of several updates is fed, by name: the rows of their batches, and of everything else that is new at every
 * update (`fed`) the values of each, one after the other. The same arrays are filled each time.
 * @param most - the most updates of a run, which the arrays have room for
 */
export function runFeeds(
  batch: RowBatches,
  batchSize: number,
  fed: Readonly<Record<string, FedInput>>,
  most: number,
): (step: number, count: number) => Readonly<Record<string, BigInt64Array | ReturnType<FedInput["values"]>>> {
  const rows = new Int32Array(most * batchSize);
  const wide = new BigInt64Array(rows.length);
  const collected: Record<string, ReturnType<FedInput["values"]>> = {};
  return (step, count) => {
    for (let i = 0; i < count; i++) {
      const own = batch(step + i, rows.subarray(i * batchSize, (i + 1) * batchSize));
      for (const [name, { values }] of Object.entries(fed)) {
        const given = values(step + i, own);
        if (most === 1) {
          collected[name] = given;
          continue;
        }
        collected[name] ??= new (given.constructor as Float32ArrayConstructor)(most * given.length);
        collected[name].set(given, i * given.length);
      }
    }
    return { rows: widenInto(rows, wide), ...collected };
  };
}
