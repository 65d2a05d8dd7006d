import { dot, type Matrix, matrix, rowView, transpose } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import type { Random } from "../stats/random.ts";
import type { CovarianceSet } from "./residual-covariance.ts";

/**
 * Start number k of the search: generalised eigenvectors for even k, a random rotation for odd k.
 *
 * The first are good guesses and the second owe the data nothing, so that agreement between them means something.
 *
 * @param set R_t and π_t, whitened by their pooled matrix.
 */
export function startingPoint(set: CovarianceSet, k: number, random: Random): Matrix {
  return k % 2 === 0 ? generalisedEigenvectors(set, random) : randomOrthogonal(set.dim, random);
}

/**
 * Eigenvectors of a random combination of the R_t relative to their pooled matrix, in rows.
 *
 *     C = Σ_t π_t g_t R_t ,  g_t ~ N(0, 1) ;   C u = μ u
 *
 * Where the R_t can be diagonalised exactly, so can every combination of them, and its eigenvectors are the answer up to
 * scale (Parra & Sajda 2003, for two matrices).
 */
export function generalisedEigenvectors({ dim: d, weights, matrices }: CovarianceSet, random: Random): Matrix {
  const combination = matrix(d, d);
  weights.forEach((weight, t) => {
    const factor = weight * random.normal();
    for (let k = 0; k < d * d; k++) combination.data[k] += factor * matrices.data[t * d * d + k];
  });
  return transpose(symmetricEigen(combination).vectors);
}

/** A uniformly distributed orthogonal d × d matrix: Gram–Schmidt on rows of standard normal numbers. */
export function randomOrthogonal(d: number, random: Random): Matrix {
  const q = matrix(d, d);
  for (let i = 0; i < d; i++) {
    const row = rowView(q, i);
    for (let k = 0; k < d; k++) row[k] = random.normal();
    // Twice, because once leaves rounding errors that are as large as the row was nearly dependent.
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = rowView(q, j);
        const share = dot(row, other);
        for (let k = 0; k < d; k++) row[k] -= share * other[k];
      }
    }
    const length = Math.sqrt(dot(row, row));
    for (let k = 0; k < d; k++) row[k] /= length;
  }
  return q;
}
