import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../errors.ts";
import { matrix, matrixFromRows } from "../linalg/matrix.ts";
import { assign } from "./assignment.ts";

/** The best total over all injections of rows into columns, by trying each. */
function bestTotal(rows: readonly (readonly number[])[], taken = new Set<number>(), i = 0): number {
  if (i === rows.length) return 0;
  const options = rows[i].flatMap((score, j) =>
    taken.has(j) ? [] : [score + bestTotal(rows, new Set([...taken, j]), i + 1)],
  );
  return Math.max(...options);
}

describe("assign", () => {
  it("finds the best matching, square or wide", () => {
    const table = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 }))
      .chain(([n, extra]) =>
        fc.array(
          fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n + extra, maxLength: n + extra }),
          { minLength: n, maxLength: n },
        ),
      );
    fc.assert(
      fc.property(table, (rows) => {
        const { left, right, score } = assign(matrixFromRows(rows));
        expect([...left]).toEqual(rows.map((_, i) => i));
        expect(new Set(right).size).toBe(rows.length);
        expect(score * rows.length).toBeCloseTo(bestTotal(rows), 12);
      }),
    );
  });

  it("matches one with one", () => {
    expect(assign(matrixFromRows([[0.3]]))).toEqual({ left: Int32Array.of(0), right: Int32Array.of(0), score: 0.3 });
  });

  it("leaves rows over when there are more rows than columns", () => {
    expect([...assign(matrixFromRows([[0.1], [0.9], [0.2]])).left]).toEqual([1]);
  });

  it("refuses nothing to match, and scores that are not numbers", () => {
    expect(() => assign(matrix(0, 3))).toThrow(DomainError);
    expect(() => assign(matrixFromRows([[Number.NaN]]))).toThrow(DomainError);
  });
});
