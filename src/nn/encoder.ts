import type { Tensor } from "../graph/tensor.ts";
import type { Parameter, WeightTensors } from "./parameters.ts";

/** A differentiable map h from a row's inputs to `featureDim` features: what stage 1 trains. */
export interface Encoder {
  readonly inputDim: number;
  readonly featureDim: number;
  readonly parameters: readonly Parameter[];
  /** h(x) for a batch of rows x (batch × inputDim); the result is batch × featureDim. */
  encode(weights: WeightTensors, x: Tensor): Tensor;
}
