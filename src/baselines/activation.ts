import { add, mul } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { leakyRelu, softplus, tanh } from "../graph/unary.ts";

/** Slope of the leaky ReLU below zero and of the line in xtanh, as in the code of Khemakhem et al. 2020. */
const SLOPE = 0.1;

/** The activations that the baselines' networks may have; xtanh(x) = tanh x + 0.1 x. */
export const activations = {
  "leaky-relu": (x: Tensor) => leakyRelu(x, SLOPE),
  xtanh: (x: Tensor) => add(tanh(x), mul(x, SLOPE)),
  tanh,
  softplus,
} as const satisfies Record<string, (x: Tensor) => Tensor>;

/** Name of an activation. */
export type Activation = keyof typeof activations;
