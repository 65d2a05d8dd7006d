import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";

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
 * What sampling error lets expect of the contamination of one latent by another, as a variance, d × d; 0 on the diagonal.
 *
 *     var ε_ij = Γ_ji / (N κ_ij) ,   κ_ij = Γ_ij Γ_ji − 1
 *
 * ε_ij is what latent j leaks into latent i; latents have unit variance. Method: section 4, part 3. True only where the
 * model holds and the pairs are separated; infinite where a curvature κ is not even positive.
 *
 * @param gamma Γ, d × d.
 * @param degrees N = Σ_t ν_t, of the whole data.
 */
export function contamination(gamma: Matrix, degrees: number): Matrix {
  const d = gamma.rows;
  const variance = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      if (j === i) continue;
      const back = gamma.data[j * d + i];
      const curvature = gamma.data[i * d + j] * back - 1;
      variance.data[i * d + j] = curvature > 0 ? back / (degrees * curvature) : Number.POSITIVE_INFINITY;
    }
  }
  return variance;
}

/** |corr(ẑ_i, z_i)| = (1 + Σ_j var ε_ij)^(−1/2), d numbers in [0, 1]: 0 where a contamination is infinite. */
export function predictedCorrelations(variance: Matrix): Float64Array {
  return Float64Array.from({ length: variance.rows }, (_, i) => {
    const leakage = rowView(variance, i).reduce((sum, value) => sum + value, 0);
    return 1 / Math.sqrt(1 + leakage);
  });
}
