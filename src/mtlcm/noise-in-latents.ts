import { type Matrix, multiplyTransposed } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import { hiddenNoiseLevel } from "./hidden-noise.ts";
import type { MtlcmFit, MtlcmOptions } from "./mtlcm.ts";
import { noiseScore, seenNoise } from "./noise-score.ts";
import { residualCovariances } from "./residual-covariance.ts";
import type { NoiseLevel } from "./split-half.ts";

/** Observation noise in the latents of a fit, which have unit variance. */
export interface NoiseInLatents {
  /** Share of each latent's variance that is noise, as far as the rows show it, d. */
  readonly share: Float64Array;
  /** Most that may be noise that the rows do not show, d; 0 where they would show it. Absent where nothing can be said. */
  readonly hidden?: Float64Array;
  /** ε, d × d: what noise has made the closed form put of latent j into latent i; absent where no noise is seen. */
  readonly leakage?: Matrix;
}

/** Of wide data, where the dependence of many targets would pass for noise, and of which nothing is said. */
export const noNoise = (d: number): NoiseInLatents => ({ share: new Float64Array(d) });

/** One-sided 97.5 %. */
const CONFIDENCE_Z = 1.959964;
/**
 * Rows show noise where so much of the information about it is not there by chance. With three pairs of latents or more, chance alone
 * comes so far in less than 1 % of all cases (χ² of 3 above 12).
 */
const RELIABLE = 0.75;

/**
 * How much of each latent is observation noise, and how much more could be without showing.
 *
 *     share_j = σ² C_jj ,   C = B B' ,   σ² = 2 σ²(all rows) − mean σ²(half of the rows)
 *
 * with every σ² made unbiased for the slopes and levels of its tasks. The likelihood fits d variances a task beside it,
 * which makes σ² too small by an amount that goes as 1/n (Neyman & Scott 1948): a half shows the double of it, which is
 * then taken back (the jackknife of Quenouille 1956, with two halves). The score of the closed form is too small as well, its weights being
 * estimated from what they weigh, and treated alike. Where the whole and its halves were not solved alike, its estimate is taken as it is.
 *
 * Noise shows where it makes latents dependent given y: off the diagonal of C. Where C is diagonal, as under an orthogonal
 * mixing, it is part of the latents' own variances in every respect, and only `hiddenNoiseLevel` bounds it. Where C is not diagonal by
 * more than chance, and the score's upper confidence limit is below that bound, the rows would show noise, and none of it is hidden: the score's estimate is then the
 * share whether or not it is far enough from 0 to be seen, for an estimate that is taken for 0 where it is small is too small.
 *
 * @param groups Moments of disjoint groups of rows.
 * @param unmixing B, d × d.
 * @param fit Its solver.
 * @param halves Noise as each half of the data sees it.
 */
export function noiseInLatents(
  groups: readonly Moments[],
  unmixing: Matrix,
  { solver }: Pick<MtlcmFit, "solver">,
  halves: readonly [NoiseLevel, NoiseLevel],
  { intercept = true }: Pick<MtlcmOptions, "intercept">,
): NoiseInLatents {
  const d = unmixing.rows;
  const shape = multiplyTransposed(unmixing, unmixing);
  const shares = (level: number) =>
    Float64Array.from({ length: d }, (_, j) => Math.min(1, Math.max(0, level * shape.data[j * (d + 1)])));
  const merged = mergeMoments(groups);
  const residuals = residualCovariances(merged, intercept);
  const tasks = Array.from(merged.count, (rows, t) => ({ rows, fitted: rows - residuals.degrees[t] }));
  const unbias = (part: number) => {
    const used = tasks.filter(({ rows, fitted }) => rows * part > fitted);
    return sum(used, ({ rows }) => rows * part) / sum(used, ({ rows, fitted }) => rows * part - fitted);
  };
  const withoutBias = (all: number, exact: boolean) => {
    const comparable = halves.every((half) => half.exact === exact && half.rows);
    const half = (halves[0].estimate + halves[1].estimate) / 2;
    return comparable ? 2 * all * unbias(1) - half * unbias(1 / 2) : all * unbias(1);
  };
  const score = noiseScore(residuals, unmixing);
  const most = hiddenNoiseLevel(groups, unmixing, shape, intercept);
  if (solver.name !== "closed-form" && solver.sigmaObs !== undefined) {
    const level = withoutBias(solver.sigmaObs ** 2, solver.name === "lbfgs");
    return { share: shares(level), hidden: score.reliability > RELIABLE ? new Float64Array(d) : shares(most - level) };
  }
  const seen = solver.sigmaObs === undefined ? 0 : seenNoise(score);
  const upper = score.noise + CONFIDENCE_Z * score.overdispersion * score.standardError;
  const shows = score.reliability > RELIABLE && (seen > 0 || upper / score.reliability < most);
  return {
    share: shares(shows || seen > 0 ? Math.max(0, withoutBias(score.noise, false)) : 0),
    hidden: shows ? new Float64Array(d) : shares(most),
    ...(seen > 0 && { leakage: score.leakage }),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
