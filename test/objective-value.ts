import { gradient } from "../src/graph/gradient.ts";
import { input, type Tensor } from "../src/graph/tensor.ts";
import { type Weights, weightTensors } from "../src/nn/parameters.ts";
import type { Objective } from "../src/nn/training-session.ts";
import { compile } from "../src/runtime/session.ts";

/** A loss and its gradients in float64. */
export interface LossAndGradients {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Float64Array>>;
}

/**
 * The loss of an objective and its gradients over all `count` rows, in float64.
 * @param fed - values of the inputs that are new at every update
 */
export async function lossAndGradients(
  objective: Objective,
  weights: Weights,
  count: number,
  fed: Readonly<Record<string, Float64Array>> = {},
): Promise<LossAndGradients> {
  const rows = input("rows", "int64", [count]);
  const tensors = weightTensors(objective.parameters, "float64");
  const shapes = Object.entries(objective.fed?.(count, []) ?? {});
  const fedTensors: Record<string, Tensor> = Object.fromEntries(
    shapes.map(([name, { shape }]) => [name, input(name, "float64", shape)]),
  );
  const loss = objective.loss(tensors, rows, fedTensors);
  const names = Object.keys(tensors);
  const slopes = gradient(loss, Object.values(tensors));
  const data = Object.values(objective.data);
  const session = await compile({
    inputs: [rows, ...data.map(({ tensor }) => tensor), ...Object.values(tensors), ...Object.values(fedTensors)],
    outputs: { loss, ...Object.fromEntries(names.map((name, k) => [`${name}:gradient`, slopes[k]])) },
  });
  const values = Object.fromEntries(Object.entries(objective.data).map(([name, { values }]) => [name, values]));
  const result = await session.run({
    rows: Int32Array.from({ length: count }, (_, i) => i),
    ...values,
    ...weights,
    ...fed,
  });
  await session.release();
  return {
    loss: Number(result.loss[0]),
    gradients: Object.fromEntries(names.map((name) => [name, result[`${name}:gradient`] as Float64Array])),
  };
}
