import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import { adam } from "./adam.ts";
import { heldOutRows } from "./held-out-rows.ts";
import { initialState, type Learner } from "./learner.ts";
import type { FloatArray, FloatType, Weights } from "./parameters.ts";
import { type RowBatches, rowStream } from "./row-stream.ts";
import { runFeeds } from "./run-feeds.ts";
import type { Team } from "./team.ts";
import { teamLearner } from "./team-learner.ts";
import { type LoopOptions, runTraining, type TrainResult, type TrainStep } from "./training-loop.ts";
import { type Objective, trainingSession } from "./training-session.ts";
import { updatesThatFit } from "./updates-per-run.ts";

export type { BestWeights, TrainResult, TrainState, TrainStep } from "./training-loop.ts";

/** How to train. */
export interface TrainOptions extends LoopOptions, RuntimeOptions {
  /** Rows to train on. */
  readonly rows: Int32Array;
  /** Rows to stop on: after every epoch the loss on them is taken, as a median of means. May be empty. */
  readonly heldOut: Int32Array;
  readonly batchSize: number;
  readonly dtype?: FloatType;
  /** Weights to start from, those of other parameters aside; by default random ones. */
  readonly start?: Weights | undefined;
  /** The other members, each in a thread or process of its own, where a batch is shared; for objectives with `sums`. */
  readonly team?: Team | undefined;
  /** The most updates made in one run of the runtime; by default what keeps a run short. It changes no result. */
  readonly updatesPerRun?: number;
}

/**
 * Minimises an objective by Adam on minibatches, several updates in each run of the runtime.
 * Yields every update; the sessions are released when the generator ends or is returned from.
 * @throws DomainError when the loss stops being finite
 */
export function train(
  objective: Objective,
  options: TrainOptions,
  random: Random,
): AsyncGenerator<TrainStep, TrainResult> {
  const { team } = options;
  const open = () => (team ? teamLearner(objective, options, random, team) : rowLearner(objective, options, random));
  return runTraining(open, options);
}

/** A learner whose batches are random rows and whose updates are one model. */
async function rowLearner(objective: Objective, options: TrainOptions, random: Random): Promise<Learner> {
  const { rows, heldOut, dtype = "float32", device, threads, start } = options;
  const { parameters } = objective;
  const batchSize = Math.min(options.batchSize, rows.length);
  const stepsPerEpoch = Math.ceil(rows.length / batchSize);
  const batch = rowStream(rows, batchSize, random.split("batches"));
  const batches = { size: batchSize, all: () => firstBatches(batch, options.epochs * stepsPerEpoch) };
  const optimiser = adam();
  const repeats = objective.fed === undefined || (objective.collectable ?? false);
  const updatesPerRun = repeats
    ? Math.min(stepsPerEpoch, options.updatesPerRun ?? updatesThatFit(parameters, batchSize))
    : 1;
  const session = await trainingSession(objective, optimiser, batches, {
    ...{ dtype, updatesPerRun },
    ...(device && { device }),
    ...(threads && { threads }),
  });
  const stopping = await heldOutRows(objective, heldOut, dtype, options);
  const feeds = runFeeds(batch, batchSize, session.fed, updatesPerRun);
  return {
    engine: session.session.engine,
    device: session.session.device,
    fallbacks: session.session.fallbacks,
    stepsPerEpoch,
    updatesPerRun,
    epochsPerStep: batchSize / rows.length,
    initial: () => initialState(parameters, optimiser, dtype, random, start),
    restore: session.restore,
    state: session.state,
    async update(step, rates) {
      const all = { ...feeds(step, rates.length), ...optimiser.feeds(step, rates, dtype, updatesPerRun) };
      return (await session.session.run(all, rates.length)).loss as FloatArray;
    },
    heldOutLoss: stopping && (() => stopping.loss(session.state().weights)),
    async release() {
      await session.session.release();
      await stopping?.release();
    },
  };
}

function* firstBatches(batch: RowBatches, steps: number): Generator<Int32Array> {
  for (let step = 0; step < steps; step++) yield batch(step);
}
