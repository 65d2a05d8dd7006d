import { digamma, logGamma, trigamma } from "../stats/polygamma.ts";

/** What variances of one kind have in common: they scatter around `value` like averages of `degrees` squares. */
export interface VariancePrior {
  readonly value: number;
  /** Rows that this knowledge is worth: 0 when there is none, Infinity when all variances are the same. */
  readonly degrees: number;
}

/**
 * The law of the true variances behind estimates with known degrees of freedom, by the moments of their logarithms.
 *
 *     e = log x − ψ(ν/2) + log(ν/2) ;   ψ'(ν₀/2) = var e − mean ψ'(ν/2) ;   log s₀² = mean e + ψ(ν₀/2) − log(ν₀/2)
 *
 * The empirical Bayes prior of Smyth 2004 (limma), a scaled inverse χ².
 *
 * @param variances x > 0; others are left out.
 * @param degrees ν > 0 of each.
 * @returns degrees 0 for fewer than two variances.
 */
export function variancePrior(variances: readonly number[], degrees: readonly number[]): VariancePrior {
  const known = variances.flatMap((x, i) => (x > 0 && degrees[i] > 0 ? [{ x, half: degrees[i] / 2 }] : []));
  if (known.length < 2) return { value: known[0]?.x ?? 1, degrees: 0 };
  const logs = known.map(({ x, half }) => unbiasedLog(x, 2 * half));
  const mean = logs.reduce((sum, e) => sum + e, 0) / logs.length;
  const variance = logs.reduce((sum, e) => sum + (e - mean) ** 2, 0) / (logs.length - 1);
  return priorOfLogs(mean, variance - known.reduce((sum, { half }) => sum + trigamma(half), 0) / known.length);
}

/** An estimate of the log of a variance whose mean is that log: e = log x − ψ(ν/2) + log(ν/2), of variance ψ'(ν/2). */
function unbiasedLog(variance: number, degrees: number): number {
  return Math.log(variance) - biasOfLog(degrees);
}

/** By how much the log of an estimate with ν degrees of freedom exceeds that of the variance on average: ψ(ν/2) − log(ν/2). */
export function biasOfLog(degrees: number): number {
  return digamma(degrees / 2) - Math.log(degrees / 2);
}

/** The prior under which the logs of the true variances have this mean and variance. */
export function priorOfLogs(mean: number, spread: number): VariancePrior {
  if (!(spread > 0)) return { value: Math.exp(mean), degrees: Number.POSITIVE_INFINITY };
  const half = inverseTrigamma(spread);
  return { value: Math.exp(mean + digamma(half) - Math.log(half)), degrees: 2 * half };
}

/**
 * The log of the density of log x, x an estimate of a variance with ν degrees of freedom: x / s₀² ~ F(ν, ν₀).
 *
 * @param variance x > 0.
 * @param degrees ν > 0.
 * @param normaliser from `logNormaliser`, for who asks for many densities with one ν.
 */
export function logDensityOfLog(
  prior: VariancePrior,
  variance: number,
  degrees: number,
  normaliser = logNormaliser(prior, degrees),
): number {
  const f = variance / prior.value;
  const a = degrees / 2;
  const b = prior.degrees / 2;
  if (b === Number.POSITIVE_INFINITY) return a * Math.log(a * f) - a * f - normaliser;
  return a * Math.log(a * f) - (a + b) * Math.log(a * f + b) - normaliser;
}

/** What such a log density has that does not depend on x: log B(ν/2, ν₀/2) − ν₀/2 log ν₀/2, or log Γ(ν/2) where ν₀ is infinite. */
export function logNormaliser({ degrees: prior }: VariancePrior, degrees: number): number {
  const a = degrees / 2;
  const b = prior / 2;
  if (prior === Number.POSITIVE_INFINITY) return logGamma(a);
  return logGamma(a) + logGamma(b) - logGamma(a + b) - b * Math.log(b);
}

/** The variance of an estimate and a prior together, (ν₀ s₀² + ν x)/(ν₀ + ν). */
export function moderate({ value, degrees: prior }: VariancePrior, variance: number, degrees: number): number {
  if (prior === Number.POSITIVE_INFINITY) return value;
  return (prior * value + degrees * variance) / (prior + degrees);
}

/** x > 0 with ψ'(x) = y, by bisection on log x: ψ' falls from ∞ to 0. */
function inverseTrigamma(y: number): number {
  let [low, high] = [Math.log(1e-8), Math.log(1e8)];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (trigamma(Math.exp(middle)) > y) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
