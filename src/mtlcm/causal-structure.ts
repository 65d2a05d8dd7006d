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
 * @param room From `structureRoom`, for one variable more than there are in `fixed` and `candidates`; overwritten.
 */
export function structureLikelihoods(
  task: TaskMoments,
  fixed: readonly number[],
  candidates: readonly number[],
  room = structureRoom(fixed.length + candidates.length + 1),
): Float64Array {
  const order = fixed.length === 0 ? candidates : [...fixed, ...candidates];
  const gains = new Float64Array(order.length);
  jointInto(room[0], task, order, gains);
  const scores = new Float64Array(1 << candidates.length);
  visit({ depths: room, gains, fixed: fixed.length, q: task.q, half: -task.rows / 2, scores }, 0, 0, 0);
  return scores;
}

/**
 * Room for the covariance of so many variables, and for what is left of it: every variable leaves the matrix once it is decided, so
 * depth k has as many rows less k, and is used again and again.
 */
export function structureRoom(size: number): Matrix[] {
  return Array.from({ length: size }, (_, k) => matrix(size - k, size - k));
}

/** The covariance of the latents in this order, and y last; and log r_j / v_j of each. */
function jointInto(
  { cols: size, data: joint }: Matrix,
  { S, s, q }: TaskMoments,
  order: readonly number[],
  gains: Float64Array,
): void {
  const { cols: d, data } = S;
  const last = size - 1;
  for (let a = 0; a < last; a++) {
    const i = order[a];
    for (let b = 0; b < last; b++) joint[a * size + b] = data[i * d + order[b]];
    joint[a * size + last] = s[i];
    joint[last * size + a] = s[i];
    gains[a] = Math.log(1 - s[i] ** 2 / (data[i * d + i] * q));
  }
  joint[size * size - 1] = q;
}

interface Search {
  readonly depths: readonly Matrix[];
  /** log r_j / v_j of every variable. */
  readonly gains: Float64Array;
  /** How many variables are causes in any case. */
  readonly fixed: number;
  readonly q: number;
  /** −n/2. */
  readonly half: number;
  readonly scores: Float64Array;
}

/** Decides variable k and those after it both ways; `code` says what has been decided, `gained` what it gains. */
function visit(search: Search, k: number, code: number, gained: number): void {
  const { depths, gains, fixed } = search;
  const given = depths[k];
  if (k === gains.length) {
    search.scores[code] = search.half * (Math.log(given.data[0] / search.q) - gained);
    return;
  }
  if (k >= fixed) {
    leaveOutInto(given, depths[k + 1]);
    visit(search, k + 1, code, gained);
  }
  conditionInto(given, depths[k + 1]);
  visit(search, k + 1, k < fixed ? code : code | (1 << (k - fixed)), gained + gains[k]);
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
