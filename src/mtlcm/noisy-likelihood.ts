import { logAbsDeterminant } from "../linalg/lu.ts";
import { type Matrix, matrix, multiply, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import { congruence } from "./congruence.ts";
import type { VarianceBounds } from "./diagonality.ts";
import { fitNoisyVariances, variancesRoom } from "./noisy-variances.ts";
import type { CovarianceSet } from "./residual-covariance.ts";

/** Residual covariances of something that carries noise of a known shape and an unknown level. */
export interface NoisyCovarianceSet extends CovarianceSet {
  /** W, d × d: the noise has covariance σo² W. The identity in the coordinates of h. */
  readonly noiseShape: Matrix;
}

/** The likelihood of an unmixing and a level of noise, each task's variances being the most likely ones. */
export interface NoisyLikelihood {
  /** Negative log-likelihood per row in nats, with its ½ d log 2π. */
  readonly value: number;
  /** Slope along B ← (I + E) B at E = 0, d × d. */
  readonly unmixingSlope: Matrix;
  /** Slope along σo². */
  readonly noiseSlope: number;
  /** D, T × d. */
  readonly variance: Matrix;
  /** M_t⁻¹, T × d². */
  readonly precision: Matrix;
}

/**
 * The exact negative log-likelihood of stage 2, slopes and variances profiled out, and its gradient.
 *
 *     L(B, σo²) = −log |det B| + Σ_t π_t ½ [ log |M_t| + tr(M_t⁻¹ Λ_t) ] ,   Λ_t = B R_t B' ,   M_t = D_t + σo² B W B'
 *     G_t = ½ (M_t⁻¹ − M_t⁻¹ Λ_t M_t⁻¹) ;   ∂E = −2 Σ_t π_t G_t D_t ;   ∂σo² = Σ_t π_t tr(G_t B W B')
 *
 * Eq. 14 of Chen et al. 2024 in the coordinates of the latents, where it is well scaled; at σo = 0 it is the L of joint
 * diagonalisation. The slopes A m_t = s_t / q_t are the best whatever A, D and σo are, because R_t is smallest there in
 * the order of matrices. The D_t minimise L for given B and σo, so that the gradient needs no derivative of theirs.
 *
 * @param set R_t, π_t and W.
 * @param unmixing B, d × d.
 * @param noise σo².
 * @param start D to start each task from, T × d; without one, what Λ_t shows less the noise.
 * @throws SingularMatrixError when B or an R_t is singular.
 */
export function noisyLikelihood(
  set: NoisyCovarianceSet,
  unmixing: Matrix,
  noise: number,
  bounds: VarianceBounds,
  start?: Matrix,
): NoisyLikelihood {
  const d = set.dim;
  const lambda = congruence(set.matrices, unmixing);
  const shape = multiplyTransposed(multiply(unmixing, set.noiseShape), unmixing);
  const carried = scaled(shape, noise);
  const [variance, precision, slope] = [matrix(lambda.rows, d), matrix(lambda.rows, d * d), matrix(d, d)];
  let [value, noiseSlope] = [(d / 2) * Math.log(2 * Math.PI) - logAbsDeterminant(unmixing), 0];
  const room = variancesRoom(d);
  for (let t = 0; t < lambda.rows; t++) {
    const covariance = rowView(lambda, t);
    const from = start === undefined ? startingVariances(covariance, carried) : rowView(start, t);
    const fitted = fitNoisyVariances(matrix(d, d, covariance), carried, from, bounds, room);
    rowView(variance, t).set(fitted.variance);
    rowView(precision, t).set(fitted.precision.data);
    const weight = set.weights[t];
    value += (weight / 2) * fitted.value;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const g = (weight / 2) * (fitted.precision.data[i * d + j] - fitted.weighted.data[i * d + j]);
        slope.data[i * d + j] -= 2 * g * fitted.variance[j];
        noiseSlope += g * shape.data[i * d + j];
      }
    }
  }
  return { value, unmixingSlope: slope, noiseSlope, variance, precision };
}

/** Share of what a latent shows that it keeps at the start, however large the noise. */
const KEPT = 0.1;

/** D_j = Λ_jj − N_jj, but at least a tenth of Λ_jj. Λ is d × d row-major. */
export function startingVariances(lambda: Float64Array, noise: Matrix): Float64Array {
  const d = noise.rows;
  return Float64Array.from({ length: d }, (_, j) => {
    const shown = lambda[j * d + j];
    return Math.max(shown - noise.data[j * d + j], KEPT * shown);
  });
}

/** factor · A. */
export function scaled({ rows, cols, data }: Matrix, factor: number): Matrix {
  return matrix(
    rows,
    cols,
    data.map((value) => factor * value),
  );
}
