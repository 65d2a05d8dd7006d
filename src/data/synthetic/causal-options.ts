import { ConfigError } from "../../errors.ts";
import type { NoiseLaw } from "./noise.ts";

/** A number that is drawn anew for every task, uniformly from low to high, both included where it is a whole number. */
export type Range = readonly [low: number, high: number];

/** The causal model of latents and target, task by task. The comments give symbols, defaults and ranges. */
export interface CausalModelOptions {
  /** d ≥ 1; 10. */
  readonly latentDim?: number;
  /** k, 0 … d: how many latents cause the target of a task, or a range of it; 2. */
  readonly causalPerTask?: number | Range;
  /** T ≥ 1; 200. */
  readonly tasks?: number;
  /** n_t ≥ 3, the same for every task; 100. */
  readonly rowsPerTask?: number;
  /** Standard deviation of the weights w of the causes, > 0; 1. */
  readonly causeSize?: number;
  /** Largest |γ| of an effect, > 0: γ is uniform on ± this; 1. */
  readonly effectSize?: number;
  /** σs > 0, standard deviation of an effect given y; 0.1. */
  readonly sigmaS?: number;
  /** Range of σ_t ≥ 0, the standard deviation of y given its causes, uniform over tasks; [2, 3]. */
  readonly targetNoise?: Range;
  /** Law of the causes and of the noise of targets and effects; "gaussian". The others break the fitted model. */
  readonly noise?: NoiseLaw;
  /** Degrees of freedom of "student-t", a whole number of at least 3; 5. */
  readonly degreesOfFreedom?: number;
  /** |correlation| of any two effects given y, in [0, 1): a hidden common cause with random signs; 0. */
  readonly confounding?: number;
  /** Share of the target's noise variance that is that same hidden cause's, in [0, 1): it then causes y and effects; 0. */
  readonly targetConfounding?: number;
  /** Give every latent mean 0 and variance 1 within every task, as the paper does; true. */
  readonly standardise?: boolean;
}

/** Defaults of Chen et al. 2024 for linear mixing. */
export const LINEAR_DEFAULTS = {
  latentDim: 10,
  causalPerTask: 2,
  tasks: 200,
  rowsPerTask: 100,
  causeSize: 1,
  effectSize: 1,
  sigmaS: 0.1,
  targetNoise: [2, 3],
  noise: "gaussian",
  degreesOfFreedom: 5,
  confounding: 0,
  targetConfounding: 0,
  standardise: true,
} as const satisfies Required<CausalModelOptions>;

/** The least and the largest number of causes of a task. */
export function causeRange(causalPerTask: number | Range): Range {
  return typeof causalPerTask === "number" ? [causalPerTask, causalPerTask] : causalPerTask;
}

/** Throws ConfigError naming the first option that is out of its range. */
export function checkCausalOptions(settings: Required<CausalModelOptions>): void {
  const { latentDim, tasks, rowsPerTask, causeSize, effectSize, sigmaS } = settings;
  const { targetNoise, degreesOfFreedom, confounding, targetConfounding } = settings;
  demand(isCount(latentDim, 1), `latentDim must be a whole number of at least 1, got ${latentDim}`);
  const [least, most] = causeRange(settings.causalPerTask);
  demand(
    isCount(least, 0) && isCount(most, least) && most <= latentDim,
    `causalPerTask must be a whole number from 0 to latentDim (${latentDim}), or a range of such, ` +
      `got ${least === most ? least : `[${least}, ${most}]`}`,
  );
  demand(isCount(tasks, 1), `tasks must be a whole number of at least 1, got ${tasks}`);
  demand(isCount(rowsPerTask, 3), `rowsPerTask must be a whole number of at least 3, got ${rowsPerTask}`);
  demand(causeSize > 0, `causeSize must be above 0, got ${causeSize}`);
  demand(effectSize > 0, `effectSize must be above 0, got ${effectSize}`);
  demand(sigmaS > 0, `sigmaS must be above 0, got ${sigmaS}`);
  const [low, high] = targetNoise;
  demand(low >= 0 && high >= low, `targetNoise must be a range [low, high] with 0 ≤ low ≤ high, got [${low}, ${high}]`);
  demand(
    isCount(degreesOfFreedom, 3),
    `degreesOfFreedom must be a whole number of at least 3, got ${degreesOfFreedom}: with fewer there is no variance`,
  );
  demand(isShare(confounding), `confounding must be in [0, 1), got ${confounding}`);
  demand(isShare(targetConfounding), `targetConfounding must be in [0, 1), got ${targetConfounding}`);
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function isShare(value: number): boolean {
  return value >= 0 && value < 1;
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new ConfigError(message);
}
