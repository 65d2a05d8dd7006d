import { add, mul } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { exp } from "../graph/unary.ts";
import type { Parameter, WeightTensors } from "../nn/parameters.ts";
import type { Activation } from "./activation.ts";
import { applyMlp, type ConditionalMlp, mlpParameters } from "./conditional-mlp.ts";
import { gaussianLogDensity, isotropicLogDensity, standardNormalLogDensity } from "./gaussian.ts";

/** Sizes and choices of an identifiable variational autoencoder. */
export interface IvaeArchitecture {
  /** p, the width of x. */
  readonly inputDim: number;
  /** d. */
  readonly latentDim: number;
  /** The auxiliary variable u: so many numbers, and a one-hot vector of so many tasks (0 for none). */
  readonly auxiliary: { readonly numbers: number; readonly tasks: number };
  readonly hidden: number;
  /** Affine layers of every network. */
  readonly depth: number;
  readonly activation: Activation;
  readonly decoderVariance: number;
  /** Mean of the prior: zero, as in the released code, or a network of u. */
  readonly priorMean: "zero" | "learned";
}

/** A batch: x (batch × p), the numbers of u (batch × q; null for none) and its task indices (int64; null for none). */
export interface IvaeBatch {
  readonly x: Tensor;
  readonly numbers: Tensor | null;
  readonly task: Tensor | null;
}

/** Encoder, decoder and what they make of a batch. */
export interface Encoding {
  /** Mean and log variance of q(z | x, u), batch × d each. */
  readonly mean: Tensor;
  readonly logVariance: Tensor;
  /** A sample of it. */
  readonly z: Tensor;
  /** log p(x | z) and log q(z | x, u), batch. */
  readonly logLikelihood: Tensor;
  readonly logPosterior: Tensor;
}

/** The parameters of encoder and decoder. */
export function encodingParameters(architecture: IvaeArchitecture): Parameter[] {
  const { encoderMean, encoderLogVariance, decoderMean } = encodingNetworks(architecture);
  return [encoderMean, encoderLogVariance, decoderMean].flatMap(mlpParameters);
}

/** The parameters of the conditional Gaussian prior. */
export function priorParameters(architecture: IvaeArchitecture): Parameter[] {
  const { mean, logVariance } = priorNetworks(architecture);
  return [...mlpParameters(logVariance), ...(mean === null ? [] : mlpParameters(mean))];
}

/**
 * One sample z = mean + exp(½ logVariance) ε of the posterior and the densities it is judged by (Khemakhem et al. 2020,
 * section 3.2; the networks are those of the released code).
 * @param noise - ε, batch × d, standard normal
 */
export function encodeAndDecode(
  architecture: IvaeArchitecture,
  weights: WeightTensors,
  batch: IvaeBatch,
  noise: Tensor,
): Encoding {
  const { encoderLogVariance } = encodingNetworks(architecture);
  const mean = posteriorMean(architecture, weights, batch);
  const logVariance = applyMlp(encoderLogVariance, weights, withInputs(batch));
  const z = add(mean, mul(exp(mul(logVariance, 0.5)), noise));
  return {
    mean,
    logVariance,
    z,
    logLikelihood: decoderLogLikelihood(architecture, weights, batch.x, z),
    logPosterior: standardNormalLogDensity(noise, logVariance),
  };
}

/** log p(x | z) of every row. */
export function decoderLogLikelihood(
  architecture: IvaeArchitecture,
  weights: WeightTensors,
  x: Tensor,
  z: Tensor,
): Tensor {
  const decoded = applyMlp(encodingNetworks(architecture).decoderMean, weights, { numbers: [z], task: null });
  return isotropicLogDensity(x, decoded, architecture.decoderVariance);
}

/** The parameters of the decoder alone. */
export function decoderParameters(architecture: IvaeArchitecture): Parameter[] {
  return mlpParameters(encodingNetworks(architecture).decoderMean);
}

/** The mean of q(z | x, u), batch × d: the latents. */
export function posteriorMean(architecture: IvaeArchitecture, weights: WeightTensors, batch: IvaeBatch): Tensor {
  return applyMlp(encodingNetworks(architecture).encoderMean, weights, withInputs(batch));
}

/** log p(z | u) = log N(z; mean(u), diag exp(logVariance(u))), batch. */
export function gaussianLogPrior(
  architecture: IvaeArchitecture,
  weights: WeightTensors,
  z: Tensor,
  batch: IvaeBatch,
): Tensor {
  const { mean, logVariance } = priorNetworks(architecture);
  const u = auxiliaryOf(batch);
  const centre = mean === null ? 0 : applyMlp(mean, weights, u);
  return gaussianLogDensity(z, centre, applyMlp(logVariance, weights, u));
}

/** What a network of u alone reads. */
export function auxiliaryOf({ numbers, task }: IvaeBatch) {
  return { numbers: numbers === null ? [] : [numbers], task };
}

function withInputs({ x, numbers, task }: IvaeBatch) {
  return { numbers: numbers === null ? [x] : [x, numbers], task };
}

function encodingNetworks(architecture: IvaeArchitecture) {
  const { inputDim, latentDim, auxiliary, hidden, depth, activation } = architecture;
  const shared = { hidden, depth, activation };
  const encoder = { ...shared, inputs: inputDim + auxiliary.numbers, tasks: auxiliary.tasks, outputs: latentDim };
  return {
    encoderMean: { ...encoder, name: "encoder-mean" },
    encoderLogVariance: { ...encoder, name: "encoder-log-variance" },
    decoderMean: { ...shared, name: "decoder-mean", inputs: latentDim, tasks: 0, outputs: inputDim },
  } satisfies Record<string, ConditionalMlp>;
}

function priorNetworks({ latentDim, auxiliary, hidden, depth, activation, priorMean }: IvaeArchitecture) {
  const network = { hidden, depth, activation, inputs: auxiliary.numbers, tasks: auxiliary.tasks, outputs: latentDim };
  return {
    logVariance: { ...network, name: "prior-log-variance" },
    mean: priorMean === "zero" ? null : { ...network, name: "prior-mean" },
  };
}
