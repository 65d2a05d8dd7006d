import { relu } from "../graph/unary.ts";
import { dense, denseParameters } from "./dense.ts";
import type { Encoder } from "./encoder.ts";

/** Sizes of a multilayer perceptron. */
export interface MlpOptions {
  readonly inputDim: number;
  /** Width of each hidden layer; empty for a linear encoder. */
  readonly hidden: readonly number[];
  readonly featureDim: number;
}

/** A multilayer perceptron with ReLU between its layers and none after the last; layers are named `NAME.0`, … */
export function mlp({ inputDim, hidden, featureDim }: MlpOptions, name = "encoder"): Encoder {
  const widths = [inputDim, ...hidden, featureDim];
  const layers = widths.slice(1).map((outputs, i) => ({ name: `${name}.${i}`, inputs: widths[i], outputs }));
  return {
    inputDim,
    featureDim,
    parameters: layers.flatMap(({ name, inputs, outputs }) => denseParameters(name, inputs, outputs)),
    encode: (weights, x) =>
      layers.reduce((h, { name }, i) => {
        const out = dense(name, weights, h);
        return i < layers.length - 1 ? relu(out) : out;
      }, x),
  };
}
