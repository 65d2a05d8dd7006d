import { type Matrix, matrix } from "../linalg/matrix.ts";

/** One task in latent coordinates: second moments of z and y. */
export interface TaskMoments {
  /** S = cov(z), d × d. */
  readonly S: Matrix;
  /** s = cov(z, y), d. */
  readonly s: Float64Array;
  /** q = var(y). */
  readonly q: number;
  /** n, rows behind them. */
  readonly rows: number;
}

/**
 * The log-likelihood of every set of causes that differs only in the candidates.
 *
 *     ℓ(C) = −n/2 [ Σ_{j∈C} log v_j + log τ(C) + Σ_{j∉C} log r_j ] ,   τ(C) = q − s_C' S_CC⁻¹ s_C
 *
 * with v_j = var z_j and r_j = var(z_j | y): causes C are independent, y is linear in them, and given y the effects are
 * independent. All sets have the same number of parameters, so there is nothing to penalise. Method: section 3.4.
 *
 * @param task Moments of one task.
 * @param fixed Latents that are causes in every set.
 * @param candidates Up to about a dozen others; all remaining latents are effects.
 * @returns 2^|candidates| values; bit k of the index says whether candidate k is a cause. Relative to "all are effects".
 */
export function structureLikelihoods(task: TaskMoments, fixed: readonly number[], candidates: readonly number[]) {
  const order = [...fixed, ...candidates];
  const size = order.length + 1;
  const joint = matrix(size, size);
  for (let a = 0; a < order.length; a++) {
    for (let b = 0; b < order.length; b++) joint.data[a * size + b] = task.S.data[order[a] * task.S.cols + order[b]];
    joint.data[a * size + order.length] = task.s[order[a]];
    joint.data[order.length * size + a] = task.s[order[a]];
  }
  joint.data[size * size - 1] = task.q;

  const scores = new Float64Array(2 ** candidates.length);
  const start = fixed.reduce((given, _, k) => condition(given, k), joint);
  const shareOf = (j: number) => Math.log(1 - task.s[j] ** 2 / (task.S.data[j * task.S.cols + j] * task.q));
  const gains = order.map(shareOf);
  const half = -task.rows / 2;
  const visit = (given: Matrix, k: number, code: number, gained: number): void => {
    if (k === order.length) {
      scores[code] = half * (Math.log(given.data[size * size - 1] / task.q) - gained);
      return;
    }
    visit(given, k + 1, code, gained);
    visit(condition(given, k), k + 1, code | (1 << (k - fixed.length)), gained + gains[k]);
  };
  visit(
    start,
    fixed.length,
    0,
    fixed.reduce((sum, _, k) => sum + gains[k], 0),
  );
  return scores;
}

/** The covariance of variables k + 1 … given variable k as well: a Schur complement, rows up to k left as they are. */
function condition(given: Matrix, k: number): Matrix {
  const size = given.cols;
  const result = matrix(size, size, given.data.slice());
  const pivot = given.data[k * size + k];
  for (let a = k + 1; a < size; a++) {
    const factor = given.data[a * size + k] / pivot;
    for (let b = k + 1; b < size; b++) result.data[a * size + b] -= factor * given.data[k * size + b];
  }
  return result;
}
