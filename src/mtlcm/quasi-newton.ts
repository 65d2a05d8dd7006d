import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import { type Diagonality, diagonality, type VarianceBounds } from "./diagonality.ts";
import type { PackedCovariances } from "./packed-covariances.ts";

/** Smallest eigenvalue that a 2 × 2 block of the approximate Hessian is allowed to have. */
const MIN_CURVATURE = 1e-3;
const MAX_HALVINGS = 30;

/**
 * The quasi-Newton direction of joint diagonalisation.
 *
 *     Γ_ij = Σ_t π_t r_tj / D_ti ;   (E_ij, E_ji)' = [[Γ_ij, 1], [1, Γ_ji]]⁻¹ (G_ij, G_ji)' ;   E_ii = G_ii / H_ii
 *
 * The Hessian of L at a set that B diagonalises exactly falls apart into these blocks (method: section 3.2; Ablin,
 * Cardoso & Gramfort 2019). Blocks that are nearly singular, for latents which the data hardly tell apart, are lifted
 * as in that paper. H_ii counts only clamped variances: where D = r the scale of row i does not matter.
 *
 * @param set R_t and π_t.
 * @param at The current point.
 * @param gradient G, d × d.
 * @returns E, d × d; B ← (I − E) B descends.
 */
export function newtonDirection(set: PackedCovariances, at: Diagonality, gradient: Matrix): Matrix {
  const d = set.dim;
  const gamma = curvatures(set, at);
  const scales = scaleCurvatures(set, at);
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

/** Γ_ij = Σ_t π_t r_tj / D_ti, d × d. */
export function curvatures({ weights }: PackedCovariances, { residual, variance }: Diagonality): Matrix {
  const d = residual.cols;
  const gamma = matrix(d, d);
  for (let t = 0; t < residual.rows; t++) {
    for (let i = 0; i < d; i++) {
      const factor = weights[t] / variance.data[t * d + i];
      for (let j = 0; j < d; j++) gamma.data[i * d + j] += factor * residual.data[t * d + j];
    }
  }
  return gamma;
}

/** H_ii = Σ π_t (1 + r_ti / D_ti) over the tasks where D_ti is clamped. */
function scaleCurvatures({ weights }: PackedCovariances, { residual, variance }: Diagonality): Float64Array {
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

/** The first point of (I − t E) B, t = 1, ½, ¼ …, where L does not rise; undefined when there is none in reach. */
export function backtrack(
  set: PackedCovariances,
  from: Diagonality,
  direction: Matrix,
  bounds: VarianceBounds,
): Diagonality | undefined {
  const move = multiply(direction, from.unmixing);
  const rounding = 8 * Number.EPSILON * (1 + Math.abs(from.value));
  for (let halving = 0, t = 1; halving < MAX_HALVINGS; halving++, t /= 2) {
    const trial = from.unmixing.data.map((value, k) => value - t * move.data[k]);
    const reached = diagonality(set, matrix(set.dim, set.dim, trial), bounds);
    if (reached.value <= from.value + rounding) return reached;
  }
  return undefined;
}
