import { SingularMatrixError } from "../errors.ts";
import { cholesky, choleskyInverse, choleskyLogDeterminant, choleskySolve } from "../linalg/cholesky.ts";
import { dot, type Matrix, matrix, multiply, multiplySymmetric } from "../linalg/matrix.ts";
import type { VarianceBounds } from "./diagonality.ts";

/** No bounds at all: a variance may be negative as long as the covariance is positive definite. */
export const UNBOUNDED: VarianceBounds = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };

/** The variances of latents seen through noise, and how the likelihood answers to the covariance that they make. */
export interface NoisyVariances {
  /** D, d. */
  readonly variance: Float64Array;
  /** log |M| + tr(M⁻¹ Λ), M = diag D + N. */
  readonly value: number;
  /** P = M⁻¹, d × d. */
  readonly precision: Matrix;
  /** P Λ P, d × d. */
  readonly weighted: Matrix;
}

/** Gains below this are lost in the rounding of the value: steps are then taken as they are … */
const UNMEASURABLE = 1e-9;
/** … a few times, each of which squares the error … */
const MAX_POLISHING = 6;
/** … or until they promise so little. */
const NEGLIGIBLE = 1e-24;
const MAX_STEPS = 100;
const MAX_HALVINGS = 30;
const SUFFICIENT_DECREASE = 1e-4;

/**
 * The most likely variances of latents whose sample covariance is Λ, when they also carry noise.
 *
 *     min over D of  log |M| + tr(M⁻¹ Λ) ,   M = diag D + N ,   lower ≤ D_j ≤ upper
 *
 * Without noise D_j is Λ_jj within its bounds. Projected Newton steps (Bertsekas 1982), with the expected curvature P ∘ P
 * where the observed one, 2 P ∘ (P Λ P) − P ∘ P, is not positive definite.
 *
 * @param lambda Λ, d × d row-major, positive definite.
 * @param noise N, d × d, positive semidefinite.
 * @param start D to start from, d; M must be positive definite there.
 * @throws SingularMatrixError when M is not positive definite at the start.
 */
export function fitNoisyVariances(
  lambda: Float64Array,
  noise: Matrix,
  start: Float64Array,
  bounds: VarianceBounds,
): NoisyVariances {
  let at = evaluate(lambda, noise, within(start, bounds));
  for (let step = 0, polished = 0; step < MAX_STEPS && polished < MAX_POLISHING; step++) {
    const gradient = slopes(at);
    const free = freeOnes(at.variance, gradient, bounds);
    const move = newtonMove(at, gradient, free);
    const gain = -dot(gradient, move) / 2;
    if (gain < NEGLIGIBLE) break;
    const along = (direction: Float64Array) => descend(lambda, noise, at, gradient, direction, bounds);
    let next: NoisyVariances | undefined;
    if (gain < UNMEASURABLE) {
      next = tryTo(() => evaluate(lambda, noise, within(moved(at.variance, move, 1), bounds)));
      polished++;
    } else {
      next = along(move) ?? along(diagonalMove(at, gradient, free));
    }
    if (next === undefined) break;
    at = next;
  }
  return at;
}

function evaluate(lambda: Float64Array, noise: Matrix, variance: Float64Array): NoisyVariances {
  const d = noise.rows;
  const model = matrix(d, d, noise.data.slice());
  for (let j = 0; j < d; j++) model.data[j * d + j] += variance[j];
  const factor = cholesky(model);
  const precision = choleskyInverse(factor);
  const half = multiply(precision, matrix(d, d, lambda));
  let value = choleskyLogDeterminant(factor);
  for (let j = 0; j < d; j++) value += half.data[j * d + j];
  return { variance, value, precision, weighted: multiplySymmetric(half, precision) };
}

/** g_j = P_jj − (P Λ P)_jj. */
function slopes({ variance, precision, weighted }: NoisyVariances): Float64Array {
  const d = variance.length;
  return variance.map((_, j) => precision.data[j * d + j] - weighted.data[j * d + j]);
}

/** The variances that are not held at a bound by the slope there. */
function freeOnes(variance: Float64Array, gradient: Float64Array, { lower, upper }: VarianceBounds): number[] {
  return [...variance.keys()].filter(
    (j) => !((variance[j] <= lower && gradient[j] >= 0) || (variance[j] >= upper && gradient[j] <= 0)),
  );
}

/** −H⁻¹ g in the free variances, 0 in the others. */
function newtonMove(
  { precision, weighted }: NoisyVariances,
  gradient: Float64Array,
  free: readonly number[],
): Float64Array {
  const [d, k] = [precision.rows, free.length];
  const [observed, expected] = [matrix(k, k), matrix(k, k)];
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      const at = free[a] * d + free[b];
      const p = precision.data[at];
      expected.data[a * k + b] = p * p;
      observed.data[a * k + b] = p * (2 * weighted.data[at] - p);
    }
  }
  const move = new Float64Array(d);
  const factor = tryTo(() => cholesky(observed)) ?? tryTo(() => cholesky(expected));
  if (factor === undefined) return move;
  const slope = Float64Array.from(free, (j) => -gradient[j]);
  choleskySolve(factor, slope).forEach((value, a) => {
    move[free[a]] = value;
  });
  return move;
}

/** −g_j / P_jj²: unlike Newton's, a way down whichever bounds cut it short. */
function diagonalMove({ precision }: NoisyVariances, gradient: Float64Array, free: readonly number[]): Float64Array {
  const d = precision.rows;
  const move = new Float64Array(d);
  for (const j of free) move[j] = -gradient[j] / precision.data[j * d + j] ** 2;
  return move;
}

/** The first point along a move, cut short by the bounds, at which the value is lower; undefined if there is none. */
function descend(
  lambda: Float64Array,
  noise: Matrix,
  from: NoisyVariances,
  gradient: Float64Array,
  move: Float64Array,
  bounds: VarianceBounds,
): NoisyVariances | undefined {
  for (let halving = 0, t = 1; halving < MAX_HALVINGS; halving++, t /= 2) {
    const variance = within(moved(from.variance, move, t), bounds);
    const promised = variance.reduce((sum, value, j) => sum + gradient[j] * (value - from.variance[j]), 0);
    if (!(promised < 0)) continue;
    const reached = tryTo(() => evaluate(lambda, noise, variance));
    if (reached !== undefined && reached.value <= from.value + SUFFICIENT_DECREASE * promised) return reached;
  }
  return undefined;
}

const moved = (variance: Float64Array, move: Float64Array, t: number) =>
  variance.map((value, j) => value + t * move[j]);

const within = (variance: Float64Array, { lower, upper }: VarianceBounds) =>
  variance.map((value) => Math.min(Math.max(value, lower), upper));

/** The result, or undefined where a matrix on the way to it is not positive definite. */
function tryTo<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof SingularMatrixError) return undefined;
    throw error;
  }
}
