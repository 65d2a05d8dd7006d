import { dot, type Matrix, rowView } from "../linalg/matrix.ts";
import type { Weights } from "../nn/parameters.ts";
import { accumulate } from "../stats/moments-rows.ts";
import type { LongTargets } from "../stats/targets.ts";
import { HEADS } from "./objective.ts";
import { blockOf, ridgeHead } from "./ridge-head.ts";

/**
 * The heads of all tasks by ridge regression on the features of these rows, as the network's weights `heads.weight`
 * (T × F) and `heads.bias` (T).
 * @param features - f of every row, rows × F
 * @param targets - already standardised per task
 * @param rows - the rows to use
 * @param penalty - λ of `ridgeHead`
 */
export function solveHeads(features: Matrix, targets: LongTargets, rows: Int32Array, penalty: number): Weights {
  const F = features.cols;
  const moments = accumulate(features, targets, rows);
  const tasks = targets.taskNames.length;
  const weight = new Float32Array(tasks * F);
  const bias = new Float32Array(tasks);
  for (let t = 0; t < tasks; t++) {
    const { slopes } = ridgeHead(blockOf(moments, t), penalty);
    weight.set(slopes, t * F);
    bias[t] = moments.meanY[t] - dot(slopes, rowView(moments.meanH, t));
  }
  return { [`${HEADS}.weight`]: weight, [`${HEADS}.bias`]: bias };
}
