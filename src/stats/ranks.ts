import { DomainError } from "../errors.ts";
import { column, type Matrix, matrix } from "../linalg/matrix.ts";
import { ascendingOrder } from "./ranks-order.ts";

/**
 * Ranks from 1 for the smallest to n; equal values share the average of their ranks (the default of
 * scipy.stats.rankdata, and what Spearman's correlation asks for).
 *
 * @param x n numbers, infinities allowed.
 * @throws DomainError when a value is NaN, which has no rank.
 */
export function averageRanks(x: Float64Array): Float64Array {
  if (x.some(Number.isNaN)) throw new DomainError("averageRanks: NaN has no rank");
  const order = ascendingOrder(x);
  const ranks = new Float64Array(x.length);
  for (let first = 0, next = 0; first < x.length; first = next) {
    while (next < x.length && x[order[next]] === x[order[first]]) next++;
    for (let k = first; k < next; k++) ranks[order[k]] = (first + 1 + next) / 2;
  }
  return ranks;
}

/** Each column of `a` replaced by its average ranks. Throws DomainError when an entry is NaN. */
export function rankColumns(a: Matrix): Matrix {
  const result = matrix(a.rows, a.cols);
  for (let j = 0; j < a.cols; j++) {
    const ranks = averageRanks(column(a, j));
    for (let i = 0; i < a.rows; i++) result.data[i * a.cols + j] = ranks[i];
  }
  return result;
}
