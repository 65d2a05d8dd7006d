import type { Matrix } from "../../linalg/matrix.ts";
import { matrix, multiply } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";

/** One affine map x → x W + b: W is inputs × outputs, b has one number an output. */
export interface AffineLayer {
  readonly weights: Matrix;
  readonly bias: Float64Array;
}

/** A network of affine layers with ReLU between them and none at the end: the nonlinear mixing of the paper. */
export type MixingNetwork = readonly AffineLayer[];

/**
 * A random network with the given layer widths, input first: weights and biases uniform on ±1/√inputs, the default
 * initialisation of a linear layer in PyTorch, from which Chen et al. 2024 draw their mixing.
 */
export function sampleMixingNetwork(widths: readonly number[], random: Random): MixingNetwork {
  return widths.slice(1).map((outputs, layer) => {
    const inputs = widths[layer];
    const bound = 1 / Math.sqrt(inputs);
    const stream = random.split(layer);
    const draw = (count: number) => Float64Array.from({ length: count }, () => stream.uniform(-bound, bound));
    return { weights: matrix(inputs, outputs, draw(inputs * outputs)), bias: draw(outputs) };
  });
}

/** The output of `network` for every row of `z`, rows × outputs. */
export function applyMixingNetwork(network: MixingNetwork, z: Matrix): Matrix {
  return network.reduce((input, { weights, bias }, layer) => {
    const output = multiply(input, weights);
    const isLast = layer === network.length - 1;
    for (let i = 0; i < output.data.length; i++) {
      const sum = output.data[i] + bias[i % output.cols];
      output.data[i] = isLast || sum > 0 ? sum : 0;
    }
    return output;
  }, z);
}
