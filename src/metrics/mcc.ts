import type { Matrix } from "../linalg/matrix.ts";
import { matrix, takeRows } from "../linalg/matrix.ts";
import { assign } from "../stats/assignment.ts";
import { type CorrelationKind, crossCorrelation } from "../stats/correlation.ts";
import { checkDisjoint, type RowHalves } from "./row-halves.ts";

/** A latent of the left set and the one of the right set that it is matched with. */
export interface MatchedPair {
  /** Column in the left set. */
  readonly left: number;
  /** Column in the right set. */
  readonly right: number;
  /** Their correlation, with its sign: negative means that one of the two must be flipped. */
  readonly correlation: number;
}

/** A mean correlation coefficient and the matching behind it. */
export interface Mcc {
  readonly score: number;
  /** min(d₁, d₂) pairs, by ascending left column. */
  readonly pairs: readonly MatchedPair[];
}

/**
 * The strong mean correlation coefficient, pooled over all rows: how well two sets of latents agree up to order, sign
 * and scale (Hyvärinen & Morioka 2016; Chen et al. 2024; method: section 6).
 *
 *     MCC = max over one-to-one matchings of the mean of |corr(left_i, right_j)| over the matched pairs
 *
 * @param left rows × d₁, usually the estimate.  @param right rows × d₂, the same rows, usually the truth.
 * @returns the score in [0, 1] and its pairs. Where d₁ ≠ d₂ the mean is over min(d₁, d₂) pairs and the rest is left
 *   out, so a score over many columns is higher by chance: compare it with its own null line. A constant column
 *   correlates 0.
 * @throws ShapeError when the rows differ; DomainError when an entry is NaN or infinite, or there is nothing to match.
 */
export function strongMcc(left: Matrix, right: Matrix, kind: CorrelationKind): Mcc {
  const correlation = crossCorrelation(left, right, kind);
  const matching = assign(matrix(correlation.rows, correlation.cols, correlation.data.map(Math.abs)));
  const pairs = Array.from(matching.left, (i, k) => {
    const j = matching.right[k];
    return { left: i, right: j, correlation: correlation.data[i * correlation.cols + j] };
  });
  return { score: matching.score, pairs };
}

/**
 * The strong MCC out of sample: matching and signs come from one half of the rows, the correlations from the other.
 *
 * @returns the mean over pairs of sign · correlation, which can be negative: a pair that changes sign counts against.
 *   `pairs` holds the correlations on the scored half.
 * @throws as `strongMcc`, and DomainError when the halves overlap or are empty.
 */
export function strongMccOutOfSample(left: Matrix, right: Matrix, halves: RowHalves, kind: CorrelationKind): Mcc {
  checkDisjoint(halves);
  const fitted = strongMcc(takeRows(left, halves.fit), takeRows(right, halves.fit), kind);
  const { cols, data } = crossCorrelation(takeRows(left, halves.score), takeRows(right, halves.score), kind);
  const pairs = fitted.pairs.map((pair) => ({ ...pair, correlation: data[pair.left * cols + pair.right] }));
  const signed = pairs.map(({ correlation }, k) => Math.sign(fitted.pairs[k].correlation) * correlation);
  return { score: signed.reduce((sum, value) => sum + value, 0) / signed.length, pairs };
}
