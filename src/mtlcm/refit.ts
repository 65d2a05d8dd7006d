import { cholesky, invertLowerTriangular } from "../linalg/cholesky.ts";
import { type Matrix, multiply } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { clampedBounds, FREE, type VarianceBounds } from "./diagonality.ts";
import { solveExactly } from "./exact-solver.ts";
import { searchGlobally } from "./global-search.ts";
import { diagonalise } from "./joint-diagonalisation.ts";
import type { MtlcmOptions } from "./mtlcm.ts";
import { type NoiseScore, noiseScore } from "./noise-score.ts";
import { pack } from "./packed-covariances.ts";
import { projectMoments } from "./rank-reduction.ts";
import { pooledCovariance, residualsOf } from "./residual-covariance.ts";
import { type SecondMoments, secondMoments } from "./second-moments.ts";
import { shrinkSmallTasks } from "./shrinkage.ts";
import { finish } from "./steps.ts";

/** Other starts for a refit, beside the point that it starts from. */
export interface FreshStarts {
  readonly count: number;
  readonly random: Random;
}

/** A refit stops at this gradient: its optimum is then known to far less than its sampling error. */
const TOLERANCE = 1e-4;

/**
 * The unmixing of a resampled data set, in the optimum to which a given one leads.
 *
 * From that point alone this sees how flat the optimum is; fresh starts also find another optimum that has become lower.
 *
 * @param sample Moments of the replicate.
 * @param from B, d × d.
 * @param options Those of the fit; which solver they name does not matter.
 * @param noise Covariance of the observation noise in the coordinates of the sample, d × d, when the fit is by the exact
 *   likelihood; without it a replicate is joint diagonalisation.
 * @returns d × d, in no particular order, sign or scale.
 * @throws SingularMatrixError when the replicate has too few rows left for d latents.
 */
export function refit(
  sample: Moments,
  from: Matrix,
  options: MtlcmOptions,
  { noise, fresh }: { readonly noise?: Matrix | undefined; readonly fresh?: FreshStarts | undefined } = {},
): Matrix {
  if (noise !== undefined) return refitNoisy(sample, from, options, { noise, estimated: false, fresh }).unmixing;
  return diagonaliser(regular(sample, options), from, boundsOf(options), fresh);
}

export interface NoisyRefitOptions {
  /** Covariance of the observation noise in the coordinates of the sample, d × d. */
  readonly noise: Matrix;
  readonly estimated: boolean;
  readonly fresh?: FreshStarts | undefined;
}

/** An unmixing, and the level of noise beside the one given: 1 where it is the same. */
export interface NoisyRefit {
  readonly unmixing: Matrix;
  readonly noiseRatio: number;
}

/**
 * `refit` by the exact likelihood, with noise of the covariance given, or, where it is estimated, of that shape: its level
 * is then found again, from the one given.
 */
export function refitNoisy(
  sample: Moments,
  from: Matrix,
  options: MtlcmOptions,
  { noise, estimated, fresh }: NoisyRefitOptions,
): NoisyRefit {
  const bounds = boundsOf(options);
  // In these coordinates noise is N(0, I), as the exact solver has it.
  const factor = cholesky(noise);
  const whitening = invertLowerTriangular(factor);
  const moments = regular(projectMoments(sample, whitening), options);
  let start = multiply(from, factor);
  if (fresh !== undefined && fresh.count > 0) start = diagonaliser(moments, start, bounds, fresh);
  const closed = {
    unmixing: start,
    value: 0,
    starts: 1,
    agreed: 1,
    gap: null,
    converged: true,
    reason: "gradient",
  } as const;
  const level = estimated ? ({ sigmaObs: "estimate", startingSigmaObs: 1 } as const) : { sigmaObs: 1 };
  const end = finish(solveExactly(moments, closed, bounds, { ...level, tolerance: TOLERANCE }));
  return { unmixing: multiply(end.unmixing, whitening), noiseRatio: (end.sigmaObs ?? 1) ** 2 };
}

/**
 * Noise of a given shape as the leftovers of a closed form show it: a level of 1 is the shape itself.
 *
 * @param unmixing The closed form of the sample, d × d.
 * @param shape Covariance in the coordinates of the sample, d × d.
 * @param level As for `noiseScore`.
 */
export function shownNoise(
  sample: Moments,
  unmixing: Matrix,
  shape: Matrix,
  options: MtlcmOptions,
  level?: number,
): NoiseScore {
  const factor = cholesky(shape);
  const moments = regular(projectMoments(sample, invertLowerTriangular(factor)), options);
  return noiseScore(residualsOf(moments), multiply(unmixing, factor), level);
}

/** The range of the variances given y, as the options of a fit have it. */
export function boundsOf({ variance = "free", sigmaS = 0.1 }: MtlcmOptions): VarianceBounds {
  return variance === "free" ? FREE : clampedBounds(sigmaS);
}

/** Mean products of a sample, tasks with few rows shrunk as the fit does. */
export function regular(sample: Moments, { intercept = true, taskWeights }: MtlcmOptions): SecondMoments {
  return shrinkSmallTasks(secondMoments(sample, intercept, taskWeights)).moments;
}

function diagonaliser(moments: SecondMoments, from: Matrix, bounds: VarianceBounds, fresh?: FreshStarts): Matrix {
  const set = residualsOf(moments);
  const factor = cholesky(pooledCovariance(set));
  const whitening = invertLowerTriangular(factor);
  const white = { ...set, matrices: congruence(set.matrices, whitening) };
  const solving = { bounds, tolerance: TOLERANCE };
  const start = multiply(from, factor);
  const end =
    fresh === undefined || fresh.count === 0
      ? finish(diagonalise(pack(white), start, solving))
      : finish(searchGlobally(white, { ...solving, starts: [start], maxStarts: 1 + fresh.count }, fresh.random));
  return multiply(end.unmixing, whitening);
}
