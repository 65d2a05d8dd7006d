import { DomainError } from "../errors.ts";
import type { Learner, LearnerState } from "./learner.ts";
import type { Weights } from "./parameters.ts";
import { type Plateau, type PlateauState, plateau as plateauOf } from "./plateau.ts";
import type { Schedule } from "./schedule.ts";

/** How long to train, and how fast. */
export interface LoopOptions {
  readonly epochs: number;
  /** Epochs without a better held-out loss after which training stops. */
  readonly patience: number;
  readonly schedule: (steps: number) => Schedule;
  /** Lowers the rate that the schedule gives when the training loss of an epoch stops falling. */
  readonly plateau?: Plateau | undefined;
  /** Where an earlier training stopped; it goes on as if it had not. */
  readonly resume?: TrainState | undefined;
}

/** The weights with the lowest held-out loss so far. */
export interface BestWeights {
  readonly step: number;
  readonly heldOutLoss: number;
  readonly weights: Weights;
}

/** Everything needed to go on later: plain arrays and numbers. */
export interface TrainState extends LearnerState {
  /** Updates made. */
  readonly step: number;
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
  /** Loss on the held-out rows, on the last update of an epoch. */
  readonly heldOutLoss?: number;
  /**
   * A copy of the state; to be taken before the next update is asked for. Several updates are made at a time, so its `step`
   * may be a little past this one's.
   */
  readonly state: () => TrainState;
}

/** What a finished training leaves. */
export interface TrainResult {
  /** The best weights on the held-out rows; the last ones when nothing was held out. */
  readonly weights: Weights;
  readonly step: number;
  readonly heldOutLoss: number | null;
  readonly stoppedEarly: boolean;
  /** The state after the last update: resumed from it, the training ends at once and in the same way. */
  readonly state: TrainState;
  /** What ran the training, and where: "onnxruntime-node 1.30.0" on "cpu". */
  readonly engine: string;
  readonly device: string;
  /** What was wanted of the runtime and could not be had, and what was taken instead. */
  readonly fallbacks: readonly string[];
}

/**
 * Makes updates until the epochs are over or the held-out loss has stopped falling, and keeps the weights with the lowest.
 * Yields every update; the learner is released when the generator ends or is returned from.
 * @param open - makes the learner ready
 * @throws DomainError when the loss stops being finite
 */
export async function* runTraining(
  open: () => Promise<Learner>,
  { epochs, patience, schedule: scheduleOf, plateau, resume }: LoopOptions,
): AsyncGenerator<TrainStep, TrainResult> {
  const learner = await open();
  try {
    const { stepsPerEpoch, epochsPerStep, engine, device, fallbacks, heldOutLoss } = learner;
    const steps = epochs * stepsPerEpoch;
    const schedule = scheduleOf(steps);
    const start = resume ?? { ...learner.initial(), step: 0, best: null };
    learner.restore(start);
    let { step, best } = start;
    const judge = async () => {
      const loss = await heldOutLoss?.();
      if (loss !== undefined && (best === null || loss < best.heldOutLoss)) {
        best = { step, heldOutLoss: loss, weights: learner.state().weights };
      }
      return loss;
    };
    const descent = plateau && plateauOf(plateau, start.plateau);
    const state = (): TrainState => ({ ...learner.state(), step, best, ...(descent && { plateau: descent.state() }) });
    const exhausted = () => step - (best?.step ?? step) >= patience * stepsPerEpoch;
    while (step < steps && !exhausted()) {
      const first = step;
      const count = Math.min(learner.updatesPerRun, stepsPerEpoch - (first % stepsPerEpoch), steps - first);
      const rates = Array.from({ length: count }, (_, i) => schedule(first + i) * (descent?.factor() ?? 1));
      const losses = Array.from(await learner.update(first, rates));
      const wrong = losses.findIndex((loss) => !Number.isFinite(loss));
      if (wrong >= 0) {
        throw new DomainError(
          `train: the loss became ${losses[wrong]} at update ${first + wrong + 1}; a lower learning rate may help`,
        );
      }
      step += count;
      const atEpochEnd = step % stepsPerEpoch === 0;
      for (const [i, loss] of losses.entries()) descent?.observe(loss, atEpochEnd && i === count - 1);
      const judged = atEpochEnd ? await judge() : undefined;
      for (const [i, loss] of losses.entries()) {
        yield {
          step: first + i + 1,
          steps,
          epoch: (first + i + 1) * epochsPerStep,
          loss,
          rate: rates[i],
          ...(judged !== undefined && i === count - 1 && { heldOutLoss: judged }),
          state,
        };
      }
    }
    const last = state();
    const chosen = best ?? { step, weights: last.weights, heldOutLoss: null };
    return { ...chosen, stoppedEarly: step < steps, state: last, engine, device, fallbacks };
  } finally {
    await learner.release();
  }
}
