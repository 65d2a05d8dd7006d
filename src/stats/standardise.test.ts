import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.ts";
import { column, matrix, matrixFromRows } from "../linalg/matrix.ts";
import { applyScaler, fitScaler, invertScaler } from "./standardise.ts";

describe("fitScaler", () => {
  it("agrees with numpy.mean and numpy.std", () => {
    // numpy.mean([1, 2, 4, 9]) and numpy.std([1, 2, 4, 9])
    const { mean, scale, constant } = fitScaler(matrixFromRows([[1], [2], [4], [9]]));
    expect([mean[0], scale[0]]).toEqual([4, 3.082207001484488]);
    expect(constant).toEqual([]);
  });

  it("skips missing values, as numpy.nanmean and numpy.nanstd do", () => {
    const { mean, scale } = fitScaler(matrixFromRows([[1], [Number.NaN], [2], [4], [Number.NaN], [9]]));
    expect([mean[0], scale[0]]).toEqual([4, 3.082207001484488]);
  });

  it("reports constant and empty columns, and leaves their scale at 1", () => {
    const { NaN: missing } = Number;
    const table = matrixFromRows([
      [0.1, 1, missing, missing],
      [0.1, 2, missing, 7],
      [0.1, 3, missing, missing],
    ]);
    const { mean, scale, constant } = fitScaler(table);
    expect(constant).toEqual([0, 2, 3]);
    expect([...scale.filter((_, j) => j !== 1)]).toEqual([1, 1, 1]);
    expect(mean[2]).toBe(0);
    expect(mean[3]).toBe(7);
  });

  it("keeps its precision far from 0, where a one-pass variance has none left", () => {
    const { scale } = fitScaler(matrixFromRows([[1e9 + 1], [1e9 + 2], [1e9 + 4], [1e9 + 9]]));
    expect(scale[0]).toBeCloseTo(3.082207001484488, 12);
  });
});

describe("applyScaler and invertScaler", () => {
  it("undo each other and give mean 0 and variance 1 (property)", () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 30 }), (rows) => {
        const table = matrixFromRows(rows);
        const scaler = fitScaler(table);
        fc.pre(scaler.constant.length === 0 && scaler.scale.every((s) => s > 1e-6));
        const scaled = applyScaler(scaler, table);
        for (let j = 0; j < 2; j++) {
          const x = column(scaled, j);
          expect(Math.abs(x.reduce((sum, v) => sum + v, 0) / x.length)).toBeLessThan(1e-6);
          expect(x.reduce((sum, v) => sum + v * v, 0) / x.length).toBeCloseTo(1, 6);
        }
        invertScaler(scaler, scaled).data.forEach((v, at) => {
          expect(Math.abs(v - table.data[at])).toBeLessThan(1e-9);
        });
      }),
    );
  });

  it("keeps single precision and missing values, and does not touch its input", () => {
    const table = { rows: 2, cols: 1, data: Float32Array.of(3, Number.NaN) };
    const scaled = applyScaler({ mean: Float64Array.of(1), scale: Float64Array.of(4), constant: [] }, table);
    expect(scaled.data).toEqual(Float32Array.of(0.5, Number.NaN));
    expect(table.data[0]).toBe(3);
  });

  it("refuse a table with other columns than they were fitted to", () => {
    expect(() => applyScaler(fitScaler(matrix(2, 3)), matrix(2, 2))).toThrow(ShapeError);
  });
});
