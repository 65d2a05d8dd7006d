/** Above this the asymptotic series below are exact to double precision. */
const ASYMPTOTIC = 10;

/** ψ(x) = d log Γ(x) / dx for x > 0: recurrence up to 10, then the asymptotic series (Abramowitz & Stegun 6.3.18). */
export function digamma(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < ASYMPTOTIC; at++) sum -= 1 / at;
  const w = 1 / (at * at);
  const series = w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - (w * 691) / 32760)))));
  return sum + Math.log(at) - 1 / (2 * at) - series;
}

/** ψ'(x) for x > 0 (Abramowitz & Stegun 6.4.12): the variance of the log of a Gamma(x) variable. */
export function trigamma(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < ASYMPTOTIC; at++) sum += 1 / (at * at);
  const w = 1 / (at * at);
  const series = w * (1 / 6 - w * (1 / 30 - w * (1 / 42 - w * (1 / 30 - w * (5 / 66 - (w * 691) / 2730)))));
  return sum + (1 + 1 / (2 * at) + series) / at;
}

/** log Γ(x) for x > 0: recurrence up to 10, then Stirling's series (Abramowitz & Stegun 6.1.41). */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < ASYMPTOTIC; at++) product *= at;
  const w = 1 / (at * at);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - (w * 691) / 360360))))) / at;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}
