import type { MomentLoss, MomentObjective } from "../nn/moment-objective.ts";
import type { FloatArray } from "../nn/parameters.ts";
import { addRidgeSlopes, blocksOf, ridgeHead } from "./ridge-head.ts";
import type { TaskBatch } from "./task-batches.ts";

/**
 * The negative log-likelihood of the multi-task regression network as a function of the encoder alone: every task's head is
 * the best one for the features of its rows in the batch (variable projection, Golub and Pereyra 1973), and so is its noise
 * variance s_t² = 2 φ_t. Method: section 2, which has a variance for every task.
 *
 *     J = Σ_t (n_t / Σ n) ½ log 2φ(S_t)      with φ from `ridgeHead`, half a mean squared error
 */
export function ridgeObjective(
  graph: Omit<MomentObjective<TaskBatch>, "loss">,
  features: number,
  penalty: number,
): MomentObjective<TaskBatch> {
  return { ...graph, loss: (moments, { count }) => ridgeLoss(moments, count, features, penalty) };
}

/** J and ∂J/∂S for the moments of a batch of tasks with these numbers of rows. */
export function ridgeLoss(moments: FloatArray, count: Float64Array, features: number, penalty: number): MomentLoss {
  const total = count.reduce((sum, n) => sum + n, 0);
  const slopes = new Float64Array(moments.length);
  const size = moments.length / count.length;
  let value = 0;
  blocksOf(moments, features).forEach((block, k) => {
    const head = ridgeHead(block, penalty);
    const weight = count[k] / total;
    value += (weight / 2) * Math.log(2 * head.value);
    addRidgeSlopes(head, penalty, weight / (2 * head.value), slopes.subarray(k * size, (k + 1) * size));
  });
  return { value, slopes };
}
