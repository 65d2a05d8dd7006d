import { add } from "../graph/elementwise.ts";
import { affine, matmul } from "../graph/matmul.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Parameter, WeightTensors } from "./parameters.ts";

/**
 * The parameters of an affine map R^inputs → R^outputs: `NAME.weight` (outputs × inputs, the layout of PyTorch) and
 * `NAME.bias` (outputs), both starting uniform on ±1/√inputs, PyTorch's default for linear layers.
 */
export function denseParameters(name: string, inputs: number, outputs: number): Parameter[] {
  const bound = 1 / Math.sqrt(inputs);
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], bound },
    { name: `${name}.bias`, shape: [outputs], bound },
  ];
}

/** x W' + b for the dense layer `name`; x is batch × inputs, the result batch × outputs. */
export function dense(name: string, weights: WeightTensors, x: Tensor): Tensor {
  const [weight, bias] = [weights[`${name}.weight`], weights[`${name}.bias`]];
  if (x.shape.length === 2) return affine(x, weight, bias, { transposeB: true });
  return add(matmul(x, weight, { transposeB: true }), bias);
}
