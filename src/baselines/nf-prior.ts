import { stopGradient } from "../graph/comparison.ts";
import { add, mul } from "../graph/elementwise.ts";
import { slice } from "../graph/indexing.ts";
import { sum } from "../graph/reductions.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Parameter, WeightTensors } from "../nn/parameters.ts";
import type { Activation } from "./activation.ts";
import { applyMlp, type ConditionalMlp, type MlpInput, mlpParameters } from "./conditional-mlp.ts";

/** Sizes of the prior of NF-iVAE. */
export interface NfPriorArchitecture {
  readonly latentDim: number;
  readonly auxiliary: { readonly numbers: number; readonly tasks: number };
  /** Length of T(z) and λ(u); 0 leaves the network term out, and the prior is iVAE's, in its natural parameters. */
  readonly statistics: number;
  readonly hidden: number;
  /** Affine layers and activation of λ and λ_f. */
  readonly depth: number;
  readonly activation: Activation;
  /** Activation of T, which has two layers: smooth, because the density is differentiated twice in z. */
  readonly smoothActivation: Extract<Activation, "softplus" | "tanh" | "xtanh">;
}

/** What u makes of the prior, one row each: λ_f in its two halves, and λ, null where there is no network term. */
export interface NfCoefficients {
  readonly natural: { readonly linear: Tensor; readonly quadratic: Tensor };
  readonly network: Tensor | null;
}

/** The parameters of the prior: `prior-statistics` (T), `prior-coefficients` (λ) and `prior-natural` (λ_f). */
export function nfPriorParameters(architecture: NfPriorArchitecture): Parameter[] {
  const { coefficients, natural } = networksOf(architecture);
  const ofNetwork = architecture.statistics === 0 ? [] : [nfStatistics(architecture), coefficients];
  return [...ofNetwork, natural].flatMap(mlpParameters);
}

/** λ_f(u) and λ(u) of a batch. */
export function nfCoefficients(architecture: NfPriorArchitecture, weights: WeightTensors, u: MlpInput): NfCoefficients {
  const { coefficients, natural } = networksOf(architecture);
  const { latentDim: d, statistics } = architecture;
  const both = applyMlp(natural, weights, u);
  return {
    natural: { linear: slice(both, 1, 0, d), quadratic: slice(both, 1, d, 2 * d) },
    network: statistics === 0 ? null : applyMlp(coefficients, weights, u),
  };
}

/** The same numbers, through which no gradient flows. */
export function detachedCoefficients({ natural, network }: NfCoefficients): NfCoefficients {
  const { linear, quadratic } = natural;
  return {
    natural: { linear: stopGradient(linear), quadratic: stopGradient(quadratic) },
    network: network && stopGradient(network),
  };
}

/**
 * log p(z | u) + log Z(u) = ⟨T(z), λ(u)⟩ + ⟨[z, z²], λ_f(u)⟩, batch: the general exponential family whose factors need not be
 * independent (Lu et al. 2021, equation 6). T and λ are networks, and the second term is a factorised Gaussian.
 * @param z - batch × d
 */
export function nfLogDensity(
  architecture: NfPriorArchitecture,
  weights: WeightTensors,
  { natural, network }: NfCoefficients,
  z: Tensor,
): Tensor {
  const gaussian = inner(z, add(natural.linear, mul(natural.quadratic, z)));
  if (network === null) return gaussian;
  return add(gaussian, inner(applyMlp(nfStatistics(architecture), weights, { numbers: [z], task: null }), network));
}

/** T, a network of two layers. */
export function nfStatistics({ latentDim, statistics, hidden, smoothActivation: activation }: NfPriorArchitecture) {
  const shape = { inputs: latentDim, tasks: 0, hidden, depth: 2, outputs: statistics };
  return { ...shape, name: "prior-statistics", activation } satisfies ConditionalMlp;
}

function inner(a: Tensor, b: Tensor): Tensor {
  return sum(mul(a, b), { axes: [1] });
}

function networksOf({ latentDim, auxiliary, statistics, hidden, depth, activation }: NfPriorArchitecture) {
  const ofU = { hidden, depth, activation, inputs: auxiliary.numbers, tasks: auxiliary.tasks };
  return {
    natural: { ...ofU, name: "prior-natural", outputs: 2 * latentDim },
    coefficients: { ...ofU, name: "prior-coefficients", outputs: statistics },
  } satisfies Record<string, ConditionalMlp>;
}
