import { gammaVariate } from "./gamma-variate.ts";
import type { Random } from "./random.ts";

/**
 * Random weights of mean 1 for the members of a sample: m times a draw from the symmetric Dirichlet distribution.
 *
 * With concentration α the weighted mean of m numbers varies by (their variance) / (m α + 1): α = 1 is the Bayesian
 * bootstrap (Rubin 1981), in which no member is ever left out entirely, as a bootstrap sample does with a third of them.
 *
 * @param m Number of members, ≥ 1.
 * @param concentration α > 0.
 * @returns m numbers ≥ 0 that sum to m.
 */
export function dirichletWeights(m: number, concentration: number, random: Random): Float64Array {
  const draws = Float64Array.from({ length: m }, () => gammaVariate(concentration, random));
  const total = draws.reduce((sum, value) => sum + value, 0);
  return draws.map((value) => (m * value) / total);
}
