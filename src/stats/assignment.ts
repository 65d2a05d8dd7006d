import munkres from "munkres";
import { DomainError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";

/** A one-to-one matching: row `left[k]` goes with column `right[k]`; `left` ascends. */
export interface Assignment {
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Mean of the matched entries. */
  readonly score: number;
}

/**
 * The matching of rows to columns with the largest total score (Kuhn 1955, Munkres 1957).
 *
 * @param score rows × cols, larger is better, for example |corr|; min(rows, cols) pairs are matched.
 * @throws DomainError when the matrix is empty or an entry is not finite.
 */
export function assign(score: Matrix): Assignment {
  const { rows, cols, data } = score;
  if (rows === 0 || cols === 0) throw new DomainError(`assign: nothing to match in ${rows} × ${cols}`);
  if (!data.every(Number.isFinite)) throw new DomainError("assign: every score must be finite");
  const costs = Array.from({ length: rows }, (_, i) => Array.from({ length: cols }, (_, j) => -data[i * cols + j]));
  const pairs = munkres(costs).sort(([i], [j]) => i - j);
  const total = pairs.reduce((sum, [i, j]) => sum + data[i * cols + j], 0);
  return {
    left: Int32Array.from(pairs, ([i]) => i),
    right: Int32Array.from(pairs, ([, j]) => j),
    score: total / pairs.length,
  };
}
