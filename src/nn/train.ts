import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import { adam } from "./adam.ts";
import { heldOutRows } from "./held-out-rows.ts";
import type { Learner } from "./learner.ts";
import { type FloatType, initialWeights } from "./parameters.ts";
import { rowStream } from "./row-stream.ts";
import { type LoopOptions, runTraining, type TrainResult, type TrainStep } from "./training-loop.ts";
import { hold, type Objective, readState, trainingSession } from "./training-session.ts";

export type { BestWeights, TrainResult, TrainState, TrainStep } from "./training-loop.ts";

/** How to train. */
export interface TrainOptions extends LoopOptions, RuntimeOptions {
  /** Rows to train on. */
  readonly rows: Int32Array;
  /** Rows to stop on: after every epoch the loss on them is taken, as a median of means. May be empty. */
  readonly heldOut: Int32Array;
  readonly batchSize: number;
  readonly dtype?: FloatType;
}

/**
 * Minimises an objective by Adam on minibatches, one run of the runtime per update.
 * Yields every update; the sessions are released when the generator ends or is returned from.
 * @throws DomainError when the loss stops being finite
 */
export function train(
  objective: Objective,
  options: TrainOptions,
  random: Random,
): AsyncGenerator<TrainStep, TrainResult> {
  return runTraining(() => rowLearner(objective, options, random), options);
}

/** A learner whose batches are random rows and whose whole update is one model. */
async function rowLearner(objective: Objective, options: TrainOptions, random: Random): Promise<Learner> {
  const { rows, heldOut, dtype = "float32" } = options;
  const { parameters } = objective;
  const batchSize = Math.min(options.batchSize, rows.length);
  const stepsPerEpoch = Math.ceil(rows.length / batchSize);
  const batch = rowStream(rows, batchSize, random.split("batches"));
  const batches = { size: batchSize, all: () => firstBatches(batch, options.epochs * stepsPerEpoch) };
  const optimiser = adam();
  const { session, feeds } = await trainingSession(objective, optimiser, batches, dtype, options);
  const state = () => readState(session, parameters, optimiser);
  const stopping = await heldOutRows(objective, heldOut, dtype, options);
  return {
    engine: session.engine,
    device: session.device,
    stepsPerEpoch,
    epochsPerStep: batchSize / rows.length,
    initial: () => ({
      weights: initialWeights(parameters, dtype, random.split("init")),
      moments: initialWeights(optimiser.moments(parameters), dtype, random.split("init")),
    }),
    restore: ({ weights, moments }) => hold(session, { ...weights, ...moments }),
    state,
    async update(step, rate) {
      const fed = { ...feeds(step, batch(step)), ...optimiser.feeds(step, rate, dtype) };
      return Number((await session.run(fed)).loss[0]);
    },
    heldOutLoss: stopping && (() => stopping.loss(state().weights)),
    async release() {
      await session.release();
      await stopping?.release();
    },
  };
}

function* firstBatches(batch: (step: number) => Int32Array, steps: number): Generator<Int32Array> {
  for (let step = 0; step < steps; step++) yield batch(step);
}
