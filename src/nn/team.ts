import { ConfigError } from "../errors.ts";
import { type FloatArray, type FloatType, zeros } from "./parameters.ts";

/**
 * One of several members that make the same training together: all hold the same weights, each computes its share of every
 * batch, and all make the same update by what all have found.
 */
export interface Team {
  /** 0 … size − 1. */
  readonly rank: number;
  readonly size: number;
  /**
   * Hands `own` to all members, and fills `others` with theirs: `others[i][k]` is what the i-th of the other members, in order of
   * rank, has handed out as its `own[k]`. Every member must call it equally often, with arrays of the same types and lengths.
   * Rejects when another member has failed or left.
   */
  exchange(own: readonly FloatArray[], others: readonly (readonly FloatArray[])[]): Promise<void>;
}

/** Arrays for what the other members hand out: as many as there are of them, each of these lengths. */
export function roomForOthers(
  { size }: Pick<Team, "size">,
  dtype: FloatType,
  lengths: readonly number[],
): FloatArray[][] {
  return Array.from({ length: size - 1 }, () => lengths.map((length) => zeros(length, dtype)));
}

/** Which of `count` things are a member's: those from `start` on, before `end`; shares differ by one at most. */
export function shareOf(count: number, { rank, size }: Pick<Team, "rank" | "size">): { start: number; end: number } {
  const before = (member: number) => Math.floor((member * count) / size);
  return { start: before(rank), end: before(rank + 1) };
}

/** Throws ConfigError when there are not as many rows in a batch as members. */
export function checkShares(batchSize: number, size: number): void {
  if (batchSize < size) throw new ConfigError(`${size} threads cannot share batches of ${batchSize} rows`);
}
