import { add, mul } from "../graph/elementwise.ts";
import { gather } from "../graph/indexing.ts";
import { sum } from "../graph/reductions.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import { dense, denseParameters } from "../nn/dense.ts";
import { type EncodedRows, tableRows } from "../nn/encoded-rows.ts";
import type { Encoder } from "../nn/encoder.ts";
import {
  halfMeanSquaredError,
  halfMeanSquaredErrorObserved,
  halfSquaredError,
  halfSquaredErrorObserved,
} from "../nn/losses.ts";
import type { FloatArray, FloatType, WeightTensors } from "../nn/parameters.ts";
import type { Objective } from "../nn/training-session.ts";
import type { Targets } from "../stats/targets.ts";
import { perRow } from "./per-row.ts";

/** The name of the linear heads: `heads.weight` (T × F) and `heads.bias` (T). */
export const HEADS = "heads";

const [TARGETS, TASK] = ["targets", "task"];

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
  const float = (values: Float64Array) => (dtype === "float32" ? Float32Array.from(values) : values);

  if (targets.layout === "long") {
    const described = perRow({ [TARGETS]: float(targets.values), [TASK]: targets.task });
    return {
      parameters,
      data,
      fed: (count, batches) => ({ ...fed?.(count, batches), ...described(count) }),
      collectable: fed === undefined,
      ...lossesOf(true, (weights, rows, given) => ({
        prediction: ownHead(weights, encode(weights, rows, given), given[TASK]),
        target: given[TARGETS],
      })),
    };
  }
  const y = input("targets", dtype, [rowTotal, tasks]);
  const complete = !targets.values.data.some(Number.isNaN);
  return {
    parameters,
    ...(fed && { fed }),
    data: { ...data, targets: { tensor: y, values: float(targets.values.data) } },
    ...lossesOf(complete, (weights, rows, described) => ({
      prediction: dense(HEADS, weights, encode(weights, rows, described)),
      target: gather(y, rows),
    })),
  };
}

/** The loss of a batch, as a mean and as a sum; `complete` says that no target is missing. */
function lossesOf(
  complete: boolean,
  errors: (...batch: Parameters<Objective["loss"]>) => { readonly prediction: Tensor; readonly target: Tensor },
): Pick<Objective, "loss" | "sums"> {
  const mean = complete ? halfMeanSquaredError : halfMeanSquaredErrorObserved;
  const sums = complete ? halfSquaredError : halfSquaredErrorObserved;
  const of =
    <T>(loss: (prediction: Tensor, target: Tensor) => T) =>
    (...batch: Parameters<Objective["loss"]>) => {
      const { prediction, target } = errors(...batch);
      return loss(prediction, target);
    };
  return { loss: of(mean), sums: of(sums) };
}

/** w_t'h + b_t with each row's own t: h is batch × F, task an int64 vector of the batch; the result is a vector. */
function ownHead(weights: WeightTensors, h: Tensor, task: Tensor): Tensor {
  const product = mul(h, gather(weights[`${HEADS}.weight`], task));
  return add(sum(product, { axes: [1] }), gather(weights[`${HEADS}.bias`], task));
}
