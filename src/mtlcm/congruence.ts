import { type Matrix, matrix } from "../linalg/matrix.ts";

/**
 * Λ_t = B R_t B' for every t: the covariances seen in the coordinates z = B h.
 *
 * @param matrices R_t, T × d², symmetric.
 * @param b B, k × d.
 * @returns T × k².
 */
export function congruence(matrices: Matrix, b: Matrix): Matrix {
  const { rows: k, cols: d } = b;
  const result = matrix(matrices.rows, k * k);
  const half = new Float64Array(k * d);
  for (let t = 0; t < matrices.rows; t++) {
    half.fill(0);
    const from = t * d * d;
    for (let i = 0; i < k; i++) {
      for (let l = 0; l < d; l++) {
        const factor = b.data[i * d + l];
        for (let m = 0; m < d; m++) half[i * d + m] += factor * matrices.data[from + l * d + m];
      }
    }
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let m = 0; m < d; m++) sum += half[i * d + m] * b.data[j * d + m];
        result.data[t * k * k + i * k + j] = sum;
        result.data[t * k * k + j * k + i] = sum;
      }
    }
  }
  return result;
}
