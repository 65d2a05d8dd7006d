import { add, mul } from "../graph/elementwise.ts";
import { gather } from "../graph/indexing.ts";
import { sum } from "../graph/reductions.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import { dense, denseParameters } from "../nn/dense.ts";
import { type EncodedRows, tableRows } from "../nn/encoded-rows.ts";
import type { Encoder } from "../nn/encoder.ts";
import { halfMeanSquaredError, halfMeanSquaredErrorObserved } from "../nn/losses.ts";
import type { FloatArray, FloatType, WeightTensors } from "../nn/parameters.ts";
import type { Objective } from "../nn/training-session.ts";
import type { Targets } from "../stats/targets.ts";

/** The name of the linear heads: `heads.weight` (T × F) and `heads.bias` (T). */
export const HEADS = "heads";

/**
 * Half the mean squared error of y = w_t'h(x) + b_t over the observed (row, task) pairs: the negative log-likelihood of
 * the multi-task regression network (Chen et al. 2024, section 3; method: section 2). In long data only the head of a
 * row's own task is evaluated.
 * @param features - x, rows × encoder.inputDim, row-major
 * @param targets - already standardised per task
 */
export function mtrnObjective(
  encoder: Encoder,
  features: FloatArray,
  targets: Targets,
  dtype: FloatType = "float32",
): Objective {
  return objectiveOf(tableRows(encoder, features, dtype), targets, dtype);
}

/** The same for rows of any kind that an encoder reads. */
export function objectiveOf(source: EncodedRows, targets: Targets, dtype: FloatType = "float32"): Objective {
  const tasks = targets.taskNames.length;
  const { rowTotal, data, fed, encode } = source;
  const parameters = [...source.parameters, ...denseParameters(HEADS, source.featureDim, tasks)];
  const shared = { parameters, ...(fed && { fed }) };
  const float = (values: Float64Array) => (dtype === "float32" ? Float32Array.from(values) : values);

  if (targets.layout === "long") {
    const y = input("targets", dtype, [rowTotal]);
    const task = input("task", "int64", [rowTotal]);
    return {
      ...shared,
      data: {
        ...data,
        targets: { tensor: y, values: float(targets.values) },
        task: { tensor: task, values: targets.task },
      },
      loss: (weights, rows, described) => {
        const prediction = ownHead(weights, encode(weights, rows, described), gather(task, rows));
        return halfMeanSquaredError(prediction, gather(y, rows));
      },
    };
  }
  const y = input("targets", dtype, [rowTotal, tasks]);
  const squaredError = targets.values.data.some(Number.isNaN) ? halfMeanSquaredErrorObserved : halfMeanSquaredError;
  return {
    ...shared,
    data: { ...data, targets: { tensor: y, values: float(targets.values.data) } },
    loss: (weights, rows, described) =>
      squaredError(dense(HEADS, weights, encode(weights, rows, described)), gather(y, rows)),
  };
}

/** w_t'h + b_t with each row's own t: h is batch × F, task an int64 vector of the batch; the result is a vector. */
function ownHead(weights: WeightTensors, h: Tensor, task: Tensor): Tensor {
  const product = mul(h, gather(weights[`${HEADS}.weight`], task));
  return add(sum(product, { axes: [1] }), gather(weights[`${HEADS}.bias`], task));
}
