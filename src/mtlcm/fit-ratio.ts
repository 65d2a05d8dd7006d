import { cholesky, choleskyLogDeterminant } from "../linalg/cholesky.ts";
import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import { digamma } from "./polygamma.ts";

/** Evidence against the model: the observed and the expected departure of Λ_t from diagonality, summed over tasks. */
export interface Misfit {
  /** Σ_t ν_t [ Σ_j log λ_tj − log |Λ_t| ]. */
  readonly observed: number;
  /** Its expectation when every Λ_t is diagonal but for sampling. */
  readonly expected: number;
  /** Σ_t ν_t d (d − 1) / 2: the number of pairs, weighted like the sums. */
  readonly pairs: number;
}

/**
 * How far latents are from being independent given y, on rows that did not choose the unmixing.
 *
 *     E[ Σ_j log λ_tj − log |Λ_t| ] = Σ_{i=1..d} [ ψ(ν_t / 2) − ψ((ν_t − i + 1) / 2) ]
 *
 * exactly, for a Wishart Λ_t with ν_t degrees of freedom and diagonal expectation. observed / expected is the fit ratio:
 * near 1 where the model holds, in small samples too. Method: section 4, part 1, whose χ² approximation this replaces:
 * at ν = 48 and d = 20 that expects 16% too little, and the d (d − 1) parameters it subtracts were fitted on other rows.
 *
 * @param lambda Λ_t, T × d², all positive definite.
 * @param degrees ν_t, T, all ≥ d.
 * @throws SingularMatrixError when a Λ_t is singular.
 */
export function misfit(lambda: Matrix, degrees: Float64Array): Misfit {
  const d = Math.sqrt(lambda.cols);
  let observed = 0;
  let expected = 0;
  let pairs = 0;
  for (let t = 0; t < lambda.rows; t++) {
    const covariance = rowView(lambda, t);
    let departure = -choleskyLogDeterminant(cholesky(matrix(d, d, covariance)));
    let chance = 0;
    for (let i = 0; i < d; i++) {
      departure += Math.log(covariance[i * d + i]);
      chance += digamma(degrees[t] / 2) - digamma((degrees[t] - i) / 2);
    }
    observed += degrees[t] * departure;
    expected += degrees[t] * chance;
    pairs += (degrees[t] * d * (d - 1)) / 2;
  }
  return { observed, expected, pairs };
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

/** The misfit of two disjoint sets of rows together. */
export function addMisfit(first: Misfit, second: Misfit): Misfit {
  return {
    observed: first.observed + second.observed,
    expected: first.expected + second.expected,
    pairs: first.pairs + second.pairs,
  };
}
