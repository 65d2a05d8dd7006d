import type { Matrix } from "../linalg/matrix.ts";

/** A molecule of a strip: its row, its latent, and the share of all rows whose latent is smaller. */
export interface StripMember {
  readonly row: number;
  readonly value: number;
  readonly quantile: number;
}

/** Where along a latent molecules are taken. */
const QUANTILES = [0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995];
/** Share of the rows around a quantile that are open to choice, and the fewest of them. */
const WINDOW = 0.01;
const FEWEST = 5;

/**
 * Rows along a latent, from its low end to its high one: near each quantile the row whose other latents are least, so that
 * the rows differ in this latent and in as little else as can be.
 * @param latents - rows × d, each of mean 0 and variance 1
 */
export function rowsAlong(latents: Matrix, latent: number): StripMember[] {
  const { rows, cols, data } = latents;
  const value = (row: number) => data[row * cols + latent] as number;
  const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => value(a) - value(b));
  const others = (row: number) => {
    let sum = 0;
    for (let j = 0; j < cols; j++) if (j !== latent) sum += (data[row * cols + j] as number) ** 2;
    return sum;
  };
  const reach = Math.max(FEWEST, Math.round(WINDOW * rows)) / 2;
  const taken = new Set<number>();
  return QUANTILES.flatMap((quantile) => {
    const centre = Math.round(quantile * (rows - 1));
    const from = Math.max(0, Math.ceil(centre - reach));
    const open = order.slice(from, Math.floor(centre + reach) + 1).filter((row) => !taken.has(row));
    const [first, ...rest] = open;
    if (first === undefined) return [];
    const row = rest.reduce((best, candidate) => (others(candidate) < others(best) ? candidate : best), first);
    taken.add(row);
    return [{ row, value: value(row), quantile }];
  });
}
