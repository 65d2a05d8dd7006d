import { cholesky, choleskyInverse } from "../linalg/cholesky.ts";
import { dot, type Matrix, matrix, multiplyVector, rowView } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";

/** A task as its causal model, causes → y → effects, around its means. */
export interface TaskParameters {
  /** n, rows behind the estimates. */
  readonly rows: number;
  /** Mean of z, d. */
  readonly meanZ: Float64Array;
  readonly meanY: number;
  /** q, variance of y. */
  readonly varY: number;
  /** Mean of (y − ȳ)² over the rows behind the estimates, from which slopes on y have their errors; q unless that was borrowed. */
  readonly shownY: number;
  /** C, the latents that cause y, k of them, ascending. */
  readonly causes: readonly number[];
  /** w, slopes of y on its causes together, k. */
  readonly weights: Float64Array;
  /** S_CC⁻¹, k × k. */
  readonly precision: Matrix;
  /** τ, variance of y given its causes. */
  readonly unexplained: number;
  /** The other latents, d − k. */
  readonly effects: readonly number[];
  /** γ, slopes of the effects on y. */
  readonly slopes: Float64Array;
  /** r, variances of the effects given y. */
  readonly residual: Float64Array;
}

/** Latents that are more likely a cause than an effect. */
const MORE_LIKELY = 0.5;

/** The causes of a task and the other latents, from its row of pCause. */
export function splitLatents(pCause: Float64Array): { causes: number[]; effects: number[] } {
  const latents = Array.from(pCause, (_, j) => j);
  return {
    causes: latents.filter((j) => pCause[j] > MORE_LIKELY),
    effects: latents.filter((j) => !(pCause[j] > MORE_LIKELY)),
  };
}

/**
 * The parameters of one task by least squares, from its moments in latent coordinates.
 *
 *     w = S_CC⁻¹ s_C ,   τ = (q − s_C'w) n/(n − k − 1) ,   γ_j = s_j / q ,   r_j = (v_j − γ_j s_j) n/(n − 2)
 *
 * @param moments from `latentMoments`.
 * @param task index t of the task.
 * @param pCause P(c_tj = 1), d; latents above ½ are the causes.
 * @param moderated true when the variances in the moments are estimates that already allow for the few rows behind them
 *   (`regulariseTask`): the factors n/(n − k − 1) and n/(n − 2) are then left out.
 * @returns parameters in the units of z and y; τ is NaN for a task with n ≤ k + 1 rows, whose weights are not estimable.
 * @throws SingularMatrixError when the causes are linearly dependent.
 */
export function taskParameters(
  moments: Moments,
  task: number,
  pCause: Float64Array,
  moderated: boolean,
): TaskParameters {
  const { dim: d, count, meanH, meanY, covH, covHY, varY } = moments;
  const [S, s, q, n] = [rowView(covH, task), rowView(covHY, task), varY[task], count[task]];
  const { causes, effects } = splitLatents(pCause);
  const k = causes.length;
  const shared = { rows: n, meanZ: rowView(meanH, task), meanY: meanY[task], varY: q, shownY: q, causes, effects };
  const slopes = Float64Array.from(effects, (j) => s[j] / q);
  const residual = Float64Array.from(effects, (j, e) => unbiased(S[j * d + j] - slopes[e] * s[j], n, 2));

  const covariance = Float64Array.from(causes, (j) => s[j]);
  if (!moderated && n <= k + 1) {
    const unknown = new Float64Array(k).fill(Number.NaN);
    return { ...shared, weights: unknown, precision: matrix(k, k), unexplained: Number.NaN, slopes, residual };
  }
  const precision = choleskyInverse(cholesky(block(S, causes, d)));
  const weights = multiplyVector(precision, covariance);
  const unexplained = unbiased(q - dot(weights, covariance), n, k + 1);
  return { ...shared, weights, precision, unexplained, slopes, residual };

  function unbiased(variance: number, rows: number, fitted: number): number {
    return moderated ? variance : (variance * rows) / (rows - fitted);
  }
}

/** The rows and columns of a d × d matrix that `indices` name. */
export function block(S: Float64Array, indices: readonly number[], d: number): Matrix {
  const k = indices.length;
  const result = matrix(k, k);
  for (let a = 0; a < k; a++) {
    const from = indices[a] * d;
    for (let b = 0; b < k; b++) result.data[a * k + b] = S[from + indices[b]];
  }
  return result;
}
