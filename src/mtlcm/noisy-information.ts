import { cholesky, choleskySolveInto } from "../linalg/cholesky.ts";
import {
  addProduct,
  addSymmetricProduct,
  type Matrix,
  matrix,
  mirrorLowerHalf,
  multiply,
  rowView,
} from "../linalg/matrix.ts";
import type { VarianceBounds } from "./diagonality.ts";
import type { NoisyPoint } from "./noisy-curvature.ts";

/** The matrix of `noisyCurvature` by its products with vectors [ E row-major ; σo² ], and its 2 × 2 blocks. */
export interface NoisyInformation {
  /** H x, d² + 1 numbers. */
  times(x: Float64Array): Float64Array;
  /** H_(ij),(ij), d × d, the variances taken as known. */
  readonly own: Matrix;
  /** H_(ij),(ji), d × d, symmetric, likewise. */
  readonly crossed: Matrix;
  /** H of σo² with itself, the variances taken as known. */
  readonly noise: number;
}

/**
 * The information of `noisyCurvature` without writing it down: O(T d³) for a product with it, where the whole takes O(T d⁵).
 *
 *     X_t = E D_t + D_t E' + σ W ;   u = (P ∘ P)⁻¹ diag(P X P) over the variances not at a bound ;   K_t = P (X_t − diag u) P
 *     H x = [ Σ_t π_t K_t D_t ; ½ Σ_t π_t tr(K_t W) ]
 *
 * @param at The fitted model.
 * @param shape W, d × d: shape of the noise in the coordinates of the latents.
 * @param weights π_t.
 */
export function noisyInformation(
  at: NoisyPoint,
  shape: Matrix,
  weights: Float64Array,
  bounds: VarianceBounds,
): NoisyInformation {
  const d = shape.rows;
  const tasks = Array.from(weights, (weight, t) => {
    const variance = rowView(at.variance, t);
    const precision = matrix(d, d, rowView(at.precision, t));
    const free = freeOnes(variance, bounds);
    return { weight, variance, precision, free, factor: cholesky(squares(precision, free)) };
  });
  const [own, crossed] = [matrix(d, d), matrix(d, d)];
  let noise = 0;
  for (const { weight, variance, precision } of tasks) {
    addBlocks(own.data, crossed.data, weight, variance, precision.data);
    const spread = multiply(multiply(precision, shape), precision);
    for (let k = 0; k < d * d; k++) noise += (weight / 2) * spread.data[k] * shape.data[k];
  }
  return {
    own,
    crossed,
    noise,
    times(x) {
      const result = new Float64Array(d * d + 1);
      const [change, image, answer] = [matrix(d, d), matrix(d, d), matrix(d, d)];
      for (const { weight, variance, precision, free, factor } of tasks) {
        directionInto(change, x, variance, shape);
        image.data.fill(0);
        addProduct(image, change, precision);
        const u = diagonalOfProduct(precision, image, free);
        choleskySolveInto(factor, u);
        for (let a = 0; a < free.length; a++) {
          const row = free[a] * d;
          for (let k = 0; k < d; k++) image.data[row + k] -= u[a] * precision.data[row + k];
        }
        answer.data.fill(0);
        addSymmetricProduct(answer, precision, image);
        mirrorLowerHalf(answer);
        let trace = 0;
        for (let i = 0, k = 0; i < d; i++) {
          for (let j = 0; j < d; j++, k++) {
            result[k] += weight * variance[j] * answer.data[k];
            trace += answer.data[k] * shape.data[k];
          }
        }
        result[d * d] += (weight / 2) * trace;
      }
      return result;
    },
  };
}

/** X = E D + D E' + σ W. */
function directionInto(
  { rows: d, data }: Matrix,
  x: Float64Array,
  variance: Float64Array,
  { data: shape }: Matrix,
): void {
  const noise = x[d * d];
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const [ij, ji] = [i * d + j, j * d + i];
      data[ij] = x[ij] * variance[j] + x[ji] * variance[i] + noise * shape[ij];
      data[ji] = data[ij];
    }
  }
}

/** The variances that are at no bound. */
function freeOnes(variance: Float64Array, { lower, upper }: VarianceBounds): number[] {
  return [...variance.keys()].filter((j) => variance[j] > lower && variance[j] < upper);
}

/** (P ∘ P) of the free variances. */
function squares({ cols: d, data }: Matrix, free: readonly number[]): Matrix {
  const result = matrix(free.length, free.length);
  for (let a = 0, k = 0; a < free.length; a++) {
    for (let b = 0; b < free.length; b++, k++) result.data[k] = data[free[a] * d + free[b]] ** 2;
  }
  return result;
}

/** (P Q)_jj for the free j, P symmetric. */
function diagonalOfProduct({ cols: d, data: p }: Matrix, { data: q }: Matrix, free: readonly number[]): Float64Array {
  const result = new Float64Array(free.length);
  for (let a = 0; a < free.length; a++) {
    const j = free[a];
    let sum = 0;
    for (let k = 0; k < d; k++) sum += p[j * d + k] * q[k * d + j];
    result[a] = sum;
  }
  return result;
}

/** What a task adds to H_(ij),(ij) = π D_j² (P_ii P_jj + P_ij²) and H_(ij),(ji) = π D_i D_j (P_ii P_jj + P_ij²). */
function addBlocks(
  own: Float64Array,
  crossed: Float64Array,
  weight: number,
  variance: Float64Array,
  p: Float64Array,
): void {
  const d = variance.length;
  for (let i = 0, k = 0; i < d; i++) {
    for (let j = 0; j < d; j++, k++) {
      const both = weight * variance[j] * (p[i * d + i] * p[j * d + j] + p[k] ** 2);
      own[k] += variance[j] * both;
      crossed[k] += variance[i] * both;
    }
  }
}
