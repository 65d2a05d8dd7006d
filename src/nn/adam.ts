import { add, div, mul, square, sub } from "../graph/elementwise.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import { sqrt } from "../graph/unary.ts";
import { type FloatType, type Parameter, type Weights, type WeightTensors, zeros } from "./parameters.ts";

/** Decay rates of the moments and the guard of the denominator; PyTorch's defaults. */
export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  /** Added outside the square root: it prevents 0/0 where a gradient has always been zero. */
  readonly epsilon?: number;
}

/** The usual decay rates. */
export const DECAYS = { beta1: 0.9, beta2: 0.999 } as const;

/** Adam as symbolic arithmetic: what it carries from step to step, what it is told each step, and one update. */
export interface Adam {
  /** The moments it carries, all zero at the start, named `PARAMETER:m` and `PARAMETER:v`. */
  moments(parameters: readonly Parameter[]): Parameter[];
  /**
   * The values to feed for the updates number `step`, `step` + 1, … (counted from 0) at these learning rates, one each, in
   * arrays of `length`.
   */
  feeds(step: number, rates: readonly number[], dtype: FloatType, length?: number): Weights;
  /** Graph inputs that `feeds` fills. */
  inputs(dtype: FloatType): WeightTensors;
  /** One update of every parameter: new weights and new moments by name. */
  update(weights: WeightTensors, gradients: WeightTensors, moments: WeightTensors, fed: WeightTensors): AdamUpdate;
}

/** The tensors after one update. */
export interface AdamUpdate {
  readonly weights: WeightTensors;
  readonly moments: WeightTensors;
}

/**
 * Adam (Kingma and Ba 2015, Algorithm 1): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − rate · m̂/(√v̂ + ε).
 * The bias corrections are numbers, not tensors, so the step is fed as rate·√(1−β₂ᵏ)/(1−β₁ᵏ) and ε·√(1−β₂ᵏ).
 */
export function adam({ beta1 = DECAYS.beta1, beta2 = DECAYS.beta2, epsilon = 1e-8 }: AdamOptions = {}): Adam {
  const decay = (average: Tensor, sample: Tensor, beta: number) => add(mul(average, beta), mul(sample, 1 - beta));
  return {
    moments: (parameters) =>
      parameters.flatMap(({ name, shape }) => ["m", "v"].map((m) => ({ name: `${name}:${m}`, shape, bound: 0 }))),
    inputs: (dtype) => ({
      "adam:rate": input("adam:rate", dtype, []),
      "adam:epsilon": input("adam:epsilon", dtype, []),
    }),
    feeds: (step, rates, dtype, length = rates.length) => {
      const rate = zeros(length, dtype);
      const guard = zeros(length, dtype);
      for (let i = 0; i < rates.length; i++) {
        const correction = Math.sqrt(1 - beta2 ** (step + i + 1));
        rate[i] = (rates[i] * correction) / (1 - beta1 ** (step + i + 1));
        guard[i] = epsilon * correction;
      }
      return { "adam:rate": rate, "adam:epsilon": guard };
    },
    update: (weights, gradients, moments, fed) => {
      const updated: { weights: Record<string, Tensor>; moments: Record<string, Tensor> } = {
        weights: {},
        moments: {},
      };
      for (const [name, gradient] of Object.entries(gradients)) {
        const m = decay(moments[`${name}:m`], gradient, beta1);
        const v = decay(moments[`${name}:v`], square(gradient), beta2);
        const step = div(mul(m, fed["adam:rate"]), add(sqrt(v), fed["adam:epsilon"]));
        updated.weights[name] = sub(weights[name], step);
        updated.moments[`${name}:m`] = m;
        updated.moments[`${name}:v`] = v;
      }
      return updated;
    },
  };
}
