import { add, sub } from "../graph/elementwise.ts";
import { gather } from "../graph/indexing.ts";
import { mean } from "../graph/reductions.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import { neg } from "../graph/unary.ts";
import type { FloatArray, FloatType, WeightTensors } from "../nn/parameters.ts";
import { zeros } from "../nn/parameters.ts";
import type { FedInput, Objective } from "../nn/training-session.ts";
import type { Random } from "../stats/random.ts";
import { annealedElbo, annealingWeights } from "./annealing.ts";
import type { Auxiliary } from "./auxiliary.ts";
import {
  encodeAndDecode,
  encodingParameters,
  gaussianLogPrior,
  type IvaeArchitecture,
  type IvaeBatch,
  priorParameters,
} from "./ivae-network.ts";

/** The rows that an iVAE is trained on. */
export interface IvaeRows {
  /** x, rows × p, standardised. */
  readonly x: FloatArray;
  readonly auxiliary: Auxiliary;
}

/** The data inputs of an objective on such rows, and the batch that an index vector picks of them. */
export function ivaeData({ inputDim }: IvaeArchitecture, { x, auxiliary }: IvaeRows, dtype: FloatType) {
  const rowTotal = x.length / inputDim;
  const { width, numbers, task } = auxiliary;
  const tensors = {
    x: input("x", dtype, [rowTotal, inputDim]),
    numbers: width > 0 ? input("u", dtype, [rowTotal, width]) : null,
    task: task === null ? null : input("task", "int64", [rowTotal]),
  };
  const data: Objective["data"] = {
    x: { tensor: tensors.x, values: inType(x, dtype) },
    ...(tensors.numbers && { u: { tensor: tensors.numbers, values: inType(numbers, dtype) } }),
    ...(tensors.task && task && { task: { tensor: tensors.task, values: task } }),
  };
  const batch = (rows: Tensor): IvaeBatch => ({
    x: gather(tensors.x, rows),
    numbers: tensors.numbers && gather(tensors.numbers, rows),
    task: tensors.task && gather(tensors.task, rows),
  });
  return { data, batch, rowTotal };
}

/** How the objective is annealed: over how many updates. Null for the plain bound throughout. */
export type Annealing = { readonly steps: number } | null;

/**
 * −mean ELBO of an iVAE, log p(x|z) + log p(z|u) − log q(z|x,u) at one sample z (Khemakhem et al. 2020, equation 7), and its
 * annealed form. Held-out rows are judged by the plain bound with noise that stays the same.
 */
export function ivaeObjective(
  architecture: IvaeArchitecture,
  rows: IvaeRows,
  random: Random,
  annealing: Annealing = null,
  dtype: FloatType = "float32",
): Objective {
  const { data, batch, rowTotal } = ivaeData(architecture, rows, dtype);
  const terms = (weights: WeightTensors, at: Tensor, { noise }: WeightTensors) => {
    const picked = batch(at);
    const encoding = encodeAndDecode(architecture, weights, picked, noise);
    return { encoding, logPrior: gaussianLogPrior(architecture, weights, encoding.z, picked) };
  };
  const plain = (weights: WeightTensors, at: Tensor, fed: WeightTensors) => {
    const { encoding, logPrior } = terms(weights, at, fed);
    return neg(mean(add(sub(encoding.logLikelihood, encoding.logPosterior), logPrior)));
  };
  const noise = (count: number) => ({ noise: noiseInput(count, architecture.latentDim, random, dtype) });
  const parameters = [...encodingParameters(architecture), ...priorParameters(architecture)];
  if (annealing === null) return { parameters, data, fed: noise, collectable: true, loss: plain };
  return {
    parameters,
    data,
    fed: (count) => ({ ...noise(count), terms: termsInput(annealing.steps, architecture.decoderVariance, dtype) }),
    loss: (weights, at, fed) => {
      const { encoding, logPrior } = terms(weights, at, fed);
      return neg(mean(annealedElbo(encoding, logPrior, fed.terms, rowTotal)));
    },
    criterion: plain,
  };
}

/** ε, standard normal: update number k draws from a stream of its own, so that a resumed training sees the same. */
export function noiseInput(count: number, latentDim: number, random: Random, dtype: FloatType): FedInput {
  const draw = (name: string | number) => {
    const { normal } = random.split("noise").split(name);
    const values = zeros(count * latentDim, dtype);
    for (let k = 0; k < values.length; k++) values[k] = normal();
    return values;
  };
  let heldOut: FloatArray | undefined;
  const always = () => {
    heldOut ??= draw("held out");
    return heldOut;
  };
  return { shape: [count, latentDim], values: (step) => (step === null ? always() : draw(step)) };
}

function termsInput(steps: number, decoderVariance: number, dtype: FloatType): FedInput {
  return {
    shape: [4],
    values: (step) => inType(Float64Array.from(annealingWeights(step ?? steps, steps, decoderVariance)), dtype),
  };
}

function inType(values: FloatArray, dtype: FloatType): FloatArray {
  if (dtype === "float32") return values instanceof Float32Array ? values : Float32Array.from(values);
  return values instanceof Float64Array ? values : Float64Array.from(values);
}
