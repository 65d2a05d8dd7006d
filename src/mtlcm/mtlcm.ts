import { ConfigError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { canonicalise } from "./canonical.ts";
import { solveClosedForm } from "./closed-form.ts";
import { clampedBounds, FREE } from "./diagonality.ts";
import type { GlobalSearchStep } from "./global-search.ts";
import { type Indicators, indicatorsOf } from "./indicators.ts";
import { finish, type StopReason } from "./joint-diagonalisation.ts";
import { residualCovariances } from "./residual-covariance.ts";

export interface MtlcmOptions {
  /**
   * "free": a latent's variance given y is whatever the task shows (Pham's criterion; the default). "clamped": it lies
   * between σs² and 1, the paper's model, which presumes latents of variance 1 in every task.
   */
  readonly variance?: "free" | "clamped";
  /** σs, standard deviation of an effect given y, in units of the latent's own; default 0.1. */
  readonly sigmaS?: number;
  /** Whether a task has its own level of h and y; default true. The paper's released code has none. */
  readonly intercept?: boolean;
  /** Limit on restarts; default 20. */
  readonly maxStarts?: number;
  /** The solver stops when no entry of the relative gradient exceeds this; default 1e-9. */
  readonly tolerance?: number;
  /** Limit on the steps of one start; default 500. */
  readonly maxIterations?: number;
}

/** How the solver ended. */
export interface SolverReport {
  /** Negative log-likelihood per row, in nats. */
  readonly value: number;
  /** Starts made, and how many of them ended at this value. */
  readonly starts: number;
  readonly agreed: number;
  /** Value of the second-best distinct optimum minus this one; null when every start agreed. */
  readonly gap: number | null;
  readonly converged: boolean;
  /** Why it stopped; "gradient" when it converged. */
  readonly reason: StopReason;
}

/** A fitted multi-task linear causal model: plain, readonly data. Latents are z = B (h − mean), in canonical order. */
export interface MtlcmFit extends Indicators {
  /** B, d × d: row j gives latent j. Every latent has variance 1 over the rows of the fit. */
  readonly unmixing: Matrix;
  /** Mean of h, d. */
  readonly mean: Float64Array;
  /** Mean over tasks of the share of the variance of y that each latent explains by itself, d, descending. */
  readonly explained: Float64Array;
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
 * @throws ConfigError for an option out of range; SingularMatrixError when h has linearly dependent columns.
 */
export function fitMtlcm(moments: Moments, options: MtlcmOptions, random: Random): MtlcmFit {
  return finish(fitMtlcmSteps(moments, options, random));
}

/** `fitMtlcm` one step of the solver at a time, every step with its unmixing, so that a page can draw it. */
export function* fitMtlcmSteps(
  moments: Moments,
  options: MtlcmOptions,
  random: Random,
): Generator<GlobalSearchStep, MtlcmFit> {
  const { variance = "free", sigmaS = 0.1, intercept = true, ...search } = options;
  checkOptions(sigmaS, search);
  const bounds = variance === "free" ? FREE : clampedBounds(sigmaS);
  const solution = yield* solveClosedForm(residualCovariances(moments, intercept), bounds, search, random);
  const { unmixing, explained } = canonicalise(moments, solution.unmixing);
  const { value, starts, agreed, gap, converged, reason } = solution;
  return {
    unmixing,
    mean: moments.pooled.mean,
    explained,
    ...indicatorsOf(moments, unmixing, sigmaS, intercept),
    solver: { value, starts, agreed, gap, converged, reason },
  };
}

function checkOptions(sigmaS: number, { maxStarts = 1 }: MtlcmOptions): void {
  if (!(sigmaS > 0 && sigmaS < 1)) throw new ConfigError(`sigmaS must be above 0 and below 1, got ${sigmaS}`);
  if (!(Number.isInteger(maxStarts) && maxStarts >= 1)) {
    throw new ConfigError(`maxStarts must be a whole number of at least 1, got ${maxStarts}`);
  }
}
