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
  const shareOf = (j: number) => Math.log(1 - task.s[j] ** 2 / (task.S.data[j * task.S.cols + j] * task.q));
  const gains = order.map(shareOf);
  const half = -task.rows / 2;
  // Every variable leaves the matrix once it is decided, so depth k has size − k rows; a depth is used again and again.
  const depths = Array.from({ length: size }, (_, k) => (k === 0 ? joint : matrix(size - k, size - k)));
  const visit = (k: number, code: number, gained: number): void => {
    const given = depths[k];
    if (k === order.length) {
      scores[code] = half * (Math.log(given.data[0] / task.q) - gained);
      return;
    }
    if (k >= fixed.length) {
      leaveOutInto(given, depths[k + 1]);
      visit(k + 1, code, gained);
    }
    conditionInto(given, depths[k + 1]);
    visit(k + 1, k < fixed.length ? code : code | (1 << (k - fixed.length)), gained + gains[k]);
  };
  visit(0, 0, 0);
  return scores;
}

/** The covariance of all variables but the first. */
function leaveOutInto({ cols: size, data }: Matrix, { data: out }: Matrix): void {
  for (let a = 1, to = 0; a < size; a++) for (let b = 1; b < size; b++) out[to++] = data[a * size + b];
}

/** The covariance of all variables but the first, given the first: a Schur complement. */
function conditionInto({ cols: size, data }: Matrix, { data: out }: Matrix): void {
  for (let a = 1, to = 0; a < size; a++) {
    const factor = data[a * size] / data[0];
    for (let b = 1; b < size; b++) out[to++] = data[a * size + b] - factor * data[b];
  }
}
