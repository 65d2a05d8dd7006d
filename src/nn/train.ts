import { DomainError } from "../errors.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import { adam } from "./adam.ts";
import { type BestWeights, earlyStopping } from "./early-stopping.ts";
import { type FloatArray, type FloatType, initialWeights, type Weights } from "./parameters.ts";
import { type Plateau, type PlateauState, plateau } from "./plateau.ts";
import { rowStream } from "./row-stream.ts";
import type { Schedule } from "./schedule.ts";
import { fedValues, hold, type Objective, trainingSession } from "./training-session.ts";

/** How to train. */
export interface TrainOptions extends RuntimeOptions {
  /** Rows to train on. */
  readonly rows: Int32Array;
  /** Rows to stop on: after every epoch the loss on them is taken, and the best weights are what is returned. May be empty. */
  readonly heldOut: Int32Array;
  readonly batchSize: number;
  readonly epochs: number;
  /** Epochs without a better held-out loss after which training stops. */
  readonly patience: number;
  readonly schedule: (steps: number) => Schedule;
  /** Lowers the rate that the schedule gives when the training loss of an epoch stops falling. */
  readonly plateau?: Plateau | undefined;
  readonly dtype?: FloatType;
  /** Where an earlier training stopped; it goes on as if it had not. */
  readonly resume?: TrainState | undefined;
}

/** Everything needed to go on later: plain arrays and numbers. */
export interface TrainState {
  /** Updates made. */
  readonly step: number;
  readonly weights: Weights;
  readonly moments: Weights;
  readonly best: BestWeights | null;
  /** Present when the rate follows a plateau. */
  readonly plateau?: PlateauState | undefined;
}

/** One update, as the consumer of a training sees it. */
export interface TrainStep {
  /** Updates made, this one included, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Passes over the rows, a fraction. */
  readonly epoch: number;
  /** Mean loss of the batch before the update. */
  readonly loss: number;
  readonly rate: number;
  /** Loss on the held-out rows, as a median of means, on the last update of an epoch. */
  readonly heldOutLoss?: number;
  /** A copy of the state after this update; to be taken before the next one is asked for. */
  readonly state: () => TrainState;
}

/** What a finished training leaves. */
export interface TrainResult {
  /** The best weights on the held-out rows; the last ones when nothing was held out. */
  readonly weights: Weights;
  readonly step: number;
  readonly heldOutLoss: number | null;
  readonly stoppedEarly: boolean;
  /** What ran the training, and where: "onnxruntime-node 1.30.0" on "cpu". */
  readonly engine: string;
  readonly device: string;
}

/**
 * Minimises an objective by Adam on minibatches, one run of the runtime per update.
 * Yields every update; the sessions are released when the generator ends or is returned from.
 * @throws DomainError when the loss stops being finite
 */
export async function* train(
  objective: Objective,
  options: TrainOptions,
  random: Random,
): AsyncGenerator<TrainStep, TrainResult> {
  const { rows, heldOut, epochs, patience, dtype = "float32" } = options;
  const batchSize = Math.min(options.batchSize, rows.length);
  const stepsPerEpoch = Math.ceil(rows.length / batchSize);
  const steps = epochs * stepsPerEpoch;
  const schedule = options.schedule(steps);
  const batch = rowStream(rows, batchSize, random.split("batches"));
  const optimiser = adam();
  const start = options.resume ?? {
    step: 0,
    weights: initialWeights(objective.parameters, dtype, random.split("init")),
    moments: initialWeights(optimiser.moments(objective.parameters), dtype, random.split("init")),
    best: null,
  };

  const session = await trainingSession(objective, optimiser, batchSize, dtype, options);
  const stopping = await earlyStopping(objective, heldOut, start.best, dtype, options);
  const read = (like: Weights): Weights =>
    Object.fromEntries(Object.keys(like).map((name) => [name, session.get(name) as FloatArray]));
  const best = () => stopping?.best() ?? null;
  const descent = options.plateau && plateau(options.plateau, start.plateau);
  const exhausted = (step: number) => step - (best()?.step ?? step) >= patience * stepsPerEpoch;
  try {
    hold(session, { ...start.weights, ...start.moments });
    let step = start.step;
    while (step < steps && !exhausted(step)) {
      const rate = schedule(step) * (descent?.factor() ?? 1);
      const feeds = {
        rows: batch(step),
        ...optimiser.feeds(step, rate, dtype),
        ...fedValues(objective, batchSize, step),
      };
      const loss = Number((await session.run(feeds)).loss[0]);
      step++;
      if (!Number.isFinite(loss)) {
        throw new DomainError(`train: the loss became ${loss} at update ${step}; a lower learning rate may help`);
      }
      const atEpochEnd = step % stepsPerEpoch === 0;
      descent?.observe(loss, atEpochEnd);
      const heldOutLoss =
        stopping !== null && atEpochEnd ? await stopping.observe(step, read(start.weights)) : undefined;
      yield {
        step,
        steps,
        epoch: (step * batchSize) / rows.length,
        loss,
        rate,
        ...(heldOutLoss !== undefined && { heldOutLoss }),
        state: () => ({
          step,
          weights: read(start.weights),
          moments: read(start.moments),
          best: best(),
          ...(descent && { plateau: descent.state() }),
        }),
      };
    }
    const stoppedEarly = step < steps;
    const { engine, device } = session;
    return { step, weights: read(start.weights), heldOutLoss: null, ...best(), stoppedEarly, engine, device };
  } finally {
    await session.release();
    await stopping?.release();
  }
}
