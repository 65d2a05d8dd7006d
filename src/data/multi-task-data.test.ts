import { describe, expect, it } from "vitest";
import { DataError, ShapeError } from "../errors.ts";
import { matrix } from "../linalg/matrix.ts";
import type { MultiTaskData } from "./multi-task-data.ts";
import { multiTaskData, takeRows } from "./multi-task-data.ts";

const long = (): MultiTaskData => ({
  features: { rows: 6, cols: 2, data: Float32Array.from({ length: 12 }, (_, i) => i) },
  featureNames: ["mass", "charge"],
  targets: {
    layout: "long",
    values: Float64Array.of(1, 2, 3, 4, 5, 6),
    task: Int32Array.of(0, 1, 0, 1, 0, 1),
    taskNames: ["density", "hardness"],
  },
  rowNames: ["a", "b", "c", "d", "e", "f"],
});

const wide = (...values: number[]): MultiTaskData => ({
  ...long(),
  targets: { layout: "wide", values: matrix(6, 2, Float64Array.from(values)), taskNames: ["density", "hardness"] },
});
const observed = [1, 9, 2, 8, 3, 7, 4, 6, 5, 5, 6, 4];
const withValue = (at: number, value: number) => wide(...observed.map((x, i) => (i === at ? value : x)));

describe("multiTaskData", () => {
  it("accepts long and wide targets, the wide ones with gaps", () => {
    expect(multiTaskData(long())).toEqual(long());
    expect(() => multiTaskData(withValue(4, Number.NaN))).not.toThrow();
  });

  it.each([
    ["a feature name too many", { ...long(), featureNames: ["a", "b", "c"] }],
    ["a row of features too few", { ...long(), features: { rows: 5, cols: 2, data: new Float32Array(10) } }],
    [
      "features that do not fill their shape",
      { ...long(), features: { rows: 6, cols: 2, data: new Float32Array(11) } },
    ],
    ["a row name too few", { ...long(), rowNames: ["a"] }],
    ["a task index out of range", { ...long(), targets: { ...long().targets, taskNames: ["density"] } as never }],
    ["a task name too many", { ...wide(...observed), targets: { ...wide(...observed).targets, taskNames: ["d"] } }],
  ])("refuses %s", (_, fields) => {
    expect(() => multiTaskData(fields)).toThrow(ShapeError);
  });

  it("names the row and column of a feature that is not finite", () => {
    const fields = long();
    fields.features.data[5] = Number.NaN;
    expect(() => multiTaskData(fields)).toThrow(/^row 3, column 'charge': .*NaN/);
    fields.features.data[5] = 1e39;
    expect(() => multiTaskData(fields)).toThrow(/single precision.*Infinity/);
  });

  it("names the row and task of a target that is not a number it can use", () => {
    const fields = long();
    (fields.targets.values as Float64Array)[3] = Number.NaN;
    expect(() => multiTaskData(fields)).toThrow(/^row 4, column 'hardness'/);
    expect(() => multiTaskData(withValue(2, -Infinity))).toThrow(/^row 2, column 'density'/);
  });

  it("names a task that is constant, never seen, or seen less than three times", () => {
    const task = (values: number[]) => () => multiTaskData(wide(...values.flatMap((value, i) => [i, value])));
    const missing = Number.NaN;
    for (const [values, reason] of [
      [[2, 2, missing, 2, 2, 2], /column 'hardness': the target is 2 in every row/],
      [[missing, missing, missing, missing, missing, missing], /column 'hardness': .* no observed target/],
      [[1, missing, 2, missing, missing, missing], /column 'hardness': .* 2 observed targets/],
    ] as const) {
      expect(task([...values])).toThrow(DataError);
      expect(task([...values])).toThrow(reason);
    }
    expect(task([1, missing, 2, missing, missing, 1])).not.toThrow();
  });

  it("refuses names that occur twice", () => {
    expect(() => multiTaskData({ ...long(), featureNames: ["mass", "mass"] })).toThrow(/'mass': two features/);
    expect(() => multiTaskData({ ...long(), targets: { ...long().targets, taskNames: ["d", "d"] } })).toThrow(
      DataError,
    );
  });
});

describe("takeRows", () => {
  it("takes features, targets and names of the same rows, in the order asked for", () => {
    expect(takeRows(long(), [4, 1])).toEqual({
      features: { rows: 2, cols: 2, data: Float32Array.of(8, 9, 2, 3) },
      featureNames: ["mass", "charge"],
      targets: {
        layout: "long",
        values: Float64Array.of(5, 2),
        task: Int32Array.of(0, 1),
        taskNames: ["density", "hardness"],
      },
      rowNames: ["e", "b"],
    });
    expect(takeRows(wide(...observed), [4, 1]).targets.values).toEqual(matrix(2, 2, Float64Array.of(5, 5, 2, 8)));
  });
});
