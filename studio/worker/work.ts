/** Multiplications of one update of a network: every weight about three times for every row. */
export function workOf(layers: readonly number[], tasks: number, batchSize: number): number {
  const widths = [...layers, tasks];
  const weights = widths.slice(1).reduce((sum, width, k) => sum + width * (widths[k] as number), 0);
  return 3 * weights * batchSize;
}
