import type { Matrix } from "../linalg/matrix.ts";
import type { MomentLoss, MomentObjective } from "../nn/moment-objective.ts";
import type { FloatArray } from "../nn/parameters.ts";
import { addDependenceSlopes, conditionalDependence } from "./conditional-dependence.ts";
import { blocksOf } from "./ridge-head.ts";
import { ridgeLoss } from "./ridge-objective.ts";
import type { TaskBatch } from "./task-batches.ts";

/**
 * The negative log-likelihood of both stages as a function of the encoder: of the targets by the best heads (`ridgeObjective`),
 * and of the causal model's claim that latents are independent given the target (`conditionalDependence`). Both are in nats
 * per row, so there is no weight to choose.
 *
 *     J = Σ_t (n_t / Σ n) [ ½ log 2φ(S_t) + C(S_t) ]
 *
 * U stays as it is: the encoder's last layer is linear, so whatever another U would do it can do itself.
 *
 * @param map U, d × F: from features to latents.
 */
export function refinedObjective(
  graph: Omit<MomentObjective<TaskBatch>, "loss">,
  map: Matrix,
  penalty: number,
): MomentObjective<TaskBatch> {
  return { ...graph, loss: (moments, { count }) => refinedLoss(moments, count, map, penalty) };
}

/** J and ∂J/∂S for the moments of a batch of tasks with these numbers of rows. */
export function refinedLoss(moments: FloatArray, count: Float64Array, map: Matrix, penalty: number): MomentLoss {
  const { value: regression, slopes: given } = ridgeLoss(moments, count, map.cols, penalty);
  const slopes = Float64Array.from(given);
  const total = count.reduce((sum, n) => sum + n, 0);
  const size = moments.length / count.length;
  let value = regression;
  blocksOf(moments, map.cols).forEach((block, k) => {
    if (count[k] < rowsForDependence(map)) return;
    const weight = count[k] / total;
    value += weight * conditionalDependence(map, block);
    addDependenceSlopes(map, block, weight, slopes.subarray(k * size, (k + 1) * size));
  });
  return { value, slopes };
}

/** Rows of a task below which its covariance is too uncertain to be inverted: such a task counts by its regression alone. */
export function rowsForDependence({ rows: d }: Matrix): number {
  return 2 * (d + 1);
}
