import { cholesky, choleskyInverse, choleskySolve } from "../linalg/cholesky.ts";
import { dot, type Matrix, matrix, multiplyVector } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import { trigamma } from "../stats/polygamma.ts";
import { block, splitLatents } from "./task-parameters.ts";
import type { TaskPrior } from "./task-prior.ts";
import { biasOfLog, moderate, type VariancePrior } from "./variance-prior.ts";

/** A task with few rows, and how much of it comes from the other tasks. */
export interface RegularisedTask {
  /** Moments of the one task from which the shrunken estimates follow by the formulas of any other task. */
  readonly moments: Moments;
  readonly strength: ShrinkageStrength;
}

/** How strongly the estimates of a task lean on the other tasks; all fall towards 0 as its rows grow in number. */
export interface ShrinkageStrength {
  /** λ: what ridge regression adds to the diagonal of the correlations of the causes. */
  readonly ridge: number;
  /** Share of τ, of each r_j on average, and of each γ_j on average that was borrowed, 0 … 1. */
  readonly unexplained: number;
  readonly residual: number;
  readonly effect: number;
}

/**
 * One task with its parameters shrunk towards what the known tasks have in common.
 *
 *     w = (S_CC + λ diag v_C)⁻¹ s_C ,   λ = τ₀ / (n ω²)        ridge: w_j √(v_j/q) ~ N(0, ω²), noise of share τ₀
 *     γ_j = (s_j/q̂) g² / ( g² + (q/q̂) r_j/(n v_j) )            the same for one slope
 *     τ, r_j: (ν₀ prior + ν own)/(ν₀ + ν)                      moderated variances (Smyth 2004)
 *     q: the same, where that is above q̂                       q̂ what the rows show
 *     q: the same, where that is above q̂                       q̂ what the rows show
 *
 * The causes enter with their own covariance, and effects are independent of them and of each other given y, as in the
 * model. With many rows w, γ, τ and r are those of least squares.
 *
 * @param moments of this one task, in latent coordinates.
 * @param pCause P(c_j = 1), d.
 * @param prior from the known tasks.
 */
export function regulariseTask(moments: Moments, pCause: Float64Array, prior: TaskPrior): RegularisedTask {
  const { dim: d, covH, covHY, varY } = moments;
  const [S, s, n] = [covH.data, covHY.data, moments.count[0]];
  const { causes, effects } = splitLatents(pCause);
  const variance = (j: number) => S[j * d + j];

  const shown = (varY[0] * n) / (n - 1);
  const spread = scaleOfTarget(prior.target, shown, n - 1);
  const ridge = causes.length === 0 ? 0 : prior.unexplained.value / (n * prior.weightSquare);
  const own = block(S, causes, d);
  const ridged = matrix(own.rows, own.cols, own.data.slice());
  causes.forEach((j, c) => {
    ridged.data[c * causes.length + c] += ridge * variance(j);
  });
  const factor = cholesky(ridged);
  const covariance = Float64Array.from(causes, (j) => s[j]);
  const w = choleskySolve(factor, covariance);
  const precision = choleskyInverse(factor);
  const degrees = n - 1 - trace(own, precision);
  const left = varY[0] - 2 * dot(w, covariance) + dot(w, multiplyVector(own, w));
  const share = moderate(prior.unexplained, (left * n) / degrees / spread, degrees);
  const unexplained = share * spread;

  const q = unexplained + dot(w, covariance);
  const result = { S: S.slice(), s: s.slice() };
  causes.forEach((j, c) => {
    result.S[j * d + j] = ridged.data[c * causes.length + c];
  });
  let borrowed = 0;
  const residuals = effects.map((j) => {
    const raw = s[j] / varY[0];
    const residual = moderate(prior.residual, ((variance(j) - raw * s[j]) * n) / (n - 2), n - 2);
    const kept = prior.effectSquare / (prior.effectSquare + ((spread / shown) * residual) / (n * variance(j)));
    borrowed += (1 - kept) / effects.length;
    result.s[j] = raw * kept * q;
    return residual;
  });
  effects.forEach((j, e) => {
    const gamma = result.s[j] / q;
    for (let i = 0; i < d; i++) result.S[i * d + j] = result.S[j * d + i] = gamma * result.s[i];
    result.S[j * d + j] = gamma * result.s[j] + residuals[e];
  });

  return {
    moments: {
      ...moments,
      covH: matrix(1, d * d, result.S),
      covHY: matrix(1, d, result.s),
      varY: Float64Array.of(q),
    },
    strength: {
      ridge,
      unexplained: shareOf(prior.unexplained.degrees, degrees),
      residual: effects.length === 0 ? 0 : shareOf(prior.residual.degrees, n - 2),
      effect: borrowed,
    },
  };
}

/** Standard deviations of log q̂ by which the scale of a target may differ from the known ones' and count as one of theirs. */
const COMPARABLE = 4;

/**
 * The variance of y: the moderated one, where that is larger than what few rows show and does not contradict it. Rows of which the targets happen to lie close
 * together say little of the slopes of effects on them, and would pass for a task whose y is known beforehand.
 */
function scaleOfTarget(prior: VariancePrior, shown: number, degrees: number): number {
  if (prior.degrees === 0) return shown;
  const isExact = prior.degrees === Number.POSITIVE_INFINITY;
  const spread = trigamma(degrees / 2) + (isExact ? 0 : trigamma(prior.degrees / 2));
  const expected = Math.log(prior.value) + biasOfLog(degrees) - (isExact ? 0 : biasOfLog(prior.degrees));
  const contradicts = Math.log(shown) < expected - COMPARABLE * Math.sqrt(spread);
  return contradicts ? shown : Math.max(shown, moderate(prior, shown, degrees));
}

function shareOf(prior: number, own: number): number {
  return prior === Number.POSITIVE_INFINITY ? 1 : prior / (prior + own);
}

function trace(a: Matrix, b: Matrix): number {
  return a.data.reduce((sum, value, at) => sum + value * b.data[at], 0);
}
