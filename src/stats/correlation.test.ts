import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GoldenArray, golden, goldenMatrix } from "../../test/golden.ts";
import { DomainError, ShapeError } from "../errors.ts";
import { matrix, matrixFromRows } from "../linalg/matrix.ts";
import { crossCorrelation } from "./correlation.ts";

const file = golden("mcc.json") as {
  cases: {
    name: string;
    z1: GoldenArray;
    z2: GoldenArray;
    pearson: { abs_corr: GoldenArray };
    spearman: { abs_corr: GoldenArray };
  }[];
};

/** Rounding of sums over 60 to 80 rows, in both implementations. */
const GOLDEN_TOLERANCE = 1e-12;

describe("crossCorrelation", () => {
  it.each(file.cases)("agrees with scipy on $name", ({ z1, z2, ...expected }) => {
    for (const kind of ["pearson", "spearman"] as const) {
      const { data } = crossCorrelation(goldenMatrix(z1), goldenMatrix(z2), kind);
      expected[kind].abs_corr.data.forEach((value, at) => {
        expect(Math.abs(Math.abs(data[at]) - value)).toBeLessThan(GOLDEN_TOLERANCE);
      });
    }
  });

  it("keeps the sign", () => {
    const x = matrixFromRows([[1], [2], [4]]);
    const y = matrixFromRows([
      [-1, 1],
      [-8, 3],
      [-64, 2],
    ]);
    // Pearson by hand: x is centred to (−4, −1, 5)/3 and y to (70, 49, −119)/3 and (−1, 1, 0).
    const expected = [-924 / Math.sqrt(42 * 21462), 3 / Math.sqrt(84)];
    crossCorrelation(x, y, "pearson").data.forEach((value, j) => {
      expect(value).toBeCloseTo(expected[j], 14);
    });
    const spearman = crossCorrelation(x, y, "spearman").data;
    expect(spearman[0]).toBeCloseTo(-1, 14);
    expect(spearman[1]).toBeCloseTo(0.5, 14);
  });

  it("is 0 for a constant column, even one whose mean is rounded", () => {
    const x = matrixFromRows([[0.1], [0.1], [0.1]]);
    const y = matrixFromRows([[1], [2], [4]]);
    expect(crossCorrelation(x, y, "pearson").data[0]).toBe(0);
    expect(crossCorrelation(y, x, "spearman").data[0]).toBe(0);
  });

  it("never leaves [−1, 1] (property)", () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2, maxLength: 20 }),
        fc.double({ min: -9, max: 9, noNaN: true }),
        (x, f) => {
          const table = matrixFromRows(x.map((v) => [v]));
          const scaled = matrixFromRows(x.map((v) => [v * f + 1]));
          expect(Math.abs(crossCorrelation(table, scaled, "pearson").data[0])).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("refuses tables of different rows, and names an entry that is not finite", () => {
    expect(() => crossCorrelation(matrix(3, 1), matrix(4, 1), "pearson")).toThrow(ShapeError);
    const broken = matrixFromRows([
      [1, 2],
      [3, Number.NaN],
    ]);
    expect(() => crossCorrelation(broken, matrix(2, 1), "pearson")).toThrow(/row 1, column 1 is NaN/);
    expect(() => crossCorrelation(broken, matrix(2, 1), "spearman")).toThrow(DomainError);
  });
});
