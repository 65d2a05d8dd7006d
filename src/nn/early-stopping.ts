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
      const heldOutLoss = Number((await session.run({ rows: heldOut })).loss[0]);
      if (lowest === null || heldOutLoss < lowest.heldOutLoss) lowest = { step, heldOutLoss, weights };
      return heldOutLoss;
    },
    best: () => lowest,
    release: () => session.release(),
  };
}
