import type { Encoder } from "../nn/encoder.ts";
import type { FloatArray, FloatType, Weights } from "../nn/parameters.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import type { TaskBlock } from "./ridge-head.ts";
import { taskBlocks } from "./task-blocks.ts";

/** A task on the rows that are trained on, and on those that are not. */
export interface JudgedTask {
  readonly fitted: TaskBlock;
  readonly heldOut: TaskBlock;
}

/** Tasks by which an encoder is judged. */
export interface HeldOutTasks {
  under(weights: Weights): Promise<JudgedTask[]>;
  release(): Promise<void>;
}

/** Rows to encode for one judgement: more would take time and add no information. */
const MAX_ROWS = 16_384;

/**
 * The moments of tasks on their training rows and on their held-out rows, for random tasks of up to 16,384 rows in all;
 * null when no row is held out.
 * @param lists - the training rows of each task
 * @param heldOut - the held-out rows of each task
 */
export async function heldOutTasks(
  encoder: Encoder,
  features: FloatArray,
  targets: LongTargets,
  { lists, heldOut }: { lists: readonly Int32Array[]; heldOut: readonly Int32Array[] },
  random: Random,
  dtype: FloatType,
  runtime: RuntimeOptions,
): Promise<HeldOutTasks | null> {
  let rows = 0;
  const order = Array.from(random.split("judged").permutation(lists.length)).filter((t) => heldOut[t].length > 0);
  const enough = order.findIndex((t) => {
    rows += lists[t].length;
    return rows > MAX_ROWS;
  });
  const tasks = Int32Array.from(enough < 0 ? order : order.slice(0, Math.max(enough, 1)));
  if (tasks.length === 0) return null;
  const fitted = await taskBlocks(encoder, features, targets, lists, tasks, dtype, runtime);
  const unseen = await taskBlocks(encoder, features, targets, heldOut, tasks, dtype, runtime);
  return {
    async under(weights) {
      const [own, other] = [await fitted.under(weights), await unseen.under(weights)];
      return own.map((block, k) => ({ fitted: block, heldOut: other[k] }));
    },
    async release() {
      await fitted.release();
      await unseen.release();
    },
  };
}
