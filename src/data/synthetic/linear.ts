import { ConfigError } from "../../errors.ts";
import type { Matrix } from "../../linalg/matrix.ts";
import { multiplyTransposed } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";
import type { LongTargets } from "../../stats/targets.ts";
import type { CausalModelOptions } from "./causal-options.ts";
import type { CausalTruth } from "./latent-causal-model.ts";
import { sampleCausalModel } from "./latent-causal-model.ts";
import type { LinearMixing } from "./mixing-matrix.ts";
import { sampleMixingMatrix } from "./mixing-matrix.ts";

/** The causal model, and how its latents are mixed into a representation. */
export interface LinearDataOptions extends CausalModelOptions {
  /** The kind of A; "random". */
  readonly mixing?: LinearMixing;
  /** σo ≥ 0, standard deviation of the observation noise; 0.01. */
  readonly sigmaObs?: number;
}

/** A representation as a perfect first stage would leave it: latents up to an unknown linear map. */
export interface LinearData {
  /** h, rows × d. */
  readonly representation: Matrix;
  readonly targets: LongTargets;
  /** Everything drawn; `mixing` is A, d × d. */
  readonly truth: CausalTruth & { readonly mixing: Matrix };
}

/**
 * Linearly mixed latents, h = A z + N(0, σo² I), for the second stage alone (Algorithm 1, Chen et al. 2024;
 * method: section 7).
 *
 * @param options all optional; the defaults are the paper's: d = 10, k = 2, 200 tasks of 100 rows, σo = 0.01.
 * @param random independent streams are split off it for A, the latents and the observation noise, so that changing
 *   one option moves nothing that the option does not concern.
 * @throws ConfigError naming the option that is out of its range.
 */
export function linearData(options: LinearDataOptions, random: Random): LinearData {
  const { mixing = "random", sigmaObs = 0.01, ...causal } = options;
  if (!(sigmaObs >= 0)) throw new ConfigError(`sigmaObs must be at least 0, got ${sigmaObs}`);
  const { targets, truth } = sampleCausalModel(causal, random.split("latents"));
  const a = sampleMixingMatrix(mixing, truth.latents.cols, random.split("mixing"));
  const representation = multiplyTransposed(truth.latents, a);
  const { normal } = random.split("observation");
  for (let i = 0; i < representation.data.length; i++) representation.data[i] += sigmaObs * normal();
  return { representation, targets, truth: { ...truth, mixing: a } };
}
