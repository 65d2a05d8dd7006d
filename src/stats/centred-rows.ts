/** Centred rows of one task that wait to be added to its covariance, and the same times their weights. */
export interface CentredRows {
  /** How many there are, up to `BLOCK`. */
  rows: number;
  /** BLOCK × d. */
  readonly centred: Float64Array;
  readonly share: Float64Array;
}

/** So many rows are added in one pass over the covariance. */
export const BLOCK = 4;

/** Room for rows of d numbers; no row waits. */
export function centredRows(d: number): CentredRows {
  return { rows: 0, centred: new Float64Array(BLOCK * d), share: new Float64Array(BLOCK * d) };
}

/**
 * Adds Σ_k share_k centred_k' of the rows that wait, after which none does.
 *
 * @param sum d × d row-major from `at` on; only its lower half is written.
 */
export function addWaitingRows(sum: Float64Array, at: number, waiting: CentredRows, d: number): void {
  const { rows, centred: x, share } = waiting;
  if (rows === BLOCK) addBlock(sum, at, share, x, d);
  else for (let k = 0; k < rows; k++) addRow(sum, at, share, x, k * d, d);
  waiting.rows = 0;
}

function addRow(sum: Float64Array, at: number, share: Float64Array, x: Float64Array, from: number, d: number): void {
  for (let i = 0; i < d; i++) {
    const s = share[from + i];
    const to = at + i * d;
    for (let j = 0; j <= i; j++) sum[to + j] += s * x[from + j];
  }
}

function addBlock(sum: Float64Array, at: number, share: Float64Array, x: Float64Array, d: number): void {
  const [second, third, fourth] = [d, 2 * d, 3 * d];
  for (let i = 0; i < d; i++) {
    const s0 = share[i];
    const s1 = share[second + i];
    const s2 = share[third + i];
    const s3 = share[fourth + i];
    const to = at + i * d;
    for (let j = 0; j <= i; j++) {
      sum[to + j] += s0 * x[j] + s1 * x[second + j] + s2 * x[third + j] + s3 * x[fourth + j];
    }
  }
}
