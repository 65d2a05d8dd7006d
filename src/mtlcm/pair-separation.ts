import { type Matrix, matrix } from "../linalg/matrix.ts";
import { trigamma } from "./polygamma.ts";

/** Whether latents i < j can be told apart. */
export interface PairSeparation {
  readonly i: number;
  readonly j: number;
  /** Strength of the evidence that they can, in standard deviations. */
  readonly z: number;
  readonly separated: boolean;
}

/** Pairs with less evidence than this count as not separated. */
export const SEPARATION_THRESHOLD = 3;

/**
 * Evidence that the ratio of two latents' residual variances differs between tasks, which is what tells them apart.
 *
 *     x_t = log(λ_ti / λ_tj) ;   Q = Σ_t (x_t − x̄)² / (2 ψ'(ν_t/2)) ,   z = ( Q / (T−1) − 1 ) √((T−1)/2)
 *
 * 2 ψ'(ν/2) is the exact sampling variance of x_t for independent latents; x̄ is weighted by its inverse. Method: section
 * 4, part 2 (there 4 / ν, its limit).
 *
 * @param lambda Λ_t, T × d², on rows that did not choose the unmixing.
 * @param degrees ν_t, T.
 * @returns z, d × d, symmetric; 0 with fewer than two tasks.
 */
export function separationScores(lambda: Matrix, degrees: Float64Array): Matrix {
  const tasks = lambda.rows;
  const d = Math.sqrt(lambda.cols);
  const precision = degrees.map((nu) => 1 / (2 * trigamma(nu / 2)));
  const total = precision.reduce((sum, p) => sum + p, 0);
  const scores = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const x = precision.map((_, t) => Math.log(lambda.data[(t * d + i) * d + i] / lambda.data[(t * d + j) * d + j]));
      const mean = x.reduce((sum, value, t) => sum + precision[t] * value, 0) / total;
      const q = x.reduce((sum, value, t) => sum + precision[t] * (value - mean) ** 2, 0);
      const z = tasks < 2 ? 0 : (q / (tasks - 1) - 1) * Math.sqrt((tasks - 1) / 2);
      scores.data[i * d + j] = z;
      scores.data[j * d + i] = z;
    }
  }
  return scores;
}

/** The pairs i < j of a symmetric matrix of scores, each judged against the threshold. */
export function judgePairs(scores: Matrix): PairSeparation[] {
  const pairs: PairSeparation[] = [];
  for (let i = 0; i < scores.rows; i++) {
    for (let j = i + 1; j < scores.rows; j++) {
      const z = scores.data[i * scores.rows + j];
      pairs.push({ i, j, z, separated: z >= SEPARATION_THRESHOLD });
    }
  }
  return pairs;
}

/**
 * The groups into which unseparated pairs join latents: the subspace of a group is identified, its axes are not.
 *
 * @returns Groups of two latents or more, ascending inside and by their first member.
 */
export function unresolvedGroups(d: number, pairs: readonly PairSeparation[]): number[][] {
  const label = Array.from({ length: d }, (_, j) => j);
  for (const { i, j, separated } of pairs) {
    if (separated) continue;
    const [kept, merged] = [label[i], label[j]];
    label.forEach((value, k) => {
      if (value === merged) label[k] = kept;
    });
  }
  const groups = new Map<number, number[]>();
  label.forEach((value, k) => {
    groups.set(value, [...(groups.get(value) ?? []), k]);
  });
  return [...groups.values()].filter((members) => members.length > 1).sort((a, b) => a[0] - b[0]);
}
