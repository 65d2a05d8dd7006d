import { cholesky, invertLowerTriangular } from "../linalg/cholesky.ts";
import { type Matrix, multiply } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { clampedBounds, FREE } from "./diagonality.ts";
import { searchGlobally } from "./global-search.ts";
import { diagonalise } from "./joint-diagonalisation.ts";
import type { MtlcmOptions } from "./mtlcm.ts";
import { pack } from "./packed-covariances.ts";
import { pooledCovariance, residualsOf } from "./residual-covariance.ts";
import { secondMoments } from "./second-moments.ts";
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
 * The joint diagonaliser of a resampled data set, without observation noise, to which a given unmixing leads.
 *
 * From that point alone this sees how flat the optimum is; fresh starts also find another optimum that has become lower.
 *
 * @param sample Moments of the replicate.
 * @param from B, d × d.
 * @param options Those of the fit; the solver is the closed form whatever they say.
 * @returns d × d, in no particular order, sign or scale.
 * @throws SingularMatrixError when the replicate has too few rows left for d latents.
 */
export function refit(sample: Moments, from: Matrix, options: MtlcmOptions, fresh?: FreshStarts): Matrix {
  const { variance = "free", sigmaS = 0.1, intercept = true } = options;
  const set = residualsOf(shrinkSmallTasks(secondMoments(sample, intercept, options.taskWeights)).moments);
  const factor = cholesky(pooledCovariance(set));
  const whitening = invertLowerTriangular(factor);
  const white = { ...set, matrices: congruence(set.matrices, whitening) };
  const solving = { bounds: variance === "free" ? FREE : clampedBounds(sigmaS), tolerance: TOLERANCE };
  const start = multiply(from, factor);
  const end =
    fresh === undefined || fresh.count === 0
      ? finish(diagonalise(pack(white), start, solving))
      : finish(searchGlobally(white, { ...solving, starts: [start], maxStarts: 1 + fresh.count }, fresh.random));
  return multiply(end.unmixing, whitening);
}
