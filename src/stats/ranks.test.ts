import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../errors.ts";
import { matrixFromRows } from "../linalg/matrix.ts";
import { averageRanks, rankColumns } from "./ranks.ts";

/** By definition: one more than the number of smaller values, plus half the number of other equal ones. */
const byCounting = (x: number[]) =>
  x.map((value) => x.filter((v) => v < value).length + (x.filter((v) => v === value).length + 1) / 2);

describe("averageRanks", () => {
  it("agrees with scipy.stats.rankdata on ties", () => {
    // scipy.stats.rankdata([0, 2, 3, 2]) and rankdata([1, 1, 1])
    expect([...averageRanks(Float64Array.of(0, 2, 3, 2))]).toEqual([1, 2.5, 4, 2.5]);
    expect([...averageRanks(Float64Array.of(1, 1, 1))]).toEqual([2, 2, 2]);
  });

  it("agrees with counting, ties, infinities and both zeros included (property)", () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }), fc.constant(-0));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (x) => {
        expect([...averageRanks(Float64Array.from(x))]).toEqual(byCounting(x));
      }),
    );
  });

  it("ranks long vectors as short ones: the same values, each 150 times (property)", () => {
    const value = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(-0, 0, Infinity, -Infinity));
    fc.assert(
      fc.property(fc.array(value, { minLength: 30, maxLength: 40 }), (x) => {
        const copies = 150;
        const long = Float64Array.from({ length: x.length * copies }, (_, i) => x[i % x.length]);
        // Rank r of a value among x stands for copies · (r − ½) + ½ among all copies.
        const expected = byCounting(x).map((rank) => copies * (rank - 0.5) + 0.5);
        averageRanks(long).forEach((rank, i) => {
          if (rank !== expected[i % x.length]) expect(rank).toBe(expected[i % x.length]);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("does not touch its input and refuses NaN", () => {
    const x = Float64Array.of(3, 1, 2);
    averageRanks(x);
    expect([...x]).toEqual([3, 1, 2]);
    expect(() => averageRanks(Float64Array.of(1, Number.NaN))).toThrow(DomainError);
  });
});

describe("rankColumns", () => {
  it("ranks each column by itself", () => {
    const ranks = rankColumns(
      matrixFromRows([
        [30, 1],
        [10, 1],
        [20, 0],
      ]),
    );
    expect([...ranks.data]).toEqual([3, 2.5, 1, 2.5, 2, 1]);
  });
});
