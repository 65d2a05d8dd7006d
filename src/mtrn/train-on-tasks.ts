import type { Tensor } from "../graph/tensor.ts";
import type { Encoder } from "../nn/encoder.ts";
import { medianOfMeans } from "../nn/median-of-means.ts";
import type { FloatArray } from "../nn/parameters.ts";
import type { TrainOptions } from "../nn/train.ts";
import { runTraining, type TrainResult, type TrainStep } from "../nn/training-loop.ts";
import type { Random } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { heldOutTasks, type JudgedTask } from "./held-out-tasks.ts";
import { rowsByTask, taskBatchSize, taskStream } from "./task-batches.ts";
import { taskLearner } from "./task-learner.ts";
import { taskMomentObjective } from "./task-moments.ts";

/** What an encoder is trained for, in batches of whole tasks, and how it is judged. */
export interface TaskCriterion {
  /** The loss for the moments of a batch and the share of its rows that each task has. */
  loss(moments: Tensor, share: Tensor): Tensor;
  /** The loss of one task on its held-out rows. */
  heldOutLoss(task: JudgedTask): number;
}

/**
 * Trains an encoder on batches of whole tasks by what their moments say. The weights that come out are the encoder's.
 * @param targets - already standardised per task
 */
export function trainOnTasks(
  encoder: Encoder,
  features: FloatArray,
  targets: LongTargets,
  criterion: TaskCriterion,
  options: TrainOptions,
  random: Random,
): AsyncGenerator<TrainStep, TrainResult> {
  const { dtype = "float32" } = options;
  const lists = rowsByTask(targets, options.rows);
  const heldOut = rowsByTask(targets, options.heldOut);
  const size = taskBatchSize(lists, options.batchSize);
  const open = async () => {
    const graph = taskMomentObjective(encoder, features, targets, size, dtype);
    const judged = await heldOutTasks(encoder, features, targets, { lists, heldOut }, random, dtype, options);
    return taskLearner(
      graph,
      size,
      criterion.loss,
      {
        ...options,
        batch: taskStream(lists, size, random.split("batches")),
        stepsPerEpoch: Math.ceil(lists.length / size.tasksPerBatch),
        epochsPerStep: size.tasksPerBatch / lists.length,
        heldOutLoss: judged && (async (weights) => lossOver(await judged.under(weights), criterion)),
        release: async () => judged?.release(),
      },
      random,
    );
  };
  return runTraining(open, options);
}

/** A median of means over tasks; infinite when the weights have run away. */
function lossOver(tasks: readonly JudgedTask[], { heldOutLoss }: TaskCriterion): number {
  const finite = ({ fitted, heldOut }: JudgedTask) =>
    fitted.data.every(Number.isFinite) && heldOut.data.every(Number.isFinite);
  return tasks.every(finite) ? medianOfMeans(tasks.map(heldOutLoss)) : Number.POSITIVE_INFINITY;
}
