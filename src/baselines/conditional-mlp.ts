import { DomainError } from "../errors.ts";
import { add } from "../graph/elementwise.ts";
import { concat, gather } from "../graph/indexing.ts";
import { affine } from "../graph/matmul.ts";
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

/** The network's output, batch × outputs. Throws DomainError when there is nothing to read. */
export function applyMlp(mlp: ConditionalMlp, weights: WeightTensors, input: MlpInput): Tensor {
  const { name, depth } = mlp;
  let h = applyFirstLayer(mlp, weights, input);
  for (let layer = 1; layer < depth; layer++) {
    h = affine(activations[mlp.activation](h), weights[`${name}.${layer}.weight`], weights[`${name}.${layer}.bias`], {
      transposeB: true,
    });
  }
  return h;
}

/**
 * What the first affine layer makes of a batch, before any activation. The one-hot vector is never formed: its product with the
 * weights is a row of them, so that hundreds of tasks cost no more than one.
 * @throws DomainError when there is nothing to read
 */
export function applyFirstLayer({ name }: ConditionalMlp, weights: WeightTensors, { numbers, task }: MlpInput): Tensor {
  const bias = weights[`${name}.0.bias`];
  const joined = numbers.length > 1 ? concat(numbers, 1) : numbers[0];
  const read = joined && affine(joined, weights[`${name}.0.weight`], bias, { transposeB: true });
  if (task === null) {
    if (read === undefined) throw new DomainError(`applyMlp: ${name} reads nothing`);
    return read;
  }
  return add(gather(weights[`${name}.0.task`], task), read ?? bias);
}
