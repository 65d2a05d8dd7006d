import { logGamma } from "./polygamma.ts";

/** Largest number of terms; either expansion needs far fewer where it is used. */
const TERMS = 10_000;
const PRECISION = 1e-16;

/**
 * Q(a, x) = Γ(a, x) / Γ(a), the probability that a Gamma(a) variable exceeds x: the power series of its complement for x < a + 1,
 * else Legendre's continued fraction (Abramowitz & Stegun 6.5.29, 6.5.31).
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** The continued fraction by the modified algorithm of Lentz. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let product = d;
  for (let n = 1; n < TERMS; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    const factor = c * d;
    product *= factor;
    if (Math.abs(factor - 1) < PRECISION * 10) break;
  }
  return product;
}
