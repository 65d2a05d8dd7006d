import { inverse } from "../linalg/lu.ts";
import { dot, identity, type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import { type Diagonality, diagonality, type VarianceBounds } from "./diagonality.ts";
import type { PackedCovariances } from "./packed-covariances.ts";

/**
 * Smallest eigenvalue that a 2 × 2 block of the approximate Hessian is allowed to have. It is near rounding on purpose:
 * curvature is of the order of the fourth power of corr(z, y), and weak signals would never converge under a larger one.
 */
const MIN_CURVATURE = 1e-10;
/** Largest Frobenius norm of E in one step; nearly flat directions would otherwise ask for more. */
const MAX_MOVE = 1;
const MAX_HALVINGS = 20;

/**
 * The quasi-Newton direction of joint diagonalisation.
 *
 *     Γ_ij = Σ_t π_t r_tj / D_ti ;   (E_ij, E_ji)' = [[Γ_ij, 1], [1, Γ_ji]]⁻¹ (G_ij, G_ji)' ;   E_ii = G_ii / H_ii
 *
 * The Hessian of L at a set that B diagonalises exactly falls apart into these blocks (method: section 3.2; Ablin,
 * Cardoso & Gramfort 2019). Blocks that are nearly singular, for latents which the data hardly tell apart, are lifted
 * as in that paper. H_ii counts only clamped variances: where D = r the scale of row i does not matter.
 *
 * @param curvature From `blockCurvature`, at the current point.
 * @param gradient G, d × d.
 * @returns E, d × d; B ← (I − E) B descends.
 */
export function newtonDirection({ gamma, scales }: BlockCurvature, gradient: Matrix): Matrix {
  const d = gamma.rows;
  const direction = matrix(d, d);
  for (let i = 0; i < d; i++) {
    direction.data[i * d + i] = scales[i] > MIN_CURVATURE ? gradient.data[i * d + i] / scales[i] : 0;
    for (let j = 0; j < i; j++) {
      const ij = i * d + j;
      const ji = j * d + i;
      const lift = liftOf(gamma.data[ij], gamma.data[ji]);
      const a = gamma.data[ij] + lift;
      const b = gamma.data[ji] + lift;
      const determinant = a * b - 1;
      direction.data[ij] = (b * gradient.data[ij] - gradient.data[ji]) / determinant;
      direction.data[ji] = (a * gradient.data[ji] - gradient.data[ij]) / determinant;
    }
  }
  return direction;
}

/** The approximate Hessian of L along B ← (I + E) B. */
export interface BlockCurvature {
  /** Γ, d × d; its diagonal is not used. */
  readonly gamma: Matrix;
  /** H_ii, d. */
  readonly scales: Float64Array;
}

/** Γ_ij = Σ_t π_t r_tj / D_ti, and H_ii = Σ π_t (1 + r_ti / D_ti) over the tasks where D_ti is clamped. */
export function blockCurvature({ weights }: PackedCovariances, at: Diagonality): BlockCurvature {
  return { gamma: pairCurvatures(weights, at), scales: scaleCurvatures(weights, at) };
}

function pairCurvatures(weights: Float64Array, { residual, variance }: Diagonality): Matrix {
  const { rows: tasks, cols: d } = residual;
  const factors = matrix(d, tasks);
  for (let t = 0, at = 0; t < tasks; t++) {
    for (let i = 0; i < d; i++, at++) factors.data[i * tasks + t] = weights[t] / variance.data[at];
  }
  return multiply(factors, residual);
}

function scaleCurvatures(weights: Float64Array, { residual, variance }: Diagonality): Float64Array {
  const d = residual.cols;
  const result = new Float64Array(d);
  for (let t = 0, at = 0; t < residual.rows; t++) {
    for (let i = 0; i < d; i++, at++) {
      const ratio = residual.data[at] / variance.data[at];
      if (ratio !== 1) result[i] += weights[t] * (1 + ratio);
    }
  }
  return result;
}

/** What to add to the diagonal of [[a, 1], [1, b]] so that its smaller eigenvalue is at least MIN_CURVATURE. */
function liftOf(a: number, b: number): number {
  const smaller = (a + b) / 2 - Math.hypot((a - b) / 2, 1);
  return Math.max(0, MIN_CURVATURE - smaller);
}

/** Where a quasi-Newton step led. */
export interface NewtonStep {
  readonly reached: Diagonality;
  /** −t E, d × d row-major. */
  readonly move: Float64Array;
}

/**
 * The first point along E where L does not rise, t halved from 1 or the largest step allowed; undefined when there is
 * none in reach.
 *
 *     B ← (I + ½ t E)⁻¹ (I − ½ t E) B
 *
 * agrees with (I − t E) B to first order, and rotates exactly where E is a rotation: with weak signals L is a valley of
 * almost exact rotations with steep walls, along which a straight step can only creep.
 */
export function backtrack(
  set: PackedCovariances,
  from: Diagonality,
  direction: Matrix,
  bounds: VarianceBounds,
): NewtonStep | undefined {
  const highest = from.value + roundingOf(from.value);
  const length = Math.sqrt(dot(direction.data, direction.data));
  for (let halving = 0, t = Math.min(1, MAX_MOVE / length); halving < MAX_HALVINGS; halving++, t /= 2) {
    const move = direction.data.map((value) => -t * value);
    const reached = diagonality(set, multiply(cayley(matrix(set.dim, set.dim, move)), from.unmixing), bounds);
    if (reached.value <= highest) return { reached, move };
  }
  return undefined;
}

/** (I − ½ X)⁻¹ (I + ½ X): exp X to second order, orthogonal when X is antisymmetric. */
function cayley(x: Matrix): Matrix {
  const half = (sign: number) => {
    const result = identity(x.rows);
    for (let k = 0; k < x.data.length; k++) result.data[k] += (sign / 2) * x.data[k];
    return result;
  };
  return multiply(inverse(half(-1)), half(1));
}

/** How far two values of L can differ by rounding alone. */
export function roundingOf(value: number): number {
  return 8 * Number.EPSILON * (1 + Math.abs(value));
}
