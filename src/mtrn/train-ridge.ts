import type { Encoder } from "../nn/encoder.ts";
import { medianOfMeans } from "../nn/median-of-means.ts";
import { momentLearner } from "../nn/moment-learner.ts";
import type { FloatArray } from "../nn/parameters.ts";
import type { TrainOptions } from "../nn/train.ts";
import { runTraining, type TrainResult, type TrainStep } from "../nn/training-loop.ts";
import type { Random } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { type HeldOutTasks, heldOutTasks } from "./held-out-tasks.ts";
import { headLoss, ridgeHead } from "./ridge-head.ts";
import { ridgeObjective } from "./ridge-objective.ts";
import { rowsByTask, taskBatchSize, taskStream } from "./task-batches.ts";
import { taskMomentObjective } from "./task-moments.ts";

/** How to train an encoder whose heads are solved for. */
export interface RidgeTrainOptions extends TrainOptions {
  /** λ of `ridgeHead`. */
  readonly penalty: number;
}

/**
 * Trains the encoder on batches of whole tasks, every head solved exactly in its batch (`ridgeObjective`).
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
  const { penalty, dtype = "float32" } = options;
  const lists = rowsByTask(targets, options.rows);
  const heldOut = rowsByTask(targets, options.heldOut);
  const size = taskBatchSize(lists, options.batchSize);
  const open = async () => {
    const graph = taskMomentObjective(encoder, features, targets, size, dtype);
    const judged = await heldOutTasks(encoder, features, targets, { lists, heldOut }, random, dtype, options);
    return momentLearner(
      ridgeObjective(graph, encoder.featureDim, penalty),
      {
        ...options,
        batch: taskStream(lists, size, random.split("batches")),
        stepsPerEpoch: Math.ceil(lists.length / size.tasksPerBatch),
        epochsPerStep: size.tasksPerBatch / lists.length,
        heldOutLoss: judged && (async (weights) => heldOutLoss(await judged.under(weights), penalty)),
        release: async () => judged?.release(),
      },
      random,
    );
  };
  return inMeanSquares(runTraining(open, options));
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

/** Half the mean squared error on held-out rows of heads solved on the others: a median of means over tasks. */
function heldOutLoss(tasks: Awaited<ReturnType<HeldOutTasks["under"]>>, penalty: number): number {
  return medianOfMeans(tasks.map(({ fitted, heldOut }) => headLoss(ridgeHead(fitted, penalty), fitted, heldOut)));
}
