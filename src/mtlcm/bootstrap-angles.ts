import { cholesky, invertLowerTriangular } from "../linalg/cholesky.ts";
import { inverse } from "../linalg/lu.ts";
import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { clampedBounds, FREE } from "./diagonality.ts";
import { diagonalise } from "./joint-diagonalisation.ts";
import { matchUnmixing, unitVariance } from "./matching.ts";
import type { MtlcmOptions } from "./mtlcm.ts";
import { pack } from "./packed-covariances.ts";
import { pooledCovariance, residualsOf } from "./residual-covariance.ts";
import { secondMoments } from "./second-moments.ts";
import { shrinkSmallTasks } from "./shrinkage.ts";
import { finish } from "./steps.ts";

/** How the latents move when the rows are drawn again. */
export interface BootstrapAngles {
  /** Evidence that each pair stays apart, d × d: the spread of a uniform angle over the spread found. */
  readonly scores: Matrix;
  /** Mean |corr| of each latent with itself over the replicates, d. */
  readonly correlation: Float64Array;
}

/** Standard deviation of an angle that is uniform between −45° and 45°: the latents of a pair are then exchangeable. */
const UNIFORM_SPREAD = Math.PI / 4 / Math.sqrt(3);

/** A replicate stops at this gradient: its optimum is then known to far less than its sampling error. */
const TOLERANCE = 1e-4;

/**
 * The bootstrap of the plane angle of every pair of latents, over groups of rows drawn with replacement.
 *
 *     E = B_b B⁻¹ ,   θ_ij = atan2(E_ij − E_ji, E_ii + E_jj) reduced to ±45° ,   z_ij = (π/4/√3) / rms θ_ij
 *
 * with latents of unit variance, matched by assignment. Method: section 4, wide data; a threshold of 3 then asks for a
 * spread below 15°. Every replicate starts from B, so this sees how flat the optimum is, not whether there is another.
 *
 * @param groups Moments of disjoint groups of rows.
 * @param whole B, d × d, fitted to all of them.
 * @param replicates Number of bootstrap samples.
 */
export function bootstrapAngles(
  groups: readonly Moments[],
  whole: Matrix,
  options: MtlcmOptions,
  replicates: number,
  random: Random,
): BootstrapAngles {
  const d = whole.rows;
  const { covariance } = mergeMoments(groups).pooled;
  const reference = unitVariance(whole, covariance);
  const back = inverse(reference);
  const squares = matrix(d, d);
  const correlation = new Float64Array(d);
  for (let k = 0; k < replicates; k++) {
    const draw = random.split(k);
    const sample = mergeMoments(groups.map(() => groups[draw.integer(groups.length)]));
    const matched = matchUnmixing(reference, refit(sample, reference, options), covariance);
    const e = multiply(matched.unmixing, back);
    for (let i = 0; i < d; i++) {
      correlation[i] += matched.correlation[i] / replicates;
      for (let j = 0; j < d; j++) squares.data[i * d + j] += planeAngle(e, i, j) ** 2 / replicates;
    }
  }
  return {
    scores: matrix(
      d,
      d,
      squares.data.map((mean) => UNIFORM_SPREAD / Math.sqrt(mean)),
    ),
    correlation,
  };
}

/** The joint diagonaliser of a replicate that B leads to. */
function refit(sample: Moments, from: Matrix, options: MtlcmOptions): Matrix {
  const { variance = "free", sigmaS = 0.1, intercept = true } = options;
  const set = residualsOf(shrinkSmallTasks(secondMoments(sample, intercept, options.taskWeights)).moments);
  const factor = cholesky(pooledCovariance(set));
  const whitening = invertLowerTriangular(factor);
  const white = pack({ ...set, matrices: congruence(set.matrices, whitening) });
  const bounds = variance === "free" ? FREE : clampedBounds(sigmaS);
  const end = finish(diagonalise(white, multiply(from, factor), { bounds, tolerance: TOLERANCE }));
  return multiply(end.unmixing, whitening);
}

/** The rotation in the plane of latents i and j that E contains, between −45° and 45°: by 90° is to swap the two. */
function planeAngle({ cols: d, data: e }: Matrix, i: number, j: number): number {
  const angle = Math.atan2(e[i * d + j] - e[j * d + i], e[i * d + i] + e[j * d + j]);
  return angle - (Math.PI / 2) * Math.round(angle / (Math.PI / 2));
}
