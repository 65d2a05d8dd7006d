import { copy, type Matrix } from "../linalg/matrix.ts";
import { congruence } from "./congruence.ts";
import { FREE, type VarianceBounds } from "./diagonality.ts";
import type { CovarianceSet } from "./residual-covariance.ts";

/** Angles tried in [−45°, 45°); a rotation by 90° only swaps the two latents. */
const ANGLES = 24;
/** A rotation must lower L by this much, which is above rounding, to count as an escape from a local minimum. */
export const MIN_GAIN = 1e-11;
/** Products are this far from 0, and from infinity, when their logarithm is taken. */
const SMALL = 1e-100;

/**
 * B with its rows i, j rotated in their plane by the angle that lowers L most, over all pairs; undefined when no pair on
 * a grid of angles leads lower. At a local minimum small rotations raise L, so what is found lies beyond a ridge.
 *
 *     r_ti ← ½ (r_ti + r_tj) + ½ (r_ti − r_tj) cos 2φ + Λ_t,ij sin 2φ ,   r_tj likewise with the signs of both turned round
 *
 * @param set R_t and π_t.
 * @param unmixing B, d × d, its rows on one scale (unit pooled residual variance).
 */
export function bestPlaneRotation(set: CovarianceSet, unmixing: Matrix, bounds: VarianceBounds): Matrix | undefined {
  const d = set.dim;
  const lambda = congruence(set.matrices, unmixing);
  const plane = planeOf(lambda.rows);
  let best = { gain: MIN_GAIN, i: -1, j: -1, angle: 0 };
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      planeInto(lambda, i, j, plane);
      const still = planeCost(set.weights, plane, 0, bounds);
      for (let k = 0; k < ANGLES; k++) {
        const angle = (Math.PI / 2) * (k / ANGLES - 0.5);
        const gain = still - planeCost(set.weights, plane, angle, bounds);
        if (gain > best.gain) best = { gain, i, j, angle };
      }
    }
  }
  return best.i < 0 ? undefined : rotateRows(unmixing, best.i, best.j, best.angle);
}

/** A rotation of one pair's plane. */
export interface PlaneRotation {
  readonly i: number;
  readonly j: number;
  /** In radians, as `rotateRows` takes it. */
  readonly angle: number;
  /** L there less L at the point itself. */
  readonly rise: number;
}

/** Steps of the grid, 15°, from which on a rotation is far: latents then correlate with themselves to .966. */
const FAR = 4;

/**
 * For every pair of latents the rotation of least L to either side, among those by 15° to 45° of a grid.
 *
 * @param set R_t and π_t.
 * @param unmixing B, d × d, a minimum of L, its rows on one scale (unit pooled residual variance).
 * @returns d (d − 1), those of least rise first.
 */
export function farRotations(set: CovarianceSet, unmixing: Matrix, bounds: VarianceBounds): PlaneRotation[] {
  const lambda = congruence(set.matrices, unmixing);
  const plane = planeOf(lambda.rows);
  const rotations: PlaneRotation[] = [];
  for (let i = 0; i < set.dim; i++) {
    for (let j = 0; j < i; j++) {
      planeInto(lambda, i, j, plane);
      const still = planeCost(set.weights, plane, 0, bounds);
      for (const side of [-1, 1]) {
        let best = { i, j, angle: 0, rise: Number.POSITIVE_INFINITY };
        for (let k = FAR; k <= ANGLES / 2; k++) {
          const angle = side * (Math.PI / 2) * (k / ANGLES);
          const rise = planeCost(set.weights, plane, angle, bounds) - still;
          if (rise < best.rise) best = { i, j, angle, rise };
        }
        rotations.push(best);
      }
    }
  }
  return rotations.sort((a, b) => a.rise - b.rise);
}

/** Two latents' variances and covariance in every task: ½ (r_ti + r_tj), ½ (r_ti − r_tj) and Λ_t,ij, T each. */
interface Plane {
  readonly sum: Float64Array;
  readonly difference: Float64Array;
  readonly cross: Float64Array;
}

function planeOf(tasks: number): Plane {
  return { sum: new Float64Array(tasks), difference: new Float64Array(tasks), cross: new Float64Array(tasks) };
}

function planeInto({ rows, cols, data }: Matrix, i: number, j: number, { sum, difference, cross }: Plane): void {
  const d = Math.sqrt(cols);
  for (let t = 0, at = 0; t < rows; t++, at += cols) {
    const [ii, jj] = [data[at + i * d + i], data[at + j * d + j]];
    sum[t] = (ii + jj) / 2;
    difference[t] = (ii - jj) / 2;
    cross[t] = data[at + i * d + j];
  }
}

/** The part of L that depends on two latents, after a rotation of their plane. */
function planeCost(weights: Float64Array, plane: Plane, angle: number, bounds: VarianceBounds): number {
  return bounds === FREE ? freeCost(weights, plane, angle) : boundedCost(weights, plane, angle, bounds);
}

/** Σ_t π_t [ ½ log r_ti r_tj + 1 ]. Logarithms of tasks with one weight are taken of their product, as far as that stays in range. */
function freeCost(weights: Float64Array, { sum, difference, cross }: Plane, angle: number): number {
  const c = Math.cos(2 * angle);
  const s = Math.sin(2 * angle);
  let cost = 0;
  for (let t = 0; t < sum.length; ) {
    const weight = weights[t];
    let product = 1;
    do {
      const turned = c * difference[t] + s * cross[t];
      product *= (sum[t] + turned) * (sum[t] - turned);
      cost += weight;
      t++;
    } while (t < sum.length && weights[t] === weight && product > SMALL && product < 1 / SMALL);
    cost += (weight / 2) * Math.log(product);
  }
  return cost;
}

function boundedCost(
  weights: Float64Array,
  { sum, difference, cross }: Plane,
  angle: number,
  { lower, upper }: VarianceBounds,
): number {
  const [c, s] = [Math.cos(2 * angle), Math.sin(2 * angle)];
  let cost = 0;
  for (let t = 0; t < sum.length; ) {
    const weight = weights[t];
    let product = 1;
    do {
      const turned = c * difference[t] + s * cross[t];
      const [first, second] = [sum[t] + turned, sum[t] - turned];
      const a = Math.min(Math.max(first, lower), upper);
      const b = Math.min(Math.max(second, lower), upper);
      product *= a * b;
      cost += (weight / 2) * (first / a + second / b);
      t++;
    } while (t < sum.length && weights[t] === weight && product > SMALL && product < 1 / SMALL);
    cost += (weight / 2) * Math.log(product);
  }
  return cost;
}

/** B with b_i ← cos b_i + sin b_j and b_j ← −sin b_i + cos b_j. */
export function rotateRows(b: Matrix, i: number, j: number, angle: number): Matrix {
  const result = copy(b);
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  for (let k = 0; k < b.cols; k++) {
    const x = b.data[i * b.cols + k];
    const y = b.data[j * b.cols + k];
    result.data[i * b.cols + k] = c * x + s * y;
    result.data[j * b.cols + k] = c * y - s * x;
  }
  return result;
}
