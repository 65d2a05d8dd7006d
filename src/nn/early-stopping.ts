import type { RuntimeOptions } from "../runtime/session.ts";
import type { FloatArray, FloatType, Weights } from "./parameters.ts";
import { hold, lossSession, type Objective } from "./training-session.ts";

/**
 * Share of the held-out rows, the worst ones, that do not count. A single row far outside the range of the others (a pure
 * element among alloys) otherwise decides when to stop: its extrapolated loss can exceed that of all other rows together.
 */
const TRIMMED = 0.01;

/** The weights with the lowest held-out loss so far. */
export interface BestWeights {
  readonly step: number;
  readonly heldOutLoss: number;
  readonly weights: Weights;
}

/** Watches the loss on rows that are not trained on, keeps the best weights, and says when to give up. */
export interface EarlyStopping {
  /** The loss of these weights on the held-out rows, the worst hundredth left out; kept when it is the lowest so far. */
  observe(step: number, weights: Weights): Promise<number>;
  best(): BestWeights | null;
  release(): Promise<void>;
}

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
  const session = await lossSession(objective, heldOut.length, dtype, runtime);
  let lowest = best;
  return {
    async observe(step, weights) {
      hold(session, weights);
      const { total, count } = await session.run({ rows: heldOut });
      const heldOutLoss = trimmedMean(total as FloatArray, count as FloatArray);
      if (lowest === null || heldOutLoss < lowest.heldOutLoss) lowest = { step, heldOutLoss, weights };
      return heldOutLoss;
    },
    best: () => lowest,
    release: () => session.release(),
  };
}

/** Mean loss by observed target, over the rows but the worst. */
function trimmedMean(total: FloatArray, count: FloatArray): number {
  const rows = Array.from(total, (sum, row) => ({ sum, count: count[row] })).filter((row) => row.count > 0);
  rows.sort((a, b) => a.sum / a.count - b.sum / b.count);
  const kept = rows.slice(0, rows.length - Math.floor(TRIMMED * rows.length));
  return kept.reduce((sum, row) => sum + row.sum, 0) / kept.reduce((sum, row) => sum + row.count, 0);
}
