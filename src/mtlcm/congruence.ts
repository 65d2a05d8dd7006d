import { type Matrix, matrix, multiply, multiplySymmetric, transpose } from "../linalg/matrix.ts";

/** Multiplications that are fewer than it takes to call for a product of matrices. */
const FEW = 512;

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
  if (k * k * d < FEW) {
    lowerHalvesInto(result.data, b, halves);
    for (let t = 0; t < matrices.rows; t++) mirrorLowerHalf(result.data, t * k * k, k);
    return result;
  }
  for (let t = 0; t < matrices.rows; t++) {
    const half = matrix(d, k, halves.subarray(t * d * k, (t + 1) * d * k));
    result.data.set(multiplySymmetric(b, half).data, t * k * k);
  }
  return result;
}

/** The lower halves of B H_t, the H_t (d × k) one below the other. */
function lowerHalvesInto(out: Float64Array, { rows: k, cols: d, data: b }: Matrix, halves: Float64Array): void {
  for (let from = 0, to = 0; from < halves.length; from += d * k, to += k * k) {
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let l = 0; l < d; l++) sum += b[i * d + l] * halves[from + l * k + j];
        out[to + i * k + j] = sum;
      }
    }
  }
}

function mirrorLowerHalf(x: Float64Array, at: number, k: number): void {
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) x[at + j * k + i] = x[at + i * k + j];
}
