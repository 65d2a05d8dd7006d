import { DomainError } from "../errors.ts";
import type { Random } from "../stats/random.ts";

/** Row indices for an out-of-sample score: what is fitted is fitted on `fit` alone, and scored on `score` alone. */
export interface RowHalves {
  readonly fit: ArrayLike<number>;
  readonly score: ArrayLike<number>;
}

/** Rows 0 … n − 1 in two random halves; of an odd number the fitted half has one more. */
export function randomHalves(rows: number, random: Random): RowHalves {
  const order = random.permutation(rows);
  const middle = Math.ceil(rows / 2);
  return { fit: order.slice(0, middle).sort(), score: order.slice(middle).sort() };
}

/** Throws DomainError when the halves share a row or either is empty: the score would not be out of sample. */
export function checkDisjoint({ fit, score }: RowHalves): void {
  if (fit.length === 0 || score.length === 0) throw new DomainError("out of sample: both halves need rows");
  const fitted = new Set(Array.from(fit));
  const shared = Array.from(score).find((row) => fitted.has(row));
  if (shared !== undefined) throw new DomainError(`out of sample: row ${shared} is in both halves`);
}
