/** Latents along a side of a square that a reader can follow, and a page can hold several of: those that explain most. */
export const MOST_LATENTS = 40;

/** Cells of a table of targets or columns by latents; a page holds several. */
const MOST_CELLS = 3000;

/** Rows that are drawn of a table with so many columns, at most `most`. */
export function mostRows(columns: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(MOST_CELLS / columns)));
}

/** What is said of latents that are not drawn: nothing where all are. */
export function leftOut(latents: number): string {
  return latents <= MOST_LATENTS ? "" : ` ${MOST_LATENTS} of ${latents} are drawn, those that explain most.`;
}
