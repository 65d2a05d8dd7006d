import { cholesky, choleskySolve } from "../linalg/cholesky.ts";
import { inverse } from "../linalg/lu.ts";
import { column, copy, dot, type Matrix, multiplyVector, rowView } from "../linalg/matrix.ts";
import type { Diagonality } from "./diagonality.ts";

/**
 * One sweep of exact block coordinate descent on L: every row of B in turn is set to its best value, given the others
 * and the variances D.
 *
 *     V_j = Σ_t π_t R_t / D_tj ;   b ← (B V_j)⁻¹ e_j ;   b_j ← b / √(b' V_j b)
 *
 * L never rises, and there is no step size. Method: section 3.2; Pham & Cardoso 2001 for the criterion.
 *
 * @param sums V_1 … V_d, from `weightedSums`.
 * @returns B after the sweep, d × d.
 * @throws SingularMatrixError when a V_j is not positive definite.
 */
export function sweep({ unmixing }: Diagonality, sums: readonly Matrix[]): Matrix {
  const b = copy(unmixing);
  const a = inverse(b);
  sums.forEach((v, j) => {
    // (B V)⁻¹ e_j = V⁻¹ B⁻¹ e_j: the column of the current inverse, which a rank-one update keeps current.
    const direction = choleskySolve(cholesky(v), column(a, j));
    const length = Math.sqrt(dot(direction, multiplyVector(v, direction)));
    const change = direction.map((value, k) => value / length - b.data[j * b.cols + k]);
    updateInverse(a, j, change);
    const row = rowView(b, j);
    for (let k = 0; k < row.length; k++) row[k] += change[k];
  });
  return b;
}

/** Sherman–Morrison: A = B⁻¹ becomes the inverse of B + e_j change'. */
function updateInverse(a: Matrix, j: number, change: Float64Array): void {
  const d = a.rows;
  const left = column(a, j);
  const right = new Float64Array(d);
  for (let k = 0; k < d; k++) for (let l = 0; l < d; l++) right[l] += change[k] * a.data[k * d + l];
  const scale = 1 / (1 + right[j]);
  for (let k = 0; k < d; k++) for (let l = 0; l < d; l++) a.data[k * d + l] -= scale * left[k] * right[l];
}
