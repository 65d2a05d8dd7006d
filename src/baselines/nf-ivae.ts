import { stopGradient } from "../graph/comparison.ts";
import { add, sub } from "../graph/elementwise.ts";
import { mean } from "../graph/reductions.ts";
import { neg } from "../graph/unary.ts";
import type { FloatType, WeightTensors } from "../nn/parameters.ts";
import type { Objective } from "../nn/training-session.ts";
import type { Random } from "../stats/random.ts";
import { variational } from "./ivae.ts";
import { auxiliaryOf, encodeAndDecode, encodingParameters, type IvaeArchitecture } from "./ivae-network.ts";
import { type IvaeRows, ivaeData, noiseInput } from "./ivae-objective.ts";
import {
  detachedCoefficients,
  type NfPriorArchitecture,
  nfCoefficients,
  nfLogDensity,
  nfPriorParameters,
} from "./nf-prior.ts";
import { scoreMatching } from "./score-matching.ts";

/** Length of T(z). With more, linear maps of the latents are described as well as the latents themselves. */
const STATISTICS = 1;

/**
 * NF-iVAE, the first phase of iCaRL (Lu et al. 2021): an iVAE whose prior need not factorise. It is the part of iCaRL that gives
 * latents.
 */
export const nfIvae = variational("nf-ivae", "NF-iVAE, the first phase of iCaRL", (architecture, rows, random, how) =>
  nfIvaeObjective(architecture, nfPriorOf(architecture, how.statistics), rows, random),
);

/**
 * The prior that goes with an encoder and a decoder. λ and λ_f are as deep as the networks of iVAE's prior: a mean that is the target times a
 * number of the task's own is out of reach of two layers of softplus.
 */
export function nfPriorOf(
  { latentDim, auxiliary, hidden, depth, activation }: IvaeArchitecture,
  statistics = STATISTICS,
): NfPriorArchitecture {
  return { latentDim, auxiliary, statistics, hidden, depth, activation, smoothActivation: "softplus" };
}

/**
 * −mean [ log p(x|z) + log p(z|u) − log q(z|x,u) ] with the prior's parameters held fixed, plus the score-matching loss of the
 * prior at z held fixed (Lu et al. 2021, section 4.1.2): the normaliser Z(u) is never needed. For the same reason the bound
 * is known only up to log Z(u), and held-out rows are judged by −log p(x|z) alone.
 */
export function nfIvaeObjective(
  architecture: IvaeArchitecture,
  prior: NfPriorArchitecture,
  rows: IvaeRows,
  random: Random,
  dtype: FloatType = "float32",
): Objective {
  const { data, batch } = ivaeData(architecture, rows, dtype);
  return {
    parameters: [...encodingParameters(architecture), ...nfPriorParameters(prior)],
    data,
    fed: (count) => ({ noise: noiseInput(count, architecture.latentDim, random, dtype) }),
    collectable: true,
    loss: (weights, at, { noise }) => {
      const picked = batch(at);
      const { z, logLikelihood, logPosterior } = encodeAndDecode(architecture, weights, picked, noise);
      const coefficients = nfCoefficients(prior, weights, auxiliaryOf(picked));
      const fixed = nfLogDensity(prior, detached(weights), detachedCoefficients(coefficients), z);
      const matched = scoreMatching(prior, weights, coefficients, stopGradient(z)).loss;
      return add(neg(mean(add(sub(logLikelihood, logPosterior), fixed))), mean(matched));
    },
    criterion: (weights, at, { noise }) =>
      neg(mean(encodeAndDecode(architecture, weights, batch(at), noise).logLikelihood)),
  };
}

function detached(weights: WeightTensors): WeightTensors {
  return Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, stopGradient(tensor)]));
}
