import { type Matrix, matrix } from "../linalg/matrix.ts";
import { trigamma } from "../stats/polygamma.ts";

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
 * Evidence that the ratio of two latents' own variances differs between tasks, which is what tells them apart.
 *
 *     x_t = log λ_ti − log( N_ii + k (λ_tj − N_jj) ) ;   z = ( min over k of Σ_t x_t² / var x_t  / (T−1) − 1 ) √((T−1)/2)
 *     var x_t = ψ'(ν_t/2) ( 1 + r_t² ) ,   r_t = k λ_tj / ( N_ii + k (λ_tj − N_jj) )
 *
 * x_t compares what latent i shows with what it would if its own variance were k times that of latent j in every task; j
 * is the one of the two with the smaller share of noise, whose own variances are better known. Without noise
 * x_t = log(λ_ti / λ_tj) − log k, whose sampling variance is exactly 2 ψ'(ν/2) for independent latents. Method: section 4, part 2 (there 4 / ν, its limit).
 *
 * @param lambda Λ_t, T × d², on rows that did not choose the unmixing.
 * @param degrees ν_t, T.
 * @param noise N = σo² B B', d × d; only the diagonal is read.
 * @returns z, d × d, symmetric; 0 with fewer than two tasks.
 */
export function separationScores(lambda: Matrix, degrees: Float64Array, noise: Matrix): Matrix {
  const tasks = lambda.rows;
  const d = noise.rows;
  const spread = degrees.map((nu) => trigamma(nu / 2));
  const shown = Array.from({ length: d }, (_, j) => spread.map((_, t) => lambda.data[(t * d + j) * d + j]));
  const level = Float64Array.from({ length: d }, (_, j) => noise.data[j * d + j]);
  const share = level.map((value, j) => value / shown[j].reduce((sum, shownInTask) => sum + shownInTask, 0));
  const scores = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const [noisier, clearer] = share[i] > share[j] ? [i, j] : [j, i];
      const q = departureFromProportion(shown[noisier], level[noisier], shown[clearer], level[clearer], spread);
      const z = tasks < 2 ? 0 : (q / (tasks - 1) - 1) * Math.sqrt((tasks - 1) / 2);
      scores.data[i * d + j] = z;
      scores.data[j * d + i] = z;
    }
  }
  return scores;
}

/** A latent keeps this share of what it shows, however large the noise: below, x_t says nothing and has no weight. */
const KEPT = 0.05;
const MAX_STEPS = 30;

/** min over k of Σ_t x_t² / var x_t, by Gauss–Newton steps in log k. */
function departureFromProportion(
  first: Float64Array,
  firstNoise: number,
  second: Float64Array,
  secondNoise: number,
  spread: Float64Array,
): number {
  const own = second.map((value) => Math.max(value - secondNoise, KEPT * value));
  let logK = 0;
  for (let step = 0; ; step++) {
    const k = Math.exp(logK);
    let [q, slope, curvature] = [0, 0, 0];
    first.forEach((value, t) => {
      const expected = firstNoise + k * own[t];
      const x = Math.log(value / expected);
      const precision = 1 / (spread[t] * (1 + ((k * second[t]) / expected) ** 2));
      const share = (k * own[t]) / expected;
      q += precision * x * x;
      slope += precision * share * x;
      curvature += precision * share * share;
    });
    const move = slope / curvature;
    if (step === MAX_STEPS || !(Math.abs(move) > 1e-9)) return q;
    logK += Math.max(-2, Math.min(2, move));
  }
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
