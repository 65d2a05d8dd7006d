import { add, mul, square } from "../graph/elementwise.ts";
import { concat } from "../graph/indexing.ts";
import { sum } from "../graph/reductions.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Parameter, WeightTensors } from "../nn/parameters.ts";
import type { Activation } from "./activation.ts";
import { applyMlp, type ConditionalMlp, type MlpInput, mlpParameters } from "./conditional-mlp.ts";
import type { LogDensity } from "./score-matching.ts";

/** Sizes of the prior of NF-iVAE. */
export interface NfPriorArchitecture {
  readonly latentDim: number;
  readonly auxiliary: { readonly numbers: number; readonly tasks: number };
  /** Length of T(z) and λ(u); 0 leaves the network term out, and the prior is iVAE's, in its natural parameters. */
  readonly statistics: number;
  readonly hidden: number;
  readonly depth: number;
  /** Smooth, because the density is differentiated twice. */
  readonly activation: Extract<Activation, "softplus" | "tanh" | "xtanh">;
}

/** The parameters of the prior: `prior-statistics` (T), `prior-coefficients` (λ) and `prior-natural` (λ_f). */
export function nfPriorParameters(architecture: NfPriorArchitecture): Parameter[] {
  const { statistics, coefficients, natural } = networksOf(architecture);
  return [...(statistics === null ? [] : [statistics, coefficients]), natural].flatMap(mlpParameters);
}

/**
 * log p(z | u) + log Z(u) = ⟨T(z), λ(u)⟩ + ⟨[z, z²], λ_f(u)⟩, the general exponential family whose factors need not be
 * independent (Lu et al. 2021, equation 6): T and λ are networks, and the second term is a factorised Gaussian.
 * @param u - what the networks of u read
 */
export function nfLogDensity(architecture: NfPriorArchitecture, weights: WeightTensors, u: MlpInput): LogDensity {
  const { statistics, coefficients, natural } = networksOf(architecture);
  const lambdaF = applyMlp(natural, weights, u);
  const lambda = statistics === null ? null : applyMlp(coefficients, weights, u);
  return (z, perRow) => {
    const gaussian = inner(concat([z, square(z)], 1), perRow(lambdaF));
    if (statistics === null || lambda === null) return gaussian;
    return add(gaussian, inner(applyMlp(statistics, weights, { numbers: [z], task: null }), perRow(lambda)));
  };
}

function inner(a: Tensor, b: Tensor): Tensor {
  return sum(mul(a, b), { axes: [1] });
}

function networksOf({ latentDim, auxiliary, statistics, hidden, depth, activation }: NfPriorArchitecture) {
  const shared = { hidden, depth, activation };
  const ofU = { ...shared, inputs: auxiliary.numbers, tasks: auxiliary.tasks };
  const natural: ConditionalMlp = { ...ofU, name: "prior-natural", outputs: 2 * latentDim };
  const coefficients: ConditionalMlp = { ...ofU, name: "prior-coefficients", outputs: statistics };
  if (statistics === 0) return { statistics: null, coefficients, natural };
  const ofZ: ConditionalMlp = { ...shared, name: "prior-statistics", inputs: latentDim, tasks: 0, outputs: statistics };
  return { statistics: ofZ, coefficients, natural };
}
