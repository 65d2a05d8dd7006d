import { cholesky, invertLowerTriangular } from "../linalg/cholesky.ts";
import { type Matrix, matrix, multiply, rowView, transpose } from "../linalg/matrix.ts";
import type { VarianceBounds } from "./diagonality.ts";

/** Where the curvature is taken: the fitted model of every task, in the coordinates of the latents. */
export interface NoisyPoint {
  /** D, T × d. */
  readonly variance: Matrix;
  /** M_t⁻¹, T × d². */
  readonly precision: Matrix;
}

/**
 * The expected second derivatives of the exact likelihood along A ← A (I + E) and σo², the variances profiled out.
 *
 *     H(X, Y) = Σ_t π_t ½ [ tr(P X P Y) − x' (P ∘ P)⁻¹ y ] ,   P = M_t⁻¹ ,   x = diag(P X P) for the variances not at a bound
 *
 * with X = D_tj (e_i e_j' + e_j e_i') for E_ij and X = W for σo²: the Fisher information that a row holds about them when
 * the D_t are unknown. Without noise it falls apart into the 2 × 2 blocks of joint diagonalisation; noise couples all.
 * Costs O(T d⁵).
 *
 * @param at The fitted model.
 * @param shape W, d × d: shape of the noise in the coordinates of the latents.
 * @param weights π_t.
 * @returns (d² + 1) × (d² + 1), symmetric: E row-major, then σo².
 */
export function noisyCurvature(at: NoisyPoint, shape: Matrix, weights: Float64Array, bounds: VarianceBounds): Matrix {
  const d = shape.rows;
  const size = d * d + 1;
  const total = matrix(size, size);
  for (let t = 0; t < weights.length; t++) {
    const variance = rowView(at.variance, t);
    const precision = matrix(d, d, rowView(at.precision, t));
    const spread = multiply(multiply(precision, shape), precision);
    const taken = takenByVariances(precision, spread, variance, bounds);
    for (let j = 0, row = 0; j < d; j++) {
      for (let i = 0; i < d; i++) {
        row = i * d + j;
        const factor = weights[t] * variance[j];
        addRow(total, row, i, j, factor, precision.data, variance, taken);
        const cross = spread.data[row] - taken.data[pairOf(i, j) * taken.cols + taken.cols - 1];
        total.data[(size - 1) * size + row] += factor * cross;
      }
    }
    const own = spread.data.reduce((sum, value, k) => sum + value * shape.data[k], 0) / 2;
    total.data[size * size - 1] += weights[t] * (own - taken.data[taken.data.length - 1]);
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) total.data[j * size + i] = total.data[i * size + j];
  return total;
}

/** Row (i, j) of the information about E, up to its diagonal. */
function addRow(
  { data: out, cols: size }: Matrix,
  row: number,
  i: number,
  j: number,
  factor: number,
  p: Float64Array,
  variance: Float64Array,
  taken: Matrix,
): void {
  const d = variance.length;
  const from = pairOf(i, j) * taken.cols;
  for (let k = 0, to = row * size; k * d <= row; k++) {
    const [pjk, pik] = [p[j * d + k], p[i * d + k]];
    for (let l = 0; l < d; l++, to++) {
      const both = pjk * p[i * d + l] + p[j * d + l] * pik;
      out[to] += factor * variance[l] * (both - taken.data[from + pairOf(k, l)]);
    }
  }
}

/**
 * ½ x' (P ∘ P)⁻¹ y: what the unknown variances take away, for every two of the directions e_i e_j' + e_j e_i' (i ≥ j) and
 * W, in this order.
 */
function takenByVariances(P: Matrix, spread: Matrix, variance: Float64Array, { lower, upper }: VarianceBounds): Matrix {
  const d = P.rows;
  const free = [...variance.keys()].filter((j) => variance[j] > lower && variance[j] < upper);
  const k = free.length;
  const seen = matrix((d * (d + 1)) / 2 + 1, k);
  const squares = matrix(k, k);
  for (let a = 0; a < k; a++) {
    const m = free[a];
    for (let i = 0, at = a; i < d; i++) {
      for (let j = 0; j <= i; j++, at += k) seen.data[at] = 2 * P.data[i * d + m] * P.data[j * d + m];
    }
    seen.data[seen.data.length - k + a] = spread.data[m * d + m];
    for (let b = 0; b < k; b++) squares.data[a * k + b] = P.data[m * d + free[b]] ** 2;
  }
  const white = multiply(seen, transpose(invertLowerTriangular(cholesky(squares))));
  for (let at = 0; at < white.data.length; at++) white.data[at] *= Math.SQRT1_2;
  return multiply(white, transpose(white));
}

/** Where the pair (i, j), in either order, sits among the pairs i ≥ j. */
function pairOf(i: number, j: number): number {
  return i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i;
}
