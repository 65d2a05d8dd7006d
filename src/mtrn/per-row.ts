import { type FloatArray, type FloatType, zeros } from "../nn/parameters.ts";
import type { FedInput } from "../nn/training-session.ts";

/**
 * One number of each kind for every row of a batch, picked outside of the graph: there the rows of many updates are picked one after
 * the other, and the arrays stay in the processor's cache, which the features of a batch drive out of it in the graph. The same
 * arrays are filled each time.
 */
export function perRow(arrays: Readonly<Record<string, FloatArray | Int32Array>>) {
  return (count: number): Record<string, FedInput> =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, all]) => {
        const picked = all instanceof Int32Array ? new Int32Array(count) : zeros(count, floatTypeOf(all));
        const values = (_: number | null, rows: Int32Array) => {
          for (let i = 0; i < rows.length; i++) picked[i] = all[rows[i]];
          return picked;
        };
        return [name, { shape: [count], values, ...(all instanceof Int32Array && { dtype: "int64" as const }) }];
      }),
    );
}

const floatTypeOf = (values: FloatArray): FloatType => (values instanceof Float32Array ? "float32" : "float64");
