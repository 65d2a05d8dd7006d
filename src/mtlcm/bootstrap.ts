import { ConfigError, SingularMatrixError } from "../errors.ts";
import { inverse } from "../linalg/lu.ts";
import { identity, type Matrix, matrix, multiply, multiplyTransposed } from "../linalg/matrix.ts";
import { type Moments, mergeMoments, momentsOf } from "../stats/moments.ts";
import { createRandom, type Random } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { groupSample, rowSample, taskSample } from "./bootstrap-samples.ts";
import { indicatorsOf } from "./indicators.ts";
import { matchUnmixing } from "./matching.ts";
import type { MtlcmFit, MtlcmOptions } from "./mtlcm.ts";
import { scaled } from "./noisy-likelihood.ts";
import { type FreshStarts, refit, refitNoisy, shownNoise } from "./refit.ts";

export interface BootstrapOptions {
  /**
   * What is drawn again. "rows" (the default): how much the result owes to the rows that happened to be measured. "tasks":
   * how much it owes to the tasks; at least 10 are needed.
   */
  readonly resample?: "rows" | "tasks";
  /** Random starts of every replicate beside the fit itself, to see another optimum become the best; default 0. */
  readonly freshStarts?: number;
}

/** Observation noise as a fit has it: covariance `level` · `shape` in its latents. */
export interface FittedNoise {
  /** B B', d × d. */
  readonly shape: Matrix;
  /** σo² of the exact likelihood; 0 where the closed form leaves noise out, and only looks for it. */
  readonly level: number;
}

/** A fit to be bootstrapped: plain data, so that it can be sent to a worker. Replicates depend on it and on their number only. */
export interface BootstrapInput {
  /** The rows in the latents of the fit, z, rows × d, with their targets; or moments of z of disjoint groups of rows. */
  readonly data: { readonly latents: Matrix; readonly targets: Targets } | { readonly groups: readonly Moments[] };
  /** Options of the fit, and of the bootstrap. */
  readonly options: MtlcmOptions & BootstrapOptions;
  /** Observation noise in the latents, where the fit has looked for it. */
  readonly noise?: FittedNoise;
  readonly seed: number;
}

/**
 * What the replicates of a fit need.
 *
 * @param fit Of it only the unmixing and how it was found.
 * @param data,options,seed See `BootstrapInput`.
 */
export function bootstrapInput(
  { unmixing, solver }: Pick<MtlcmFit, "unmixing" | "solver">,
  { data, options, seed }: Omit<BootstrapInput, "noise">,
): BootstrapInput {
  const { name, sigmaObs } = solver;
  if (sigmaObs === undefined) return { data, options, seed };
  const level = name === "closed-form" ? 0 : sigmaObs ** 2;
  return { data, options, seed, noise: { shape: multiplyTransposed(unmixing, unmixing), level } };
}

/** One refit to redrawn data, matched to the fit. */
export interface Replicate {
  /** |corr| of each latent with itself over the rows of the fit, d. */
  readonly correlation: Float64Array;
  /** E, d × d: z_b = diag(E) (z + E_off z), what latent j has leaked into latent i in units of their deviations; 0 on the diagonal. */
  readonly leakage: Matrix;
  /**
   * What the replicate sees as noise in each latent more than the fit does, as a share of the latent's variance, d; times the
   * overdispersion of the score for noise (`noiseScore`), which redrawn rows do not show.
   */
  readonly noiseChange: Float64Array;
  /** var(z_j | y) in the replicate, T × d. */
  readonly residualVariance: Matrix;
  /** P(c_tj = 1) in the replicate, T × d. */
  readonly pCause: Matrix;
}

/** Fewer tasks than this cannot be drawn again: the few that get weight leave other latents undetermined. */
const MIN_TASKS = 10;
/** Fewer groups of rows than this cannot be drawn again: two of them carry almost all weight in most draws. */
const MIN_GROUPS = 4;

/**
 * Replicate number `index` of the bootstrap of a fit; undefined when its draw leaves too few rows for the latents.
 *
 * z_b = (I + ε_b) ẑ where the estimate is ẑ = (I + ε) z. The bootstrap's principle is that ε_b has the law of ε: so
 * |corr(z_b, ẑ)| is distributed as |corr(ẑ, z)|, estimate against truth, without any factor. (Two replicates differ by
 * twice that contamination, halves of the rows by four times.) docs/certificate.md shows where that holds.
 *
 * @throws ConfigError for options out of range.
 */
export function bootstrapReplicate(input: BootstrapInput, index: number): Replicate | undefined {
  return replicator(input)(index);
}

/** `bootstrapReplicate` for many indices: what they share is computed once. */
export function replicator({ data, options, seed, noise }: BootstrapInput): (index: number) => Replicate | undefined {
  const whole = "groups" in data ? mergeMoments(data.groups) : momentsOf(data.latents, data.targets);
  const tasks = whole.taskNames.length;
  checkBootstrap(options, tasks, "groups" in data ? data.groups.length : undefined);
  const { resample = "rows", freshStarts = 0, sigmaS = 0.1, intercept = true } = options;
  // The fit itself, up to its tolerance.
  const { covariance } = whole.pooled;
  const again = refitWithNoise(whole, identity(whole.dim), options, noise);
  const reference = matchUnmixing(identity(whole.dim), again.unmixing, covariance).unmixing;
  const back = inverse(reference);
  const draw = (random: Random): { sample: Moments; taskWeights?: Float64Array } => {
    if (resample === "tasks") return { sample: whole, taskWeights: taskSample(tasks, options.taskWeights, random) };
    if ("groups" in data) return { sample: groupSample(data.groups, random) };
    return { sample: rowSample(data.latents, data.targets, random) };
  };
  return (index) => {
    const random = createRandom(seed).split("bootstrap").split(index);
    const { sample, ...weights } = draw(random.split("draw"));
    const fresh = { count: freshStarts, random: random.split("starts") };
    try {
      const found = refitWithNoise(sample, reference, { ...options, ...weights }, noise, fresh);
      const { unmixing, correlation } = matchUnmixing(reference, found.unmixing, covariance);
      const { residualVariance, pCause } = indicatorsOf(sample, unmixing, { ...options, sigmaS, intercept });
      const noiseChange = Float64Array.from(correlation, (_, j) =>
        noise === undefined
          ? 0
          : (found.noise - again.noise) * again.overdispersion * noise.shape.data[j * (whole.dim + 1)],
      );
      return { correlation, leakage: leakageOf(multiply(unmixing, back)), noiseChange, residualVariance, pCause };
    } catch (error) {
      if (error instanceof SingularMatrixError) return undefined;
      throw error;
    }
  };
}

/** The unmixing of a sample, and the level of noise seen in it. */
function refitWithNoise(
  sample: Moments,
  from: Matrix,
  options: MtlcmOptions,
  noise: FittedNoise | undefined,
  fresh?: FreshStarts,
): { unmixing: Matrix; noise: number; overdispersion: number } {
  if (noise !== undefined && noise.level > 0) {
    const carried = scaled(noise.shape, noise.level);
    const estimated = options.sigmaObs === "estimate" || (options.solver ?? "auto") === "auto";
    const { unmixing, noiseRatio } = refitNoisy(sample, from, options, { noise: carried, estimated, fresh });
    const { overdispersion } = shownNoise(sample, unmixing, carried, options, noiseRatio);
    return { unmixing, noise: noise.level * noiseRatio, overdispersion };
  }
  const unmixing = refit(sample, from, options, { fresh });
  if (noise === undefined) return { unmixing, noise: 0, overdispersion: 1 };
  return { unmixing, ...shownNoise(sample, unmixing, noise.shape, options) };
}

/**
 * Throws ConfigError for options of the bootstrap that are out of range or ask for too much of the data.
 *
 * @param groups Of rows, whose moments are all there is; undefined where the rows themselves are.
 */
export function checkBootstrap({ resample, freshStarts = 0 }: BootstrapOptions, tasks: number, groups?: number): void {
  if (!(Number.isInteger(freshStarts) && freshStarts >= 0)) {
    throw new ConfigError(`freshStarts must be a whole number of at least 0, got ${freshStarts}`);
  }
  if (resample === "tasks") {
    if (tasks >= MIN_TASKS) return;
    throw new ConfigError(
      `resampling tasks needs at least ${MIN_TASKS} of them, and there are ${tasks}; resample rows`,
    );
  }
  if (groups !== undefined && groups < MIN_GROUPS) {
    throw new ConfigError(
      `resampling rows of which there are only moments needs these of at least ${MIN_GROUPS} groups, and there are ` +
        `${groups}; keep more groups apart, or resample tasks`,
    );
  }
}

function leakageOf({ rows: d, data }: Matrix): Matrix {
  return matrix(
    d,
    d,
    data.map((value, k) => (k % (d + 1) === 0 ? 0 : value / data[Math.floor(k / d) * (d + 1)])),
  );
}
