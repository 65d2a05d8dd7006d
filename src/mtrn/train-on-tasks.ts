import type { Encoder } from "../nn/encoder.ts";
import type { Learner } from "../nn/learner.ts";
import { medianOfMeans } from "../nn/median-of-means.ts";
import type { MomentLearnerOptions } from "../nn/moment-learner.ts";
import type { MomentObjective } from "../nn/moment-objective.ts";
import type { FloatArray, Weights } from "../nn/parameters.ts";
import type { TrainOptions } from "../nn/train.ts";
import { runTraining, type TrainResult, type TrainStep } from "../nn/training-loop.ts";
import type { Random } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { heldOutTasks, type JudgedTask } from "./held-out-tasks.ts";
import { rowsByTask, type TaskBatch, type TaskBatchSize, taskBatchSize, taskStream } from "./task-batches.ts";
import { taskMomentObjective } from "./task-moments.ts";

/** What an encoder is trained for, in batches of whole tasks, and how it is judged. */
export interface TaskCriterion {
  /** What makes the updates, from the moments of a batch as a graph. */
  learner(
    graph: Omit<MomentObjective<TaskBatch>, "loss">,
    size: TaskBatchSize,
    options: MomentLearnerOptions<TaskBatch>,
    random: Random,
  ): Promise<Learner>;
  /** The loss of one task on its held-out rows. */
  heldOutLoss(task: JudgedTask): number;
  /** Held-out rows without which a task is not judged; default 1. */
  readonly minJudgedRows?: number;
}

/** How to train an encoder on whole tasks. */
export interface TaskTrainOptions extends TrainOptions {
  /** Weights to start from; by default random ones. */
  readonly start?: Weights;
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
  options: TaskTrainOptions,
  random: Random,
): AsyncGenerator<TrainStep, TrainResult> {
  const { dtype = "float32", start } = options;
  const { minJudgedRows = 1 } = criterion;
  const lists = rowsByTask(targets, options.rows);
  const heldOut = rowsByTask(targets, options.heldOut).map((rows) =>
    rows.length < minJudgedRows ? new Int32Array() : rows,
  );
  const size = taskBatchSize(lists, options.batchSize);
  const open = async () => {
    const graph = taskMomentObjective(encoder, features, targets, size, dtype);
    const judged = await heldOutTasks(encoder, features, targets, { lists, heldOut }, random, dtype, options);
    return criterion.learner(
      graph,
      size,
      {
        ...options,
        batch: taskStream(lists, size, random.split("batches")),
        stepsPerEpoch: Math.ceil(lists.length / size.tasksPerBatch),
        epochsPerStep: size.tasksPerBatch / lists.length,
        heldOutLoss: judged && (async (weights) => lossOver(await judged.under(weights), criterion)),
        release: async () => judged?.release(),
        ...(start && { start }),
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
