import { ConfigError } from "../../errors.ts";
import { matrix } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";
import type { MultiTaskData } from "../multi-task-data.ts";
import { multiTaskData } from "../multi-task-data.ts";
import { type CausalModelOptions, LINEAR_DEFAULTS } from "./causal-options.ts";
import { type CausalTruth, sampleCausalModel } from "./latent-causal-model.ts";
import type { MixingNetwork } from "./mixing-network.ts";
import { applyMixingNetwork, sampleMixingNetwork } from "./mixing-network.ts";

/** The causal model, and the random network that turns its latents into features. */
export interface NonlinearDataOptions extends CausalModelOptions {
  /** p ≥ 1, number of features; 100. */
  readonly inputDim?: number;
  /** Number of affine layers of the mixing network, at least 2; 2. */
  readonly mixingDepth?: number;
  /** Width of its hidden layers, at least 1; `inputDim`. */
  readonly mixingWidth?: number;
  /** σo ≥ 0, standard deviation of noise added to the features; 0. */
  readonly sigmaObs?: number;
}

/** Features with nonlinearly mixed latents behind them, for both stages. */
export interface NonlinearData {
  /** x, rows × p, named "x1" … "xp", and the targets. */
  readonly data: MultiTaskData;
  /** Everything drawn; `mixing` is the network. */
  readonly truth: CausalTruth & { readonly mixing: MixingNetwork };
}

/** Defaults of Chen et al. 2024 for nonlinear mixing. */
export const NONLINEAR_DEFAULTS = {
  ...LINEAR_DEFAULTS,
  latentDim: 20,
  causalPerTask: 4,
  tasks: 500,
  rowsPerTask: 200,
  inputDim: 100,
  mixingDepth: 2,
  sigmaObs: 0,
} as const satisfies NonlinearDataOptions;

/**
 * Nonlinearly mixed latents, x = W₂ ReLU(W₁ z + b₁) + b₂ with widths d → p → p (Algorithm 1, Chen et al. 2024; method:
 * section 7). A deeper mixing, noise on x, other noise laws and confounding go beyond the paper.
 *
 * @param options all optional; the defaults are the paper's: d = 20, k = 4, p = 100, 500 tasks of 200 rows, no noise.
 * @param random independent streams are split off it for the network, the latents and the noise on x.
 * @throws ConfigError naming the option that is out of its range.
 */
export function nonlinearData(options: NonlinearDataOptions, random: Random): NonlinearData {
  const settings = { ...NONLINEAR_DEFAULTS, ...options };
  const { inputDim, mixingDepth, mixingWidth = inputDim, sigmaObs, ...causal } = settings;
  checkMixing(inputDim, mixingDepth, mixingWidth, sigmaObs);
  const { targets, truth } = sampleCausalModel(causal, random.split("latents"));
  const { rows, cols: d, data: z } = truth.latents;
  const widths = [d, ...new Array<number>(mixingDepth - 1).fill(mixingWidth), inputDim];
  const network = sampleMixingNetwork(widths, random.split("mixing"));
  const { normal } = random.split("observation");
  const features = new Float32Array(rows * inputDim);
  const block = settings.rowsPerTask;
  for (let first = 0; first < rows; first += block) {
    const latents = matrix(block, d, z.subarray(first * d, (first + block) * d));
    const x = applyMixingNetwork(network, latents).data;
    features.set(sigmaObs > 0 ? x.map((value) => value + sigmaObs * normal()) : x, first * inputDim);
  }
  const data = multiTaskData({
    features: { rows, cols: inputDim, data: features },
    featureNames: Array.from({ length: inputDim }, (_, j) => `x${j + 1}`),
    targets,
  });
  return { data, truth: { ...truth, mixing: network } };
}

function checkMixing(inputDim: number, depth: number, width: number, sigmaObs: number): void {
  demandCount("inputDim", inputDim, 1);
  demandCount("mixingDepth", depth, 2);
  demandCount("mixingWidth", width, 1);
  if (!(sigmaObs >= 0)) throw new ConfigError(`sigmaObs must be at least 0, got ${sigmaObs}`);
}

function demandCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ConfigError(`${name} must be a whole number of at least ${least}, got ${value}`);
}
