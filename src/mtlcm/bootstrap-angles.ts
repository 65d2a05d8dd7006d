import { inverse } from "../linalg/lu.ts";
import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { matchUnmixing, unitVariance } from "./matching.ts";
import type { MtlcmOptions } from "./mtlcm.ts";
import { refit } from "./refit.ts";

/** How the latents move when the rows are drawn again. */
export interface BootstrapAngles {
  /** Evidence that each pair stays apart, d × d: the spread of a uniform angle over the spread found. */
  readonly scores: Matrix;
  /** |sin θ| of the root mean square angle of each pair, d × d: how much of one latent is found in the other. */
  readonly leakage: Matrix;
  /** Mean |corr| of each latent with itself over the replicates, d. */
  readonly correlation: Float64Array;
}

/** Standard deviation of an angle that is uniform between −45° and 45°: the latents of a pair are then exchangeable. */
const UNIFORM_SPREAD = Math.PI / 4 / Math.sqrt(3);

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
  const angles = squares.data.map(Math.sqrt);
  return {
    scores: matrix(
      d,
      d,
      angles.map((rms) => UNIFORM_SPREAD / rms),
    ),
    leakage: matrix(d, d, angles.map(Math.sin)),
    correlation,
  };
}

/** The rotation in the plane of latents i and j that E contains, between −45° and 45°: by 90° is to swap the two. */
function planeAngle({ cols: d, data: e }: Matrix, i: number, j: number): number {
  const angle = Math.atan2(e[i * d + j] - e[j * d + i], e[i * d + i] + e[j * d + j]);
  return angle - (Math.PI / 2) * Math.round(angle / (Math.PI / 2));
}
