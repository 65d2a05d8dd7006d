import { mul } from "../graph/elementwise.ts";
import { sum } from "../graph/reductions.ts";
import { input } from "../graph/tensor.ts";
import { compile, type RuntimeOptions, type Session } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import { adam } from "./adam.ts";
import type { Learner } from "./learner.ts";
import type { BatchFeeds, MomentObjective } from "./moment-objective.ts";
import { packedLayout } from "./packed-weights.ts";
import { type FloatArray, type FloatType, initialWeights, type Weights, zeros } from "./parameters.ts";
import { dataTensors, PACKED, shareData, updateSession } from "./training-session.ts";

/** Batches, and how the weights are judged. */
export interface MomentLearnerOptions<Batch> extends RuntimeOptions {
  readonly batch: (step: number) => Batch;
  readonly stepsPerEpoch: number;
  readonly epochsPerStep: number;
  /** The loss of weights on rows that are not trained on; null when there are none. */
  readonly heldOutLoss: ((weights: Weights) => Promise<number>) | null;
  readonly dtype?: FloatType;
  /** Weights to start from, those of other parameters aside; by default random ones. */
  readonly start?: Weights;
  /** Whatever else is to be freed at the end. */
  readonly release?: () => Promise<void>;
}

const SLOPES = "slopes";

/**
 * Adam on a loss of moments, in two runs an update: one returns the batch's moments, from which the loss and its slopes
 * follow in float64; the second takes the slopes and makes the update. Features are computed twice, which adds about a
 * third to an update.
 */
export async function momentLearner<Batch>(
  objective: MomentObjective<Batch>,
  options: MomentLearnerOptions<Batch>,
  random: Random,
): Promise<Learner> {
  const { batch: batchAt, stepsPerEpoch, epochsPerStep, heldOutLoss, dtype = "float32", start, release } = options;
  const { parameters } = objective;
  const optimiser = adam();
  const momentsOf = await momentSession(objective, dtype, options);
  const { session, state, restore } = await updateSession(
    objective,
    (weights) => {
      const moments = objective.moments(weights);
      const slopes = input(SLOPES, dtype, moments.shape);
      return { loss: sum(mul(slopes, moments)), inputs: [...objective.inputs, slopes] };
    },
    optimiser,
    { dtype, ...(options.device && { device: options.device }), ...(options.threads && { threads: options.threads }) },
  );
  return {
    engine: session.engine,
    device: session.device,
    fallbacks: session.fallbacks,
    stepsPerEpoch,
    updatesPerRun: 1,
    epochsPerStep,
    initial: () => ({
      weights: start
        ? Object.fromEntries(parameters.map(({ name }) => [name, start[name]]))
        : initialWeights(parameters, dtype, random.split("init")),
      moments: initialWeights(optimiser.moments(parameters), dtype, random.split("init")),
    }),
    restore,
    state,
    async update(step, rates) {
      const batch = batchAt(step);
      const feeds = objective.feeds(batch);
      momentsOf.take(session);
      const moments = await momentsOf.run(feeds);
      // Weights that have run away: a loss that is no number, not a failure of what is solved for with it.
      if (!moments.every(Number.isFinite)) return [Number.NaN];
      const { value, slopes } = objective.loss(moments, batch);
      await session.run({ ...feeds, [SLOPES]: ofType(slopes, dtype), ...optimiser.feeds(step, rates, dtype) });
      return [value];
    },
    heldOutLoss: heldOutLoss && (() => heldOutLoss(state().weights)),
    async release() {
      await session.release();
      await momentsOf.release();
      await release?.();
    },
  };
}

/** A session that returns the moments of a batch. */
export interface MomentSession {
  /** Takes over the weights, or those that another session carries. */
  take(weights: Weights | Session): void;
  run(feeds: BatchFeeds): Promise<FloatArray>;
  release(): Promise<void>;
}

/** The moments alone, of one batch a run. */
export async function momentSession<Batch>(
  objective: Omit<MomentObjective<Batch>, "loss">,
  dtype: FloatType,
  runtime: RuntimeOptions,
): Promise<MomentSession> {
  const layout = packedLayout(PACKED, objective.parameters);
  const weights = input(PACKED, dtype, layout.parameter.shape);
  const session = await compile(
    {
      inputs: [...objective.inputs, ...dataTensors(objective), weights],
      outputs: { moments: objective.moments(layout.unpackTensor(weights)) },
    },
    runtime,
  );
  shareData(session, objective);
  return {
    take(from) {
      const isSession = (source: Weights | Session): source is Session => typeof source.get === "function";
      session.set(PACKED, isSession(from) ? from.get(PACKED) : layout.pack(from, dtype));
    },
    run: async (feeds) => (await session.run(feeds)).moments as FloatArray,
    release: () => session.release(),
  };
}

function ofType(values: FloatArray, dtype: FloatType): FloatArray {
  const result = zeros(values.length, dtype);
  result.set(values);
  return result;
}
