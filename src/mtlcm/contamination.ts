import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";

/** How strongly the data hold latents apart: what a pair's likelihood knows of ε_ij and ε_ji, per row. */
export interface Coupling {
  /** Γ_ij, d × d: information about ε_ij, what latent j leaks into latent i. */
  readonly own: Matrix;
  /** X_ij, d × d, symmetric: information that ε_ij and ε_ji share; 1 without noise. */
  readonly shared: Matrix;
}

/**
 * The information about contamination in the variances of latents that also carry noise.
 *
 *     Γ_ij = Σ_t π_t D_tj² / (λ_ti λ_tj) ,   X_ij = Σ_t π_t D_ti D_tj / (λ_ti λ_tj) ,   D_tj = λ_tj − N_jj
 *
 * Without noise Γ_ij = Σ_t π_t λ_tj / λ_ti and X_ij = 1. Noise common to both latents is neglected here. 1 / λ and λ_j / λ_i of
 * independent samples are too large by ν / (ν − 2) on average, which is taken back. Left in (as in method: section 4,
 * part 3) it makes Γ_ij Γ_ji − 1 too large by 4 / ν, which promises up to five times too little contamination where latents
 * are only just told apart.
 *
 * @param lambda Λ_t, T × d²; only the diagonals are read.
 * @param weights π_t, T.
 * @param degrees ν_t, T.
 * @param noise N = σo² B B', d × d; only the diagonal is read.
 */
export function couplings(lambda: Matrix, weights: Float64Array, degrees: Float64Array, noise: Matrix): Coupling {
  const d = noise.rows;
  const [own, shared] = [matrix(d, d), matrix(d, d)];
  for (let t = 0; t < lambda.rows; t++) {
    const unbias = 1 - 2 / degrees[t];
    for (let i = 0; i < d; i++) {
      const [li, ni] = [lambda.data[(t * d + i) * d + i], noise.data[i * d + i]];
      for (let j = 0; j < d; j++) {
        const [lj, nj] = [lambda.data[(t * d + j) * d + j], noise.data[j * d + j]];
        const squareOverVariance = lj - 2 * nj + (unbias * nj ** 2) / lj;
        own.data[i * d + j] += (weights[t] * unbias * squareOverVariance) / li;
        shared.data[i * d + j] += weights[t] * (1 - (unbias * ni) / li) * (1 - (unbias * nj) / lj);
      }
    }
  }
  return { own, shared };
}

/**
 * What sampling error lets expect of the contamination of one latent by another, as a variance, d × d; 0 on the diagonal.
 *
 *     var ε_ij = Γ_ji / (N_ν κ_ij) ,   κ_ij = Γ_ij Γ_ji − X_ij²
 *
 * ε_ij is what latent j leaks into latent i; latents have unit variance. Method: section 4, part 3. True only where the
 * model holds and the pairs are separated; infinite where a curvature κ is not even positive.
 *
 * @param coupling Γ and X.
 * @param degrees N_ν = Σ_t ν_t, of the whole data.
 */
export function contamination({ own, shared }: Coupling, degrees: number): Matrix {
  const d = own.rows;
  const variance = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      if (j === i) continue;
      const back = own.data[j * d + i];
      const curvature = own.data[i * d + j] * back - shared.data[i * d + j] ** 2;
      variance.data[i * d + j] = curvature > 0 ? back / (degrees * curvature) : Number.POSITIVE_INFINITY;
    }
  }
  return variance;
}

/**
 * The correlation of each estimated latent with the true one that contamination and noise leave.
 *
 *     |corr(ẑ_i, z_i)| = ( 1 + (Σ_j v_j var ε_ij + 1 − v_i) / v_i )^(−1/2)
 *
 * ẑ_i has unit variance, of which v_i is the latent's own and the rest noise.
 *
 * @param variance var ε, d × d.
 * @param noiseShare 1 − v, d: share of each latent's variance that is noise.
 * @returns d numbers in [0, 1]: 0 where a contamination is infinite, or all is noise.
 */
export function predictedCorrelations(variance: Matrix, noiseShare: Float64Array): Float64Array {
  const kept = noiseShare.map((share) => Math.max(0, 1 - share));
  return kept.map((v, i) => {
    // 0 · ∞ is no contamination of a latent that is all noise, and still no knowledge of this one.
    const leak = (value: number, j: number) => (Number.isFinite(value) ? kept[j] * value : value);
    const leakage = rowView(variance, i).reduce((sum, value, j) => sum + leak(value, j), 0);
    return v === 0 ? 0 : 1 / Math.sqrt(1 + (leakage + 1 - v) / v);
  });
}
