import { describe, expect, it } from "vitest";
import { evaluate, type Nested, range, vector } from "../../test/evaluate.ts";
import { ShapeError } from "../errors.ts";
import { broadcastTo, expandDims, full, reshape, squeeze, sumTo, transpose } from "./shaping.ts";
import { constant, type Tensor } from "./tensor.ts";

describe("shaping", () => {
  const a = range([2, 3]);

  it.each<[string, Tensor, Nested]>([
    [
      "reshape",
      reshape(a, [3, 2]),
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ],
    ["reshape with an extent left over", reshape(a, [-1]), [0, 1, 2, 3, 4, 5]],
    ["expandDims", expandDims(vector(1, 2), -1), [[1], [2]]],
    ["squeeze", squeeze(constant([1, 2], [1, 2, 1], "float64")), [1, 2]],
    ["squeeze of one axis", squeeze(constant([1, 2], [1, 2, 1], "float64"), 0), [[1], [2]]],
    [
      "transpose",
      transpose(a),
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ],
    ["transpose of three axes", transpose(range([1, 2, 3]), [2, 0, 1]), [[[0, 3]], [[1, 4]], [[2, 5]]]],
    [
      "broadcastTo",
      broadcastTo(vector(1, 2), [2, 2]),
      [
        [1, 2],
        [1, 2],
      ],
    ],
    ["full", full(3, [2], "int64"), [3, 3]],
    ["sumTo a column", sumTo(a, [2, 1]), [[3], [12]]],
    ["sumTo a row", sumTo(a, [3]), [3, 5, 7]],
    ["sumTo a scalar", sumTo(a, []), 15],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("refuses what does not fit, naming operation and shapes", () => {
    expect(() => reshape(a, [4])).toThrow(new ShapeError("reshape: float64[2,3] does not fill [4]"));
    expect(() => reshape(a, [4, -1])).toThrow("reshape: float64[2,3] does not fill [4,-1]");
    expect(() => transpose(a, [0, 0])).toThrow("transpose: [0,0] is not a permutation of the axes of float64[2,3]");
    expect(() => broadcastTo(a, [3])).toThrow("broadcastTo: float64[2,3] does not broadcast to [3]");
    expect(() => sumTo(a, [4])).toThrow("sumTo: [2,3] and [4] do not broadcast");
    expect(() => sumTo(a, [2, 2, 3])).toThrow("sumTo: [2,2,3] does not broadcast to float64[2,3]");
    expect(() => expandDims(a, 3)).toThrow("expandDims: no axis 3");
    expect(() => squeeze(a, 0)).toThrow("squeeze: axis 0 of float64[2,3] is not of extent 1");
  });
});
