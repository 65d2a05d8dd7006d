import { addSymmetricProduct, type Matrix, matrix } from "../linalg/matrix.ts";

/** A block of n centred rows of d numbers, and the same times the rows' weights: their product is a sum of outer products. */
export interface CentredRows {
  /** n × d. */
  readonly centred: Matrix;
  /** d × n. */
  readonly shares: Matrix;
}

/** So many rows go into a block, which then lies in the cache. */
const BLOCK = 256;

/** Rows of h with their weights, and the mean around which they are taken. */
export interface WeightedRows {
  readonly h: Matrix;
  /** Rows of h, in the order in which they are added up. */
  readonly rows: ArrayLike<number>;
  /** w, as many as rows. */
  readonly weights: Float64Array;
  /** μ, d. */
  readonly mean: Float64Array;
}

/**
 * Adds Σ_k w_k (h_k − μ)(h_k − μ)'.
 *
 * @param sum d × d; only its lower half is valid afterwards (`mirrorLowerHalf`).
 */
export function addCentredProducts(sum: Matrix, selected: WeightedRows): void {
  visitBlocks(selected, ({ shares, centred }) => addSymmetricProduct(sum, shares, centred));
}

/**
 * Visits the rows block by block.
 *
 * @param visit Sees every block, which is overwritten by the next, and the number of its first row.
 * @param room A block to be used where its size fits, as it does for the next task of as many rows.
 * @returns The last block.
 */
export function visitBlocks(
  selected: WeightedRows,
  visit: (block: CentredRows, first: number) => void,
  room?: CentredRows,
): CentredRows | undefined {
  const { h, rows } = selected;
  let block = room;
  for (let first = 0; first < rows.length; first += BLOCK) {
    const n = Math.min(BLOCK, rows.length - first);
    if (block?.centred.rows !== n) block = { centred: matrix(n, h.cols), shares: matrix(h.cols, n) };
    fill(block.centred.data, block.shares.data, n, selected, first);
    visit(block, first);
  }
  return block;
}

function fill(centred: Float64Array, shares: Float64Array, n: number, selected: WeightedRows, first: number): void {
  const { h, rows, weights, mean } = selected;
  const { cols: d, data } = h;
  for (let k = 0, to = 0; k < n; k++) {
    const from = rows[first + k] * d;
    const weight = weights[first + k];
    for (let j = 0, at = k; j < d; j++, at += n) {
      const value = data[from + j] - mean[j];
      centred[to++] = value;
      shares[at] = weight * value;
    }
  }
}

/** Σ_k w_k h_k over the rows named, d. */
export function weightedSum({ cols: d, data }: Matrix, rows: ArrayLike<number>, weights: Float64Array): Float64Array {
  const sum = new Float64Array(d);
  for (let k = 0; k < rows.length; k++) {
    const from = rows[k] * d;
    const weight = weights[k];
    for (let j = 0; j < d; j++) sum[j] += weight * data[from + j];
  }
  return sum;
}

/** How much each of the rows counts: 1 where there are no weights. */
export function weightsOf(rows: ArrayLike<number>, rowWeights?: Float64Array): Float64Array {
  const weights = new Float64Array(rows.length);
  if (rowWeights === undefined) return weights.fill(1);
  for (let k = 0; k < rows.length; k++) weights[k] = rowWeights[rows[k]];
  return weights;
}

/** Σ_k x_k. */
export function total(x: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k];
  return sum;
}

/** Divides all numbers of x, which it returns, by one. */
export function divide(x: Float64Array, divisor: number): Float64Array {
  for (let k = 0; k < x.length; k++) x[k] /= divisor;
  return x;
}
