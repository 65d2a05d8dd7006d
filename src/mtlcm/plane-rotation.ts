import { copy, type Matrix } from "../linalg/matrix.ts";
import { congruence } from "./congruence.ts";
import type { VarianceBounds } from "./diagonality.ts";
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
 *     r_ti ← cos² r_ti + sin² r_tj + 2 cos sin Λ_t,ij   and   r_tj ← sin² r_ti + cos² r_tj − 2 cos sin Λ_t,ij
 *
 * @param set R_t and π_t.
 * @param unmixing B, d × d, its rows on one scale (unit pooled residual variance).
 */
export function bestPlaneRotation(set: CovarianceSet, unmixing: Matrix, bounds: VarianceBounds): Matrix | undefined {
  const d = set.dim;
  const lambda = congruence(set.matrices, unmixing);
  let best = { gain: MIN_GAIN, i: -1, j: -1, angle: 0 };
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const still = planeCost(set.weights, lambda, i, j, 0, bounds);
      for (let k = 0; k < ANGLES; k++) {
        const angle = (Math.PI / 2) * (k / ANGLES - 0.5);
        const gain = still - planeCost(set.weights, lambda, i, j, angle, bounds);
        if (gain > best.gain) best = { gain, i, j, angle };
      }
    }
  }
  return best.i < 0 ? undefined : rotateRows(unmixing, best.i, best.j, best.angle);
}

/** The part of L that depends on latents i and j, after a rotation of their plane. */
function planeCost(
  weights: Float64Array,
  { rows, cols, data }: Matrix,
  i: number,
  j: number,
  angle: number,
  { lower, upper }: VarianceBounds,
): number {
  const d = Math.sqrt(cols);
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  let cost = 0;
  // Logarithms of tasks with one weight are taken of their product, as far as that stays in range.
  let product = 1;
  for (let t = 0; t < rows; t++) {
    const at = t * cols;
    const ii = data[at + i * d + i];
    const jj = data[at + j * d + j];
    const cross = 2 * c * s * data[at + i * d + j];
    const first = c * c * ii + s * s * jj + cross;
    const second = ii + jj - first;
    const a = Math.min(Math.max(first, lower), upper);
    const b = Math.min(Math.max(second, lower), upper);
    const half = weights[t] / 2;
    cost += half * (first / a + second / b);
    product *= a * b;
    if (weights[t + 1] !== weights[t] || product < SMALL || product > 1 / SMALL) {
      cost += half * Math.log(product);
      product = 1;
    }
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
