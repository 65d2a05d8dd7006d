import { describe, expect, it } from "vitest";
import { evaluate, type Nested, range, vector } from "../../test/evaluate.ts";
import { ShapeError } from "../errors.ts";
import { less } from "./comparison.ts";
import { concat } from "./indexing.ts";
import { logSumExp, max, mean, min, sum } from "./reductions.ts";
import { reshape } from "./shaping.ts";
import { constant, type Tensor } from "./tensor.ts";

describe("reductions", () => {
  const a = constant([3, 1, 2, 6, 5, 4], [2, 3], "float64");

  it.each<[string, Tensor, Nested]>([
    ["sum over all", sum(a), 21],
    ["sum over rows", sum(a, { axes: [0] }), [9, 6, 6]],
    ["sum over rows, keeping them", sum(a, { axes: [0], keepDims: true }), [[9, 6, 6]]],
    ["sum over the first two axes", sum(reshape(concat([a, a], 0), [2, 2, 3]), { axes: [0, 1] }), [18, 12, 12]],
    ["sum over rows in float32", sum(constant([3, 1, 2, 6, 5, 4], [2, 3]), { axes: [0] }), [9, 6, 6]],
    ["sum over rows of integers", sum(range([2, 2], "int64"), { axes: [0] }), [2, 4]],
    ["sum keeping axes", sum(a, { axes: [-1], keepDims: true }), [[6], [15]]],
    [
      "sum over no axes",
      sum(a, { axes: [] }),
      [
        [3, 1, 2],
        [6, 5, 4],
      ],
    ],
    ["sum of a scalar", sum(constant(4)), 4],
    ["sum over both axes in any order", sum(a, { axes: [1, 0] }), 21],
    ["sum of integers", sum(range([4], "int64")), 6],
    [
      "sum over an axis of extent 1",
      sum(range([2, 1, 2]), { axes: [1] }),
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ["mean", mean(a, { axes: [1] }), [2, 5]],
    ["max", max(a, { axes: [0] }), [6, 5, 4]],
    ["min", min(a), 1],
    ["logSumExp without overflow", logSumExp(vector(1000, 1000)), 1000 + Math.LN2],
    ["logSumExp without underflow", logSumExp(vector(-1000, -1000), { keepDims: true }), [-1000 + Math.LN2]],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("refuses axes that are not there, naming operation and shapes", () => {
    expect(() => sum(a, { axes: [2] })).toThrow(new ShapeError("sum: no axis 2 in a tensor of rank 2"));
    expect(() => mean(a, { axes: [-3] })).toThrow("sum: no axis -3 in a tensor of rank 2");
    expect(() => max(a, { axes: [0, -2] })).toThrow("max: axes [0,0] name one twice");
    expect(() => min(less(a, 1))).toThrow("min: bool[2,3] is not of numbers");
  });
});
