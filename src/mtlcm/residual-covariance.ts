import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import { type SecondMoments, secondMoments } from "./second-moments.ts";

/** Symmetric positive definite matrices with weights: what a joint diagonaliser works on. */
export interface CovarianceSet {
  /** d. */
  readonly dim: number;
  /** π_t, T numbers ≥ 0 that sum to one. */
  readonly weights: Float64Array;
  /** R_t, T × d²: row t is a row-major d × d matrix. */
  readonly matrices: Matrix;
}

/** The covariance of h given y in every task, and the degrees of freedom behind each. */
export interface ResidualCovariances extends CovarianceSet {
  /** n_t − 2 (n_t − 1 without an intercept), T. */
  readonly degrees: Float64Array;
}

/**
 * The residual covariance of the representation given the target, per task.
 *
 *     R_t = S_t − s_t s_t' / q_t
 *
 * Method: section 3.2; it is the profile of the likelihood over the slope of h on y, with divisor n_t.
 *
 * @param moments Moments of the data.
 * @param intercept Whether a task may have its own level of h and y; default true.
 */
export function residualCovariances(moments: Moments, intercept = true): ResidualCovariances {
  return residualsOf(secondMoments(moments, intercept));
}

/** `residualCovariances` from the mean products themselves. */
export function residualsOf({ dim, rows, weights, S, s, q, fitted }: SecondMoments): ResidualCovariances {
  const tasks = q.length;
  const matrices = matrix(tasks, dim * dim);
  for (let t = 0; t < tasks; t++) {
    for (let i = 0; i < dim; i++) {
      for (let j = 0; j < dim; j++) {
        const at = (t * dim + i) * dim + j;
        matrices.data[at] = S.data[at] - (s.data[t * dim + i] * s.data[t * dim + j]) / q[t];
      }
    }
  }
  return { dim, weights, matrices, degrees: rows.map((n) => n - fitted) };
}

/** Σ_t π_t R_t, d × d. */
export function pooledCovariance({ dim, weights, matrices }: CovarianceSet): Matrix {
  const pooled = matrix(dim, dim);
  weights.forEach((weight, t) => {
    for (let k = 0; k < dim * dim; k++) pooled.data[k] += weight * matrices.data[t * dim * dim + k];
  });
  return pooled;
}
