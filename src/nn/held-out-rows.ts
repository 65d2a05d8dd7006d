import type { RuntimeOptions } from "../runtime/session.ts";
import { medianOfMeans, PARTS } from "./median-of-means.ts";
import type { FloatType, Weights } from "./parameters.ts";
import { hold, lossSession, type Objective } from "./training-session.ts";

/** The loss on rows that are not trained on. */
export interface HeldOutRows {
  loss(weights: Weights): Promise<number>;
  release(): Promise<void>;
}

const FEWEST_ROWS_A_PART = 10;

/**
 * The loss on the rows `heldOut` as a median of means over interleaved parts of them; null when there are no such rows.
 */
export async function heldOutRows(
  objective: Objective,
  heldOut: Int32Array,
  dtype: FloatType,
  runtime: RuntimeOptions,
): Promise<HeldOutRows | null> {
  if (heldOut.length === 0) return null;
  const parts = equalParts(heldOut, Math.max(1, Math.min(PARTS, Math.floor(heldOut.length / FEWEST_ROWS_A_PART))));
  const batches = { size: parts[0].length, all: () => parts };
  const { session, feeds } = await lossSession(objective, batches, dtype, runtime);
  return {
    async loss(weights) {
      hold(session, weights);
      const losses: number[] = [];
      for (const rows of parts) losses.push(Number((await session.run(feeds(null, rows))).loss[0]));
      return medianOfMeans(losses, losses.length);
    },
    release: () => session.release(),
  };
}

/** Interleaved parts of one size, because neighbouring rows are often alike; up to `count` − 1 rows are left over. */
function equalParts(rows: Int32Array, count: number): Int32Array[] {
  const size = Math.floor(rows.length / count);
  return Array.from({ length: count }, (_, part) =>
    Int32Array.from({ length: size }, (_, i) => rows[i * count + part]),
  );
}
