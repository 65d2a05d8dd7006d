import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import type { CovarianceSet } from "./residual-covariance.ts";

/**
 * The lower halves of R_1 … R_T, one a row, so that a pass over all tasks is one matrix product (method: section 5).
 * Entry (i, j ≤ i) sits in column i (i + 1) / 2 + j.
 */
export interface PackedCovariances {
  readonly dim: number;
  readonly weights: Float64Array;
  /** T × d (d + 1) / 2. */
  readonly lower: Matrix;
}

/** The lower halves of a set of covariances. */
export function pack({ dim: d, weights, matrices }: CovarianceSet): PackedCovariances {
  const lower = matrix(matrices.rows, (d * (d + 1)) / 2);
  for (let t = 0, to = 0; t < matrices.rows; t++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) lower.data[to++] = matrices.data[(t * d + i) * d + j];
    }
  }
  return { dim: d, weights, lower };
}

/** r_tj = b_j' R_t b_j, T × k, for the rows b_j of B (k × d). */
export function quadraticForms({ lower }: PackedCovariances, b: Matrix): Matrix {
  const { rows: k, cols: d } = b;
  const outer = matrix(lower.cols, k);
  for (let i = 0, to = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const factor = i === j ? 1 : 2;
      for (let l = 0; l < k; l++) outer.data[to++] = factor * b.data[l * d + i] * b.data[l * d + j];
    }
  }
  return multiply(lower, outer);
}

/** V_j = Σ_t (π_t / D_tj) R_t for every latent j, as d × d matrices. D is T × d. */
export function weightedSums({ dim: d, weights, lower }: PackedCovariances, variances: Matrix): Matrix[] {
  const latents = variances.cols;
  const factors = matrix(latents, lower.rows);
  for (let t = 0; t < lower.rows; t++) {
    for (let j = 0; j < latents; j++) {
      factors.data[j * lower.rows + t] = weights[t] / variances.data[t * latents + j];
    }
  }
  const sums = multiply(factors, lower);
  return Array.from({ length: latents }, (_, j) => unpack(sums.data.subarray(j * lower.cols, (j + 1) * lower.cols), d));
}

function unpack(lower: Float64Array, d: number): Matrix {
  const result = matrix(d, d);
  for (let i = 0, from = 0; i < d; i++) {
    for (let j = 0; j <= i; j++, from++) {
      result.data[i * d + j] = lower[from];
      result.data[j * d + i] = lower[from];
    }
  }
  return result;
}
