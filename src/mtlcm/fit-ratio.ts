import { cholesky, choleskyLogDeterminant } from "../linalg/cholesky.ts";
import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import { digamma, trigamma } from "../stats/polygamma.ts";
import { startingVariances } from "./noisy-likelihood.ts";
import { fitNoisyVariances, UNBOUNDED } from "./noisy-variances.ts";
import { block } from "./task-parameters.ts";

/** Evidence against the model: the observed and the expected departure of Λ_t from diagonality but for noise, summed over tasks. */
export interface Misfit {
  /** Σ_t ν_t departure_t. */
  readonly observed: number;
  /** Its expectation when the model holds. */
  readonly expected: number;
  /** Its variance when the model holds. */
  readonly variance: number;
  /** Σ_t ν_t d (d − 1) / 2: the number of pairs, weighted like the sums. */
  readonly pairs: number;
}

/**
 * How far latents are from being independent given y but for noise, on rows that did not choose the unmixing.
 *
 *     departure_t = min over D of  log |M| + tr(M⁻¹ Λ_t) − log |Λ_t| − d ,   M = diag D + N
 *     E[departure_t] = Σ_{i=1..d} [ ψ(ν_t / 2) − ψ((ν_t − i + 1) / 2) ]
 *
 * the likelihood ratio of the model. Without noise the departure is Σ_j log λ_tj − log |Λ_t| and the expectation exact,
 * for a Wishart Λ_t with ν_t degrees of freedom; with noise it has the same limit, as D counts the same, and is within a few
 * hundredths in samples of 50. D may be negative here, so that it has no bound to be near. observed / expected is the fit ratio:
 * near 1 where the model holds, in small samples too. Method: section 4, part 1, whose χ² approximation this replaces:
 * at ν = 48 and d = 20 that expects 16% too little, and the d (d − 1) parameters it subtracts were fitted on other rows.
 * A task with no more degrees of freedom than latents is judged by its pairs, one at a time, each by the same formula.
 *
 * @param lambda Λ_t, T × d².
 * @param degrees ν_t, T, all ≥ 2.
 * @param noise N = σo² B B', d × d, from the rows that chose B.
 */
export function misfit(lambda: Matrix, degrees: Float64Array, noise: Matrix): Misfit {
  const d = noise.rows;
  const total = { observed: 0, expected: 0, variance: 0, pairs: 0 };
  degrees.forEach((nu, t) => {
    const covariance = matrix(d, d, rowView(lambda, t));
    total.observed += nu * (nu > d ? departure(covariance, noise) : pairwiseDeparture(covariance, noise));
    total.expected += nu * (nu > d ? chanceDeparture(d, nu) : ((d * (d - 1)) / 2) * chanceDeparture(2, nu));
    total.variance += nu ** 2 * (nu > d ? chanceVariance(d, nu) : ((d * (d - 1)) / 2) * chanceVariance(2, nu));
    total.pairs += (nu * d * (d - 1)) / 2;
  });
  return total;
}

function departure(covariance: Matrix, noise: Matrix): number {
  const d = covariance.rows;
  const determinant = choleskyLogDeterminant(cholesky(covariance));
  if (noise.data.some((value) => value !== 0)) {
    const start = startingVariances(covariance.data, noise);
    return fitNoisyVariances(covariance, noise, start, UNBOUNDED).value - determinant - d;
  }
  let sum = -determinant;
  for (let j = 0; j < d; j++) sum += Math.log(covariance.data[j * d + j]);
  return sum;
}

function pairwiseDeparture(covariance: Matrix, noise: Matrix): number {
  let sum = 0;
  for (let i = 0; i < noise.rows; i++) {
    for (let j = 0; j < i; j++)
      sum += departure(block(covariance.data, [i, j], noise.rows), block(noise.data, [i, j], noise.rows));
  }
  return sum;
}

function chanceDeparture(d: number, nu: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += digamma(nu / 2) - digamma((nu - i) / 2);
  return sum;
}

/** The determinant of a sample correlation matrix is a product of independent beta variables. */
function chanceVariance(d: number, nu: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += trigamma((nu - i) / 2) - trigamma(nu / 2);
  return sum;
}

/** observed / expected; 1 for a single latent, which has nothing to be dependent on. */
export function fitRatio({ observed, expected }: Misfit): number {
  return expected === 0 ? 1 : observed / expected;
}

/**
 * Root mean square correlation, given y, of two latents in a task, beyond what sampling explains; 0 when there is less.
 *
 * −log |corr matrix| ≈ Σ_{i<j} ρ_ij², so the excess of `observed` per pair is a mean square. Unlike the fit ratio it does
 * not grow with the number of rows.
 */
export function residualCorrelation({ observed, expected, pairs }: Misfit): number {
  return pairs === 0 ? 0 : Math.sqrt(Math.max(0, (observed - expected) / pairs));
}

/**
 * Standard deviations by which the departure exceeds what sampling and correlations of `tolerated` between all latents
 * given y explain together: −log |corr matrix| is then noncentral χ², with noncentrality λ = tolerated² · pairs.
 *
 *     z = ( observed − expected − λ ) / √( variance + 4 λ )
 */
export function excessOver(tolerated: number, { observed, expected, variance, pairs }: Misfit): number {
  const noncentrality = tolerated ** 2 * pairs;
  return pairs === 0 ? 0 : (observed - expected - noncentrality) / Math.sqrt(variance + 4 * noncentrality);
}

/** The misfit of two disjoint sets of rows together. */
export function addMisfit(first: Misfit, second: Misfit): Misfit {
  return {
    observed: first.observed + second.observed,
    expected: first.expected + second.expected,
    variance: first.variance + second.variance,
    pairs: first.pairs + second.pairs,
  };
}
