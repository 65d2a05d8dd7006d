import { describe, expect, it } from "vitest";
import { normals } from "../../test/matrices.ts";
import { DomainError, ShapeError } from "../errors.ts";
import { matrix, matrixFromRows, takeColumns } from "../linalg/matrix.ts";
import { crossCorrelation } from "../stats/correlation.ts";
import { linearR2, linearR2OutOfSample } from "./linear-r2.ts";

const rows = Array.from({ length: 60 }, (_, i) => i);
const halves = { fit: rows.filter((i) => i % 2 === 0), score: rows.filter((i) => i % 2 === 1) };

describe("linearR2", () => {
  it("is the squared correlation for one feature", () => {
    const [x, y] = [normals(30, 1, 1), normals(30, 2, 2)];
    const r = crossCorrelation(x, y, "pearson").data;
    linearR2(x, y).values.forEach((value, j) => {
      expect(value).toBeCloseTo(r[j] ** 2, 13);
    });
  });

  it("agrees with a regression on two features worked by hand", () => {
    // y regressed on x1 = (−1, −1, 1, 1) and x2 = (−1, 1, −1, 1): orthogonal, so R² = (½² + 2²)·4 / Σ(y − 4)² = 17/18.
    const x = matrixFromRows([
      [-1, -1],
      [-1, 1],
      [1, -1],
      [1, 1],
    ]);
    const y = matrixFromRows([[2], [5], [2], [7]]);
    expect(linearR2(x, y).values[0]).toBeCloseTo(17 / 18, 14);
  });

  it("does not mind dependent columns, and is 0 for a constant truth", () => {
    const x = normals(40, 2, 3);
    const y = matrix(
      40,
      2,
      normals(40, 2, 4).data.map((value, at) => (at % 2 === 0 ? value : 0.1)),
    );
    const expected = linearR2(x, y);
    const found = linearR2(takeColumns(x, [0, 1, 0, 1]), y);
    expect(found.values[0]).toBeCloseTo(expected.values[0], 12);
    expect(found.values[1]).toBe(0);
    expect(found.mean).toBeCloseTo(expected.values[0] / 2, 12);
  });

  it("refuses an exact fit by too few rows, and other rows", () => {
    expect(() => linearR2(normals(4, 3, 1), normals(4, 1, 2))).toThrow(DomainError);
    expect(() => linearR2(normals(5, 3, 1), normals(5, 1, 2))).not.toThrow();
    expect(() => linearR2(normals(5, 3, 1), normals(6, 1, 2))).toThrow(ShapeError);
  });
});

describe("linearR2OutOfSample", () => {
  it("is below 0 for noise, where in sample it looks like something", () => {
    const [x, y] = [normals(60, 10, 5), normals(60, 8, 6)];
    expect(linearR2(x, y).mean).toBeGreaterThan(0.1);
    expect(linearR2OutOfSample(x, y, halves).mean).toBeLessThan(0);
  });

  it("carries slope and intercept over to the other half", () => {
    const x = normals(60, 1, 7);
    const y = matrix(
      60,
      1,
      x.data.map((value) => 100 - 3 * value),
    );
    expect(linearR2OutOfSample(x, y, halves).values[0]).toBeCloseTo(1, 12);
    const shifted = matrix(
      60,
      1,
      y.data.map((value, i) => value + (i % 2 === 1 ? 50 : 0)),
    );
    expect(linearR2OutOfSample(x, shifted, halves).values[0]).toBeLessThan(-10);
  });
});
