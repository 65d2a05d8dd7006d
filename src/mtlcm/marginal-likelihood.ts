import { cholesky, choleskyInverse, choleskyLogDeterminant } from "../linalg/cholesky.ts";
import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import type { SecondMoments } from "./second-moments.ts";

/** The parameters of h | y, t ~ N(A m_t y, A D_t A' + σo² I) (Eq. 14, Chen et al. 2024). */
export interface MarginalParameters {
  /** A, d × d. */
  readonly mixing: Matrix;
  /** D, T × d: variance of each latent given y. */
  readonly variance: Matrix;
  /** m, T × d: slope of each latent on y. */
  readonly slope: Matrix;
  /** σo². */
  readonly noise: number;
}

export interface MarginalLikelihood {
  /** Mean over rows of −log N(h; A m y, Σ), with its ½ d log 2π. */
  readonly value: number;
  /** Derivatives of the value, each with the shape of its parameter. */
  readonly gradient: MarginalParameters;
}

/**
 * The exact negative log-likelihood of stage 2 per row, and its gradient, from moments.
 *
 *     NLL_t = ½ [ d log 2π + log |Σ| + tr(Σ⁻¹ R) ] ,   Σ = A D A' + σo² I ,   R = S − a s' − s a' + q a a' ,   a = A m
 *     G = ½ (Σ⁻¹ − Σ⁻¹ R Σ⁻¹) ;  g = Σ⁻¹ (q a − s) ;  ∂A = 2 G A D + g m' ;  ∂D_j = (A' G A)_jj ;  ∂m = A' g ;  ∂σo² = tr G
 *
 * averaged with π_t. Source: method, section 3.1; costs O(T d³), whatever the number of rows.
 *
 * @throws SingularMatrixError when a Σ_t is not positive definite.
 */
export function marginalLikelihood(moments: SecondMoments, parameters: MarginalParameters): MarginalLikelihood {
  const d = moments.dim;
  const tasks = moments.q.length;
  const gradient = { mixing: matrix(d, d), variance: matrix(tasks, d), slope: matrix(tasks, d), noise: 0 };
  let value = (d / 2) * Math.log(2 * Math.PI);
  for (let t = 0; t < tasks; t++) {
    const weight = moments.weights[t];
    if (weight === 0) continue;
    const a = imageOf(parameters, t);
    const factor = cholesky(covarianceOf(parameters, t));
    const precision = choleskyInverse(factor);
    const scatter = scatterAround(moments, t, a);
    const half = multiply(precision, scatter);
    value += (weight / 2) * (choleskyLogDeterminant(factor) + trace(half));
    const sensitivity = multiply(half, precision);
    for (let k = 0; k < d * d; k++) sensitivity.data[k] = (weight / 2) * (precision.data[k] - sensitivity.data[k]);
    const pull = new Float64Array(d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const miss = moments.q[t] * a[j] - moments.s.data[t * d + j];
        pull[i] += weight * precision.data[i * d + j] * miss;
      }
    }
    gradient.noise += trace(sensitivity);
    addTaskGradient(gradient, parameters, t, sensitivity, pull);
  }
  return { value, gradient };
}

/** Adds ∂A, ∂D and ∂m of task t, given G and g. */
function addTaskGradient(
  gradient: MarginalParameters,
  { mixing, variance, slope }: MarginalParameters,
  t: number,
  sensitivity: Matrix,
  pull: Float64Array,
): void {
  const d = mixing.rows;
  const spread = multiply(sensitivity, mixing);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const ij = i * d + j;
      const tj = t * d + j;
      gradient.mixing.data[ij] += 2 * spread.data[ij] * variance.data[tj] + pull[i] * slope.data[tj];
      gradient.variance.data[tj] += mixing.data[ij] * spread.data[ij];
      gradient.slope.data[tj] += mixing.data[ij] * pull[i];
    }
  }
}

/** a = A m_t. */
function imageOf({ mixing, slope }: MarginalParameters, t: number): Float64Array {
  const d = mixing.rows;
  const a = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) a[i] += mixing.data[i * d + j] * slope.data[t * d + j];
  return a;
}

/** Σ = A D_t A' + σo² I. */
function covarianceOf({ mixing, variance, noise }: MarginalParameters, t: number): Matrix {
  const d = mixing.rows;
  const sigma = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = i === k ? noise : 0;
      for (let j = 0; j < d; j++) sum += mixing.data[i * d + j] * variance.data[t * d + j] * mixing.data[k * d + j];
      sigma.data[i * d + k] = sum;
      sigma.data[k * d + i] = sum;
    }
  }
  return sigma;
}

/** R = S − a s' − s a' + q a a'. */
function scatterAround({ dim: d, S, s, q }: SecondMoments, t: number, a: Float64Array): Matrix {
  const scatter = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const cross = a[i] * s.data[t * d + j] + s.data[t * d + i] * a[j];
      scatter.data[i * d + j] = S.data[(t * d + i) * d + j] - cross + q[t] * a[i] * a[j];
    }
  }
  return scatter;
}

function trace({ rows, data }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * rows + i];
  return sum;
}
