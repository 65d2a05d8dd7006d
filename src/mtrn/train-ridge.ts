import type { Encoder } from "../nn/encoder.ts";
import type { FloatArray } from "../nn/parameters.ts";
import type { TrainOptions } from "../nn/train.ts";
import type { TrainResult, TrainStep } from "../nn/training-loop.ts";
import type { Random } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { headLoss, ridgeHead } from "./ridge-head.ts";
import { ridgeObjective } from "./ridge-objective.ts";
import { type TaskCriterion, trainOnTasks } from "./train-on-tasks.ts";

/** How to train an encoder whose heads are solved for. */
export interface RidgeTrainOptions extends TrainOptions {
  /** λ of `ridgeHead`. */
  readonly penalty: number;
}

/**
 * Trains the encoder on batches of whole tasks, every head solved exactly in its batch (`ridgeObjective`). It is judged by half
 * the mean squared error, on held-out rows, of heads solved on the others.
 * The weights that come out are the encoder's; the heads follow from them.
 * @param targets - already standardised per task
 */
export function trainRidge(
  encoder: Encoder,
  features: FloatArray,
  targets: LongTargets,
  options: RidgeTrainOptions,
  random: Random,
): AsyncGenerator<TrainStep, TrainResult> {
  const { penalty } = options;
  const criterion: TaskCriterion = {
    loss: (moments, share) => ridgeObjective(moments, share, penalty),
    heldOutLoss: ({ fitted, heldOut }) => headLoss(ridgeHead(fitted, penalty), fitted, heldOut),
  };
  return inMeanSquares(trainOnTasks(encoder, features, targets, criterion, options, random));
}

/**
 * The steps with their losses in the units of the held-out one: ½ e^(2J), half the mean squared error, as a geometric mean
 * over tasks.
 */
async function* inMeanSquares(steps: AsyncGenerator<TrainStep, TrainResult>): AsyncGenerator<TrainStep, TrainResult> {
  try {
    for (;;) {
      const { value, done } = await steps.next();
      if (done) return value;
      yield { ...value, loss: Math.exp(2 * value.loss) / 2 };
    }
  } finally {
    await steps.return(undefined as never);
  }
}
