import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import { adam } from "./adam.ts";
import { initialState, type Learner } from "./learner.ts";
import type { MomentObjective } from "./moment-objective.ts";
import { momentUpdates } from "./moment-update.ts";
import type { FloatArray, FloatType, Weights } from "./parameters.ts";

/** Batches, and how the weights are judged. */
export interface MomentLearnerOptions<Batch> extends RuntimeOptions {
  readonly batch: (step: number) => Batch;
  readonly stepsPerEpoch: number;
  readonly epochsPerStep: number;
  /** The loss of weights on rows that are not trained on; null when there are none. */
  readonly heldOutLoss: ((weights: Weights) => Promise<number>) | null;
  readonly dtype?: FloatType;
  /** The most updates made in one run of the runtime, where a run can make several; by default what keeps a run short. */
  readonly updatesPerRun?: number;
  /** Weights to start from, those of other parameters aside; by default random ones. */
  readonly start?: Weights;
  /** Whatever else is to be freed at the end. */
  readonly release?: () => Promise<void>;
}

/** A batch whose moments are known, and the number of the update that is to be made on it. */
interface Ready<Batch> {
  readonly step: number;
  readonly batch: Batch;
  readonly moments: FloatArray;
}

/**
 * Adam on a loss of moments: the loss of a batch and its slopes follow from the batch's moments in float64, and one run of the
 * runtime makes the update by them and returns the moments of the next batch.
 */
export async function momentLearner<Batch>(
  objective: MomentObjective<Batch>,
  options: MomentLearnerOptions<Batch>,
  random: Random,
): Promise<Learner> {
  const { batch: batchAt, stepsPerEpoch, epochsPerStep, heldOutLoss, dtype = "float32", start, release } = options;
  const { device, threads } = options;
  const { parameters } = objective;
  const optimiser = adam();
  const runtime = { ...(device && { device }), ...(threads && { threads }) };
  const updates = await momentUpdates(objective, optimiser, dtype, runtime);
  const { session, state } = updates;
  let ready: Ready<Batch> | undefined;
  const begin = async (step: number): Promise<Ready<Batch>> => {
    const batch = batchAt(step);
    return { step, batch, moments: await updates.begin(objective.feeds(batch)) };
  };
  return {
    engine: session.engine,
    device: session.device,
    fallbacks: session.fallbacks,
    stepsPerEpoch,
    updatesPerRun: 1,
    epochsPerStep,
    initial: () => initialState(parameters, optimiser, dtype, random, start),
    restore(from) {
      updates.restore(from);
      ready = undefined;
    },
    state,
    async update(step, rates) {
      const { batch, moments } = ready?.step === step ? ready : await begin(step);
      // Weights that have run away: a loss that is no number, not a failure of what is solved for with it.
      if (!moments.every(Number.isFinite)) return [Number.NaN];
      const { value, slopes } = objective.loss(moments, batch);
      const next = batchAt(step + 1);
      const found = await updates.update(slopes, optimiser.feeds(step, rates, dtype), objective.feeds(next));
      ready = { step: step + 1, batch: next, moments: found };
      return [value];
    },
    heldOutLoss: heldOutLoss && (() => heldOutLoss(state().weights)),
    async release() {
      await session.release();
      await release?.();
    },
  };
}
