import { mul, sub } from "../graph/elementwise.ts";
import { concat, gather } from "../graph/indexing.ts";
import { matmul } from "../graph/matmul.ts";
import { sum } from "../graph/reductions.ts";
import { expandDims, reshape } from "../graph/shaping.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import type { Encoder } from "../nn/encoder.ts";
import type { MomentObjective } from "../nn/moment-objective.ts";
import type { FloatArray, FloatType, WeightTensors } from "../nn/parameters.ts";
import type { LongTargets } from "../stats/targets.ts";
import type { TaskBatch, TaskBatchSize } from "./task-batches.ts";

/**
 * The moments of the features f and the target y of every task in a batch, as a graph. With a = (f, y) and the row weights
 * ω of a task, which sum to one,
 *
 *     μ_t = Σ_i ω_i a_i ,     S_t = Σ_i ω_i (a_i − μ_t)(a_i − μ_t)' ,
 *
 * centred before they are multiplied, so that float32 loses nothing to a feature's level.
 * @returns m × (F + 1) × (F + 2): S_t, and μ_t as a last column
 */
export function taskMoments(f: Tensor, y: Tensor, share: Tensor, { tasksPerBatch: m, slots }: TaskBatchSize): Tensor {
  const joined = concat([f, expandDims(y, 1)], 1);
  const a = reshape(joined, [m, slots, joined.shape[1]]);
  const omega = reshape(share, [m, slots, 1]);
  const mu = sum(mul(a, omega), { axes: [1], keepDims: true });
  const centred = sub(a, mu);
  const S = matmul(mul(centred, omega), centred, { transposeA: true });
  return concat([S, reshape(mu, [m, joined.shape[1], 1])], 2);
}

/**
 * The part of a moment objective that is in the graph: batches of whole tasks, encoded, and their moments.
 * @param features - x, rows × encoder.inputDim, row-major
 * @param targets - already standardised per task
 */
export function taskMomentObjective(
  encoder: Encoder,
  features: FloatArray,
  targets: LongTargets,
  size: TaskBatchSize,
  dtype: FloatType = "float32",
): MomentObjective<TaskBatch> {
  const rowTotal = targets.values.length;
  const x = input("features", dtype, [rowTotal, encoder.inputDim]);
  const y = input("targets", dtype, [rowTotal]);
  const rows = input("rows", "int64", [size.tasksPerBatch * size.slots]);
  const share = input("share", dtype, [size.tasksPerBatch * size.slots]);
  const values = dtype === "float32" ? Float32Array.from(targets.values) : targets.values;
  return {
    parameters: encoder.parameters,
    data: { features: { tensor: x, values: features }, targets: { tensor: y, values } },
    inputs: [rows, share],
    feeds: (batch) => ({
      rows: batch.rows,
      share: dtype === "float32" ? batch.share : Float64Array.from(batch.share),
    }),
    moments: (weights: WeightTensors) =>
      taskMoments(encoder.encode(weights, gather(x, rows)), gather(y, rows), share, size),
  };
}
