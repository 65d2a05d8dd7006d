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

/** A draw from the gamma distribution of scale 1 (Marsaglia & Tsang 2000; below shape 1 by their power of a uniform). */
function gammaVariate(shape: number, random: Random): number {
  if (shape < 1) return gammaVariate(shape + 1, random) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = random.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
