import type { RuntimeOptions } from "../runtime/session.ts";
import type { FloatType, Weights } from "./parameters.ts";
import { hold, lossSession, type Objective } from "./training-session.ts";

/** The weights with the lowest held-out loss so far. */
export interface BestWeights {
  readonly step: number;
  readonly heldOutLoss: number;
  readonly weights: Weights;
}

/** Watches the loss on rows that are not trained on, keeps the best weights, and says when to give up. */
export interface EarlyStopping {
  /** The loss of these weights on the held-out rows; the weights are kept when it is the lowest so far. */
  observe(step: number, weights: Weights): Promise<number>;
  best(): BestWeights | null;
  release(): Promise<void>;
}

/**
 * Parts of the held-out rows whose mean losses are taken apart; their median is the held-out loss. A mean over all rows
 * would be decided by a few rows far from the others, to which the encoder extrapolates; the median of means is not
 * (Lugosi and Mendelson 2019).
 */
const PARTS = 11;
const FEWEST_ROWS_A_PART = 10;

/**
 * Early stopping on the rows `heldOut`; null when there are none.
 * @param best - the best so far, of a training that is being resumed
 */
export async function earlyStopping(
  objective: Objective,
  heldOut: Int32Array,
  best: BestWeights | null,
  dtype: FloatType,
  runtime: RuntimeOptions,
): Promise<EarlyStopping | null> {
  if (heldOut.length === 0) return null;
  const parts = equalParts(heldOut, Math.max(1, Math.min(PARTS, Math.floor(heldOut.length / FEWEST_ROWS_A_PART))));
  const session = await lossSession(objective, parts[0].length, dtype, runtime);
  let lowest = best;
  return {
    async observe(step, weights) {
      hold(session, weights);
      const losses: number[] = [];
      for (const rows of parts) losses.push(Number((await session.run({ rows })).loss[0]));
      const heldOutLoss = median(losses);
      if (lowest === null || heldOutLoss < lowest.heldOutLoss) lowest = { step, heldOutLoss, weights };
      return heldOutLoss;
    },
    best: () => lowest,
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

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return (sorted[(values.length - 1) >> 1] + sorted[values.length >> 1]) / 2;
}
