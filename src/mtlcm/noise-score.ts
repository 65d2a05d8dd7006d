import { type Matrix, matrix, multiplyTransposed } from "../linalg/matrix.ts";
import { congruence } from "./congruence.ts";
import { couplings } from "./contamination.ts";
import type { ResidualCovariances } from "./residual-covariance.ts";

/** What the closed form's leftovers say about observation noise. */
export interface NoiseScore {
  /** One step towards σo² from 0; not above 0 where the leftovers are no noise. */
  readonly noise: number;
  /** Its standard error by sampling; infinite where noise cannot be told from the latents' own variance, as under an orthogonal A. */
  readonly standardError: number;
  /**
   * By how much more the scores of the tasks scatter, as a factor of the standard error, at least 1 (a sandwich over tasks): causes of one
   * target depend on each other given it, alike in all its rows, which neither sampling nor redrawn rows know. Noise that is
   * large scatters more to second order too, so this is for intervals, and not for telling whether there is noise.
   */
  readonly overdispersion: number;
  /**
   * Share of the information about noise that is not there by chance, at most 1: the off-diagonals of C have sampling errors
   * of their own, and where these are all there is, as under an orthogonal A, the score is near 0 whatever the noise.
   */
  readonly reliability: number;
  /** ε, d × d: how much of latent j noise has made the closed form put into latent i, in units of the rows of B. */
  readonly leakage: Matrix;
}

/**
 * The score test for observation noise at the closed-form solution, and the estimate that goes with it.
 *
 *     Λ_t,ij ≈ σo² C_ij + ε_ij λ_tj + ε_ji λ_ti ,   var = λ_ti λ_tj / ν_t ,   C = B B'
 *
 * Noise leaves the same trace σo² C in every task, off the diagonals, where joint diagonalisation leaves nothing. Each pair's trace is
 * compared with what is left of it after a change of B has explained all it can (weighted least squares over tasks: the
 * efficient score), and the pairs are added up. To first order in σo² this is maximum likelihood; it is
 * free of the scale of the latents.
 *
 *     reliability = Σ_ij (C_ij² − v_ij) I_ij / Σ_ij C_ij² I_ij ,   v_ij = var( C_jj ε_ij + C_ii ε_ji )
 *
 * is that of a regressor with errors (Fuller 1987, section 1.1): B = (I + ε) A⁻¹ has the sampling errors of `contamination`, and C with it.
 *
 * @param residuals R_t, with their weights and degrees of freedom.
 * @param unmixing B, d × d.
 * @param level σo² around which the tasks' scores are taken to scatter; by default the estimate itself.
 */
export function noiseScore(residuals: ResidualCovariances, unmixing: Matrix, level?: number): NoiseScore {
  const d = unmixing.rows;
  const lambda = congruence(residuals.matrices, unmixing);
  const shape = multiplyTransposed(unmixing, unmixing).data;
  const perPair: { i: number; j: number; pair: PairScore }[] = [];
  const byChance = traceVariances(lambda, residuals, shape);
  let [score, information, chance] = [0, 0, 0];
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const pair = pairScore(lambda, residuals.degrees, i, j);
      score += shape[i * d + j] * pair.score;
      information += shape[i * d + j] ** 2 * pair.information;
      if (pair.information > 0) chance += byChance.data[i * d + j] * pair.information;
      perPair.push({ i, j, pair });
    }
  }
  const noise = information > 0 ? score / information : 0;
  const leakage = matrix(d, d);
  const perTask = new Float64Array(lambda.rows);
  for (const { i, j, pair } of perPair) {
    addTaskScores(perTask, lambda, residuals.degrees, { i, j, trace: shape[i * d + j], noise: level ?? noise, pair });
    leakage.data[i * d + j] = noise * shape[i * d + j] * pair.intoFirst;
    leakage.data[j * d + i] = noise * shape[i * d + j] * pair.intoSecond;
  }
  const squares = perTask.reduce((sum, s) => sum + s * s, 0);
  const overdispersion = Math.sqrt(Math.max(1, information > 0 ? squares / information : 1));
  const reliability = information > 0 ? 1 - chance / information : 0;
  return { noise, standardError: 1 / Math.sqrt(information), overdispersion, reliability, leakage };
}

/** v_ij, the sampling variance of C_ij, d × d, symmetric; infinite for latents that nothing tells apart. */
function traceVariances(lambda: Matrix, { weights, degrees }: ResidualCovariances, shape: Float64Array): Matrix {
  const d = Math.sqrt(lambda.cols);
  const { own, shared } = couplings(lambda, weights, degrees, matrix(d, d));
  const rows = degrees.reduce((sum, nu) => sum + nu, 0);
  const result = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      if (i === j) continue;
      const [ij, ji, both] = [own.data[i * d + j], own.data[j * d + i], shared.data[i * d + j]];
      const [ci, cj] = [shape[i * (d + 1)], shape[j * (d + 1)]];
      const curvature = ij * ji - both ** 2;
      result.data[i * d + j] =
        curvature > 0
          ? (cj ** 2 * ji + ci ** 2 * ij - 2 * ci * cj * both) / (rows * curvature)
          : Number.POSITIVE_INFINITY;
    }
  }
  return result;
}

interface PairScore {
  /** Σ_t w_t Λ_t,ij (1 − fit), w_t = ν_t / (λ_ti λ_tj). */
  readonly score: number;
  /** Σ_t w_t (1 − fit): what is left of a constant after regression on λ_tj and λ_ti. */
  readonly information: number;
  /** Coefficients of that regression: ε_ij and ε_ji for a trace of 1. */
  readonly intoFirst: number;
  readonly intoSecond: number;
}

function pairScore({ data, cols }: Matrix, degrees: Float64Array, i: number, j: number): PairScore {
  const d = Math.sqrt(cols);
  let ones = 0;
  let byI = 0;
  let byJ = 0;
  let ratioI = 0;
  let ratioJ = 0;
  let total = 0;
  let trace = 0;
  let traceI = 0;
  let traceJ = 0;
  for (let t = 0, from = 0; t < degrees.length; t++, from += cols) {
    const nu = degrees[t];
    const li = data[from + i * d + i];
    const lj = data[from + j * d + j];
    const off = data[from + i * d + j];
    ones += nu / (li * lj);
    byI += nu / lj;
    byJ += nu / li;
    ratioI += (nu * li) / lj;
    ratioJ += (nu * lj) / li;
    total += nu;
    trace += (nu * off) / (li * lj);
    traceI += (nu * off) / lj;
    traceJ += (nu * off) / li;
  }
  // Normal equations of 1 ~ intoFirst λ_j + intoSecond λ_i; singular where the ratio of the two never changes.
  const determinant = ratioI * ratioJ - total ** 2;
  if (!(determinant > SINGULAR * total ** 2)) return { score: 0, information: 0, intoFirst: 0, intoSecond: 0 };
  const intoSecond = (ratioJ * byI - total * byJ) / determinant;
  const intoFirst = (ratioI * byJ - total * byI) / determinant;
  return {
    score: trace - intoSecond * traceI - intoFirst * traceJ,
    information: ones - intoSecond * byI - intoFirst * byJ,
    intoFirst,
    intoSecond,
  };
}

interface ScoredPair {
  readonly i: number;
  readonly j: number;
  /** C_ij. */
  readonly trace: number;
  /** σo². */
  readonly noise: number;
  readonly pair: PairScore;
}

/** Adds what each task contributes to a pair's score beyond what the estimated noise explains. */
function addTaskScores(
  perTask: Float64Array,
  { data, cols }: Matrix,
  degrees: Float64Array,
  { i, j, trace, noise, pair: { information, intoFirst, intoSecond } }: ScoredPair,
): void {
  if (information === 0) return;
  const d = Math.sqrt(cols);
  for (let t = 0, from = 0; t < degrees.length; t++, from += cols) {
    const li = data[from + i * d + i];
    const lj = data[from + j * d + j];
    const off = data[from + i * d + j];
    perTask[t] += ((trace * degrees[t]) / (li * lj)) * (off - noise * trace) * (1 - intoSecond * li - intoFirst * lj);
  }
}

const SINGULAR = 1e-9;

/** Standard errors from 0 at which noise counts as seen. */
const SEEN = 3;
/** Noise matters when it costs a latent more than .001 of its correlation, half of this. */
const TOLERABLE_SHARE = 2e-3;

/**
 * σo² as far as it has been seen: 0 where the estimate is less than three standard errors above that, and where all that would show it is there by
 * chance. Of latents unmixed once before, C has nothing but rounding off its diagonal, and the score is of any size.
 */
export function seenNoise({ noise, standardError, reliability }: NoiseScore): number {
  return reliability > 0 && noise > SEEN * standardError ? noise : 0;
}

/**
 * Whether observation noise is there and is no trifle: whether it makes the closed form wrong, or is itself a part of a latent
 * that only the exact likelihood measures well enough.
 *
 *     max_i Σ_j ε_ij² v_j / v_i > .002   or   max_i σo² C_ii / v_i > .002
 *
 * The second does not follow from the first: where noise is large, ε is no longer what a first step says (a quarter of the
 * latents' variance was noise that had cost the closed form half of one, and ε promised nothing).
 *
 * @param score From `noiseScore`.
 * @param shape C = B B', d × d; only the diagonal is read.
 * @param variances v, d: variances of the latents, in units of the same rows of B.
 */
export function noiseMatters(score: NoiseScore, shape: Matrix, variances: Float64Array): boolean {
  const noise = seenNoise(score);
  return (
    leakageMatters(score, variances) ||
    variances.some((own, i) => noise * shape.data[i * (shape.rows + 1)] > TOLERABLE_SHARE * own)
  );
}

/** Whether noise is seen that makes the closed form wrong by more than a trifle: the first half of `noiseMatters`. */
export function leakageMatters(score: NoiseScore, variances: Float64Array): boolean {
  const { rows: d, data: leakage } = score.leakage;
  if (seenNoise(score) === 0) return false;
  return variances.some((own, i) => {
    const foreign = variances.reduce((sum, other, j) => sum + leakage[i * d + j] ** 2 * other, 0);
    return foreign > TOLERABLE_SHARE * own;
  });
}
