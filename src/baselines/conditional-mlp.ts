import { DomainError } from "../errors.ts";
import { add } from "../graph/elementwise.ts";
import { concat, gather } from "../graph/indexing.ts";
import { matmul } from "../graph/matmul.ts";
import { expandDims } from "../graph/shaping.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
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
    const product = matmul(activations[mlp.activation](h), weights[`${name}.${layer}.weight`], { transposeB: true });
    h = withBias(product, weights[`${name}.${layer}.bias`]);
  }
  return h;
}

/**
 * What the first affine layer makes of a batch, before any activation. The one-hot vector is never formed: its product with the
 * weights is a row of them, so that hundreds of tasks cost no more than one.
 * @throws DomainError when there is nothing to read
 */
export function applyFirstLayer({ name }: ConditionalMlp, weights: WeightTensors, { numbers, task }: MlpInput): Tensor {
  const joined = () => (numbers.length === 1 ? numbers[0] : concat(numbers, 1));
  const read = [
    ...(numbers.length > 0 ? [matmul(joined(), weights[`${name}.0.weight`], { transposeB: true })] : []),
    ...(task === null ? [] : [gather(weights[`${name}.0.task`], task)]),
  ];
  if (read.length === 0) throw new DomainError(`applyMlp: ${name} reads nothing`);
  return withBias(
    read.reduce((a, b) => add(a, b)),
    weights[`${name}.0.bias`],
  );
}

/** h + 1 b'. As a product, because its slope is then one too, 1' g, which the runtime sums many times faster than rows. */
function withBias(h: Tensor, bias: Tensor): Tensor {
  const [batch] = h.shape;
  const ones = constant(new Float64Array(batch).fill(1), [batch, 1], h.dtype);
  return add(h, matmul(ones, expandDims(bias, 0)));
}
