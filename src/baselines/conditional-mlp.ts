import { DomainError } from "../errors.ts";
import { add } from "../graph/elementwise.ts";
import { concat, gather } from "../graph/indexing.ts";
import { matmul } from "../graph/matmul.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Parameter, WeightTensors } from "../nn/parameters.ts";
import { type Activation, activations } from "./activation.ts";

/** A network that reads numbers and, where there are `tasks`, which task a row belongs to. */
export interface ConditionalMlp {
  readonly name: string;
  /** Numbers read. */
  readonly inputs: number;
  /** Length of the one-hot vector that is read after the numbers; 0 for none. */
  readonly tasks: number;
  /** Width of every hidden layer. */
  readonly hidden: number;
  /** Number of affine layers, at least 1. */
  readonly depth: number;
  readonly outputs: number;
  readonly activation: Activation;
}

/**
 * Its parameters: `NAME.k.weight` (outputs × inputs) and `NAME.k.bias`, and `NAME.0.task` (tasks × outputs), the columns of the
 * first weight that belong to the one-hot vector. Weights start as Glorot and Bengio (2010) propose, as in the code of
 * Khemakhem et al. 2020, biases as PyTorch's.
 */
export function mlpParameters({ name, inputs, tasks, hidden, depth, outputs }: ConditionalMlp): Parameter[] {
  return Array.from({ length: depth }, (_, layer) => {
    const from = layer === 0 ? inputs + tasks : hidden;
    const to = layer === depth - 1 ? outputs : hidden;
    const bound = Math.sqrt(6 / (from + to));
    const numbers = layer === 0 ? inputs : hidden;
    return [
      ...(numbers > 0 ? [{ name: `${name}.${layer}.weight`, shape: [to, numbers], bound }] : []),
      ...(layer === 0 && tasks > 0 ? [{ name: `${name}.0.task`, shape: [tasks, to], bound }] : []),
      { name: `${name}.${layer}.bias`, shape: [to], bound: 1 / Math.sqrt(from) },
    ];
  }).flat();
}

/** What a batch of rows gives the network: blocks of numbers side by side (batch × …), and int64 task indices (batch). */
export interface MlpInput {
  readonly numbers: readonly Tensor[];
  readonly task: Tensor | null;
}

/**
 * The network's output, batch × outputs. The one-hot vector is never formed: its product with the weights is a row of
 * them, so that hundreds of tasks cost no more than one.
 * @throws DomainError when there is nothing to read
 */
export function applyMlp(mlp: ConditionalMlp, weights: WeightTensors, { numbers, task }: MlpInput): Tensor {
  const { name, depth } = mlp;
  const activation = activations[mlp.activation];
  const product = (x: Tensor, layer: number) => matmul(x, weights[`${name}.${layer}.weight`], { transposeB: true });
  const read = [
    ...(numbers.length > 0 ? [product(numbers.length === 1 ? numbers[0] : concat(numbers, 1), 0)] : []),
    ...(task === null ? [] : [gather(weights[`${name}.0.task`], task)]),
  ];
  if (read.length === 0) throw new DomainError(`applyMlp: ${name} reads nothing`);
  let h = add(
    read.reduce((a, b) => add(a, b)),
    weights[`${name}.0.bias`],
  );
  for (let layer = 1; layer < depth; layer++) {
    h = add(product(activation(h), layer), weights[`${name}.${layer}.bias`]);
  }
  return h;
}
