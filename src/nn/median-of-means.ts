/** Parts whose means are taken apart. */
export const PARTS = 11;

/**
 * The median of the means of `parts` interleaved parts of the values, at most as many as there are values. A mean over all
 * would be decided by a few values far from the others; the median of means is not (Lugosi and Mendelson 2019).
 */
export function medianOfMeans(values: ArrayLike<number>, parts = PARTS): number {
  const count = Math.max(1, Math.min(parts, values.length));
  const sums = new Float64Array(count);
  const sizes = new Float64Array(count);
  for (let i = 0; i < values.length; i++) {
    sums[i % count] += values[i];
    sizes[i % count]++;
  }
  const sorted = sums.map((sum, k) => sum / sizes[k]).sort();
  return (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
}
