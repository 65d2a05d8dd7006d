import { type Matrix, matrix } from "../linalg/matrix.ts";

/**
 * Γ, d × d: how strongly the data hold latent j out of latent i.
 *
 *     Γ_ij = Σ_t π_t (1 − 2/ν_t) λ_tj / λ_ti
 *
 * The factor makes it unbiased, as a ratio of two independent sample variances has mean ν / (ν − 2). Without it (as in
 * method: section 4, part 3) Γ_ij Γ_ji − 1 is 4 / ν too large, which promises up to five times too little contamination
 * where latents are only just told apart.
 *
 * @param lambda Λ_t, T × d²; only the diagonals are read.
 * @param weights π_t, T.
 * @param degrees ν_t, T.
 */
export function varianceRatios(lambda: Matrix, weights: Float64Array, degrees: Float64Array): Matrix {
  const d = Math.sqrt(lambda.cols);
  const gamma = matrix(d, d);
  for (let t = 0; t < lambda.rows; t++) {
    for (let i = 0; i < d; i++) {
      const factor = (weights[t] * (1 - 2 / degrees[t])) / lambda.data[(t * d + i) * d + i];
      for (let j = 0; j < d; j++) gamma.data[i * d + j] += factor * lambda.data[(t * d + j) * d + j];
    }
  }
  return gamma;
}

/**
 * The correlation of each estimated latent with the true one that sampling error lets expect.
 *
 *     var ε_ij = Γ_ji / (N κ_ij) ,   κ_ij = Γ_ij Γ_ji − 1 ,   |corr(ẑ_i, z_i)| = (1 + Σ_j var ε_ij)^(−1/2)
 *
 * ε_ij is what latent j leaks into latent i; latents have unit variance. Method: section 4, part 3. True only where the
 * model holds and the pairs are separated.
 *
 * @param gamma Γ, d × d.
 * @param degrees N = Σ_t ν_t, of the whole data.
 * @returns d numbers in [0, 1]; 0 where a curvature κ is not even positive.
 */
export function predictedCorrelations(gamma: Matrix, degrees: number): Float64Array {
  const d = gamma.rows;
  return Float64Array.from({ length: d }, (_, i) => {
    let leakage = 0;
    for (let j = 0; j < d; j++) {
      if (j === i) continue;
      const back = gamma.data[j * d + i];
      const curvature = gamma.data[i * d + j] * back - 1;
      leakage += curvature > 0 ? back / (degrees * curvature) : Number.POSITIVE_INFINITY;
    }
    return 1 / Math.sqrt(1 + leakage);
  });
}
