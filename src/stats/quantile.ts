/**
 * The p-quantile of a sample, between its order statistics in proportion (type 7 of Hyndman & Fan 1996, the rule of NumPy
 * and R).
 *
 * @param sorted Ascending, at least one number.
 * @param p In [0, 1].
 */
export function quantileOfSorted(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** A range of values with its middle. */
export interface Interval {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** The central interval that holds the share `level` of a sample, and its median. */
export function centralInterval(sample: Iterable<number>, level: number): Interval {
  const sorted = Float64Array.from(sample).sort();
  const at = (p: number) => quantileOfSorted(sorted, p);
  return { low: at((1 - level) / 2), median: at(0.5), high: at((1 + level) / 2) };
}
