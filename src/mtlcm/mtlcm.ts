import { ConfigError } from "../errors.ts";
import { type Matrix, multiply } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { canonicalise } from "./canonical.ts";
import { type Indicators, indicatorsOf, sharesRows } from "./indicators.ts";
import { projectMoments, rankReduction } from "./rank-reduction.ts";
import { secondMoments } from "./second-moments.ts";
import { shrinkSmallTasks } from "./shrinkage.ts";
import { solveMtlcm } from "./solve.ts";
import type { SolverName, SolverReport, SolverStep } from "./solver.ts";
import { finish, mapSteps } from "./steps.ts";

export type { SolverName, SolverReport, SolverStep } from "./solver.ts";

export interface MtlcmOptions {
  /**
   * "free": a latent's variance given y is whatever the task shows (Pham's criterion; the default). "clamped": it lies
   * between σs² and 1, the paper's model, which presumes latents of variance 1 in every task.
   */
  readonly variance?: "free" | "clamped";
  /**
   * "auto" (the default): the closed form, and from there "lbfgs" with σo estimated, where noise is seen to have cost it
   * accuracy and explains most of its misfit; always the closed form where rows carry many targets, whose dependence would
   * pass for noise. "closed-form": no observation noise, joint diagonalisation. "lbfgs": the exact likelihood with
   * observation noise. "adam": the paper's recipe for the same likelihood, with clamped variances.
   */
  readonly solver?: "auto" | SolverName;
  /** σo, standard deviation of the observation noise; or "estimate", only for "lbfgs". Default .01; for "lbfgs" and "adam". */
  readonly sigmaObs?: number | "estimate";
  /** σs, standard deviation of an effect given y, in units of the latent's own; default 0.1. */
  readonly sigmaS?: number;
  /** Whether a task has its own level of h and y; default true. The paper's released code has none. */
  readonly intercept?: boolean;
  /** How much a row of each task counts in the likelihood, T numbers ≥ 0; all alike by default. */
  readonly taskWeights?: ArrayLike<number>;
  /** Directions of h with less than this share of the largest's variance are left out; default 1e-10. */
  readonly rankTolerance?: number;
  /** How causes are told from effects: see `IndicatorOptions`. */
  readonly indicators?: "combined" | "variance-rule";
  /** Limit on restarts; default 20. */
  readonly maxStarts?: number;
  /** The solver stops when no entry of its gradient exceeds this; default 1e-9 ("lbfgs": 1e-8). */
  readonly tolerance?: number;
  /** Limit on the steps of one start; default 500 ("adam": 5000). */
  readonly maxIterations?: number;
}

/** Variance is squared: columns that agree to five digits are one. */
export const RANK_TOLERANCE = 1e-10;

/** A fitted multi-task linear causal model: plain, readonly data. Latents are z = B (h − mean), in canonical order. */
export interface MtlcmFit extends Indicators {
  /** B, d × d (r × d when h has rank r): row j gives latent j, which has variance 1 over the rows of the fit. */
  readonly unmixing: Matrix;
  /** Mean of h, d. */
  readonly mean: Float64Array;
  /** Mean over tasks of the share of the variance of y that each latent explains by itself, d, descending. */
  readonly explained: Float64Array;
  /** α_t, T: share of the pooled residual covariance that tasks with few rows borrowed; 0 for all others. */
  readonly shrinkage: Float64Array;
  /** Repairs that the data needed, in sentences; empty when there were none. */
  readonly notes: readonly string[];
  readonly solver: SolverReport;
}

/**
 * Fits the multi-task linear causal model to the moments of a representation and its targets.
 *
 *     h = A z + e ;   given y, a cause z_j keeps its variance, an effect is γ_tj y plus little noise
 *
 * Without observation noise its maximum likelihood is a joint diagonalisation of the residual covariances of h given y
 * (method: section 3; Chen et al. 2024, Eq. 14, fit it by Adam on minibatches).
 *
 * @param moments From `momentsOf` or `mergeMoments`.
 * @param options See `MtlcmOptions`.
 * @param random Source of the starting points.
 * @throws ConfigError for an option out of range; SingularMatrixError when a direction of h is a function of y in every task.
 */
export function fitMtlcm(moments: Moments, options: MtlcmOptions, random: Random): MtlcmFit {
  return finish(fitMtlcmSteps(moments, options, random));
}

/** `fitMtlcm` one step of the solver at a time, every step with its unmixing, so that a page can draw it. */
export function* fitMtlcmSteps(
  moments: Moments,
  options: MtlcmOptions,
  random: Random,
): Generator<SolverStep, MtlcmFit> {
  const { reduced, own, toInput, shrinkage, solver } = yield* unmixingSteps(moments, options, random);
  const { sigmaS = 0.1, intercept = true } = options;
  const { unmixing, explained } = canonicalise(reduced, own);
  return {
    unmixing: toInput(unmixing),
    mean: moments.pooled.mean,
    explained,
    ...indicatorsOf(reduced, unmixing, { ...options, sigmaS, intercept }),
    shrinkage,
    notes: notesOn(moments.dim, reduced.dim, shrinkage),
    solver,
  };
}

/** The unmixing alone, and how it was found: what a fit begins with. Its rows are in no particular order, scale or sign. */
export function fitUnmixing(
  moments: Moments,
  options: MtlcmOptions,
  random: Random,
): Pick<MtlcmFit, "unmixing" | "solver"> {
  const { own, toInput, solver } = finish(unmixingSteps(moments, options, random));
  return { unmixing: toInput(own), solver };
}

/** Reduces h to the directions in which it varies and solves there: `own` unmixes the reduced h. */
function* unmixingSteps(moments: Moments, options: MtlcmOptions, random: Random) {
  checkOptions(options, moments.taskNames.length);
  const { intercept = true, taskWeights, rankTolerance = RANK_TOLERANCE } = options;
  const reduction = rankReduction(moments, rankTolerance);
  const reduced = reduction === undefined ? moments : projectMoments(moments, reduction.projection);
  const toInput = (b: Matrix) => (reduction === undefined ? b : multiply(b, reduction.projection));

  const { moments: regular, shrinkage } = shrinkSmallTasks(secondMoments(reduced, intercept, taskWeights));
  const steps = solveMtlcm(regular, options, sharesRows(moments), random);
  const { unmixing: own, ...solver } = yield* mapSteps(steps, (step) => ({
    ...step,
    unmixing: toInput(step.unmixing),
  }));
  return { reduced, own, toInput, shrinkage, solver };
}

function notesOn(columns: number, rank: number, shrinkage: Float64Array): string[] {
  const notes: string[] = [];
  if (rank < columns) {
    notes.push(
      `The representation has ${columns} columns but varies in ${rank} directions only: ${rank} latents were fitted.`,
    );
  }
  const small = shrinkage.filter((share) => share > 0).length;
  if (small > 0) {
    notes.push(
      `${small} of ${shrinkage.length} tasks have too few rows for ${rank} latents: their residual covariances were ` +
        "shrunk towards the pooled one.",
    );
  }
  return notes;
}

function checkOptions(options: MtlcmOptions, tasks: number): void {
  const { solver = "auto", variance, sigmaS = 0.1, sigmaObs = 0.01, maxStarts = 1, taskWeights } = options;
  if (!(sigmaS > 0 && sigmaS < 1)) throw new ConfigError(`sigmaS must be above 0 and below 1, got ${sigmaS}`);
  if (!(Number.isInteger(maxStarts) && maxStarts >= 1)) {
    throw new ConfigError(`maxStarts must be a whole number of at least 1, got ${maxStarts}`);
  }
  if (sigmaObs !== "estimate" && !(sigmaObs > 0)) {
    throw new ConfigError(`sigmaObs must be above 0, or "estimate", got ${sigmaObs}`);
  }
  const weights = taskWeights === undefined ? [1] : Array.from(taskWeights);
  if (!weights.every((w) => w >= 0) || !weights.some((w) => w > 0) || (taskWeights?.length ?? tasks) !== tasks) {
    throw new ConfigError(`taskWeights must be ${tasks} numbers of at least 0, and not all 0`);
  }
  if (options.sigmaObs !== undefined && (solver === "closed-form" || solver === "auto")) {
    throw new ConfigError(
      'sigmaObs goes with the solvers "lbfgs" and "adam": "closed-form" assumes no noise, and "auto" estimates it',
    );
  }
  if (solver === "adam" && (sigmaObs === "estimate" || variance === "free")) {
    throw new ConfigError(
      'the "adam" solver is the paper\'s recipe: its variances are "clamped" and sigmaObs is a number',
    );
  }
}
