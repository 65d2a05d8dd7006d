import { type Matrix, matrix, multiply, multiplySymmetric, transpose } from "../linalg/matrix.ts";

/**
 * Λ_t = B R_t B' for every t: the covariances seen in the coordinates z = B h.
 *
 * @param matrices R_t, T × d², symmetric.
 * @param b B, k × d.
 * @returns T × k², exactly symmetric.
 */
export function congruence(matrices: Matrix, b: Matrix): Matrix {
  const { rows: k, cols: d } = b;
  const result = matrix(matrices.rows, k * k);
  const halves = multiply(matrix(matrices.rows * d, d, matrices.data), transpose(b)).data; // R_t B', one below the other
  for (let t = 0; t < matrices.rows; t++) {
    const half = matrix(d, k, halves.subarray(t * d * k, (t + 1) * d * k));
    result.data.set(multiplySymmetric(b, half).data, t * k * k);
  }
  return result;
}
