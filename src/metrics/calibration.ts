/** Cells whose probability falls into one interval: of the cells given about this probability, how many are causes? */
export interface CalibrationBin {
  /** Bounds of the interval: low ≤ p < high, the last one closed. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly meanProbability: number;
  readonly shareOfCauses: number;
}

const BINS = 10;

/**
 * A reliability diagram over ten equal intervals of probability (Guo et al. 2017), the empty ones left out.
 *
 * @param p probabilities in [0, 1].  @param c 0 or 1, as many.
 * @returns at most ten bins, ascending.
 */
export function calibration(p: Float64Array, c: Float64Array): CalibrationBin[] {
  const bin = p.map((value) => Math.min(Math.floor(value * BINS), BINS - 1));
  return Array.from({ length: BINS }, (_, b) => {
    const inBin = (x: Float64Array) => x.filter((_, i) => bin[i] === b);
    const count = inBin(p).length;
    const mean = (x: Float64Array) => inBin(x).reduce((sum, value) => sum + value, 0) / count;
    return { low: b / BINS, high: (b + 1) / BINS, count, meanProbability: mean(p), shareOfCauses: mean(c) };
  }).filter(({ count }) => count > 0);
}
