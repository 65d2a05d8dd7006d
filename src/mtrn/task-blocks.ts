import type { Encoder } from "../nn/encoder.ts";
import { momentSession } from "../nn/moment-session.ts";
import type { FloatArray, FloatType, Weights } from "../nn/parameters.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { LongTargets } from "../stats/targets.ts";
import { blocksOf, type TaskBlock } from "./ridge-head.ts";
import { taskBatch, taskBatchSize } from "./task-batches.ts";
import { taskMomentObjective } from "./task-moments.ts";

/** The moments of chosen tasks under any weights. */
export interface TaskBlocks {
  /** One block for each of the tasks, in their order. */
  under(weights: Weights): Promise<TaskBlock[]>;
  release(): Promise<void>;
}

/** Rows encoded in one run. */
const BATCH = 2048;

/**
 * A session for the moments of the rows `lists` of the tasks `tasks`, up to 2048 rows of each.
 * @param targets - already standardised per task
 */
export async function taskBlocks(
  encoder: Encoder,
  features: FloatArray,
  targets: LongTargets,
  lists: readonly Int32Array[],
  tasks: Int32Array,
  dtype: FloatType,
  runtime: RuntimeOptions,
): Promise<TaskBlocks> {
  const size = taskBatchSize(
    Array.from(tasks, (t) => lists[t]),
    BATCH,
  );
  const graph = taskMomentObjective(encoder, features, targets, size, dtype);
  const session = await momentSession(graph, dtype, runtime);
  return {
    async under(weights) {
      session.take(weights);
      const blocks: TaskBlock[] = [];
      for (let from = 0; from < tasks.length; from += size.tasksPerBatch) {
        // The last batch is moved back so that it is full; what it has in common with the one before is left out.
        const start = Math.min(from, tasks.length - size.tasksPerBatch);
        const batch = taskBatch(lists, tasks.slice(start, start + size.tasksPerBatch), size.slots);
        const moments = await session.run(graph.feeds(batch));
        blocks.push(...blocksOf(moments, encoder.featureDim).slice(from - start));
      }
      return blocks;
    },
    release: () => session.release(),
  };
}
