import { SingularMatrixError } from "../errors.ts";
import { choleskyInto, choleskyInverseInto, choleskyLogDeterminant, choleskySolveInto } from "../linalg/cholesky.ts";
import { addProduct, addSymmetricProduct, dot, type Matrix, matrix, mirrorLowerHalf } from "../linalg/matrix.ts";
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

/** What fitting the variances of one task takes and the next can use again: arrays of this size are costly to make. */
export interface VariancesRoom {
  /** The point reached and the one that is tried, which change places. */
  at: Evaluated;
  trial: Evaluated;
  readonly model: Matrix;
  readonly factor: Matrix;
  readonly half: Matrix;
  /** Slopes, and a direction; d each. */
  readonly gradient: Float64Array;
  readonly move: Float64Array;
}

interface Evaluated extends NoisyVariances {
  value: number;
}

/** Room for d latents. */
export function variancesRoom(d: number): VariancesRoom {
  const square = () => matrix(d, d);
  const point = () => ({ variance: new Float64Array(d), value: 0, precision: square(), weighted: square() });
  const [gradient, move] = [new Float64Array(d), new Float64Array(d)];
  return { at: point(), trial: point(), model: square(), factor: square(), half: square(), gradient, move };
}

/** Gains below this are lost in the rounding of the value: steps are then taken as they are … */
const UNMEASURABLE = 1e-9;
/** … a few times, each of which squares the error … */
const MAX_POLISHING = 6;
/** … or until they promise so little. */
const NEGLIGIBLE = 1e-20;
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
 * @param lambda Λ, d × d, positive definite.
 * @param noise N, d × d, positive semidefinite.
 * @param start D to start from, d; M must be positive definite there.
 * @param room From `variancesRoom`; the result lies in it until it is used again.
 * @throws SingularMatrixError when M is not positive definite at the start.
 */
export function fitNoisyVariances(
  lambda: Matrix,
  noise: Matrix,
  start: Float64Array,
  bounds: VarianceBounds,
  room: VariancesRoom = variancesRoom(noise.rows),
): NoisyVariances {
  const { gradient, move } = room;
  room.trial.variance.set(start);
  confine(room.trial.variance, bounds);
  evaluate(lambda, noise, room);
  accept(room);
  for (let step = 0, polished = 0; step < MAX_STEPS && polished < MAX_POLISHING; step++) {
    slopesInto(room.at, gradient);
    const free = freeOnes(room.at.variance, gradient, bounds);
    newtonMoveInto(room, free);
    const gain = -dot(gradient, move) / 2;
    if (gain < NEGLIGIBLE) break;
    if (gain < UNMEASURABLE) {
      moveInto(room, 1, bounds);
      if (!isDefined(lambda, noise, room)) break;
      accept(room);
      polished++;
    } else if (!descend(lambda, noise, bounds, room)) {
      diagonalMoveInto(room.at, gradient, free, move);
      if (!descend(lambda, noise, bounds, room)) break;
    }
  }
  return room.at;
}

/** What was tried is where the search is. */
function accept(room: VariancesRoom): void {
  const { at } = room;
  room.at = room.trial;
  room.trial = at;
}

/** Evaluates the point that is tried, at its variances. */
function evaluate(lambda: Matrix, noise: Matrix, { trial, model, factor, half }: VariancesRoom): void {
  const d = noise.rows;
  const { variance, precision, weighted } = trial;
  model.data.set(noise.data);
  for (let j = 0; j < d; j++) model.data[j * d + j] += variance[j];
  choleskyInto(model, factor);
  choleskyInverseInto(factor, half, precision);
  half.data.fill(0);
  addProduct(half, precision, lambda);
  let value = choleskyLogDeterminant(factor);
  for (let j = 0; j < d; j++) value += half.data[j * d + j];
  trial.value = value;
  weighted.data.fill(0);
  addSymmetricProduct(weighted, half, precision);
  mirrorLowerHalf(weighted);
}

/** g_j = P_jj − (P Λ P)_jj. */
function slopesInto({ precision, weighted }: NoisyVariances, gradient: Float64Array): void {
  const d = gradient.length;
  for (let j = 0; j < d; j++) gradient[j] = precision.data[j * d + j] - weighted.data[j * d + j];
}

/** The variances that are not held at a bound by the slope there. */
function freeOnes(variance: Float64Array, gradient: Float64Array, { lower, upper }: VarianceBounds): number[] {
  const free: number[] = [];
  for (let j = 0; j < variance.length; j++) {
    const isHeld = (variance[j] <= lower && gradient[j] >= 0) || (variance[j] >= upper && gradient[j] <= 0);
    if (!isHeld) free.push(j);
  }
  return free;
}

/** −H⁻¹ g in the free variances, 0 in the others, as the next move. */
function newtonMoveInto(room: VariancesRoom, free: readonly number[]): void {
  const { gradient, move } = room;
  const k = free.length;
  const isWhole = k === move.length;
  const [curvature, factor] = isWhole ? [room.model, room.factor] : [matrix(k, k), matrix(k, k)];
  const slope = isWhole ? move : new Float64Array(k);
  observedCurvatureInto(curvature, room.at, free);
  let isDescent = isFactorised(curvature, factor);
  if (!isDescent) {
    expectedCurvatureInto(curvature, room.at, free);
    isDescent = isFactorised(curvature, factor);
  }
  move.fill(0);
  if (!isDescent) return;
  for (let a = 0; a < k; a++) slope[a] = -gradient[free[a]];
  choleskySolveInto(factor, slope);
  if (!isWhole) for (let a = 0; a < k; a++) move[free[a]] = slope[a];
}

function isFactorised(a: Matrix, factor: Matrix): boolean {
  const factorised = () => {
    choleskyInto(a, factor);
    return true;
  };
  return tryTo(factorised) ?? false;
}

/** 2 P ∘ (P Λ P) − P ∘ P of the free variances, of which the lower half is enough. */
function observedCurvatureInto(
  { cols: k, data: out }: Matrix,
  { precision, weighted }: NoisyVariances,
  free: readonly number[],
): void {
  const d = precision.cols;
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      const at = free[a] * d + free[b];
      const p = precision.data[at];
      out[a * k + b] = p * (2 * weighted.data[at] - p);
    }
  }
}

/** P ∘ P of the free variances, of which the lower half is enough. */
function expectedCurvatureInto(
  { cols: k, data: out }: Matrix,
  { precision: { cols: d, data: p } }: NoisyVariances,
  free: readonly number[],
): void {
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) out[a * k + b] = p[free[a] * d + free[b]] ** 2;
  }
}

/** −g_j / P_jj²: unlike Newton's, a way down whichever bounds cut it short. */
function diagonalMoveInto(
  { precision }: NoisyVariances,
  gradient: Float64Array,
  free: readonly number[],
  move: Float64Array,
): void {
  const d = precision.rows;
  move.fill(0);
  for (const j of free) move[j] = -gradient[j] / precision.data[j * d + j] ** 2;
}

/** Goes to the first point along the move, cut short by the bounds, at which the value is lower; false if there is none. */
function descend(lambda: Matrix, noise: Matrix, bounds: VarianceBounds, room: VariancesRoom): boolean {
  const { at, trial, gradient } = room;
  for (let halving = 0, t = 1; halving < MAX_HALVINGS; halving++, t /= 2) {
    moveInto(room, t, bounds);
    let promised = 0;
    for (let j = 0; j < gradient.length; j++) promised += gradient[j] * (trial.variance[j] - at.variance[j]);
    if (!(promised < 0) || !isDefined(lambda, noise, room)) continue;
    if (trial.value <= at.value + SUFFICIENT_DECREASE * promised) {
      accept(room);
      return true;
    }
  }
  return false;
}

/** Tries the point at t times the move, cut short by the bounds. */
function moveInto({ at, trial, move }: VariancesRoom, t: number, bounds: VarianceBounds): void {
  for (let j = 0; j < move.length; j++) trial.variance[j] = at.variance[j] + t * move[j];
  confine(trial.variance, bounds);
}

function confine(variance: Float64Array, { lower, upper }: VarianceBounds): void {
  for (let j = 0; j < variance.length; j++) variance[j] = Math.min(Math.max(variance[j], lower), upper);
}

/** Evaluates the point that is tried; false where its covariance is not positive definite. */
function isDefined(lambda: Matrix, noise: Matrix, room: VariancesRoom): boolean {
  const evaluated = () => {
    evaluate(lambda, noise, room);
    return true;
  };
  return tryTo(evaluated) ?? false;
}

/** The result, or undefined where a matrix on the way to it is not positive definite. */
function tryTo<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof SingularMatrixError) return undefined;
    throw error;
  }
}
