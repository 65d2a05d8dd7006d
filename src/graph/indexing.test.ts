import { describe, expect, it } from "vitest";
import { evaluate, integers, type Nested, range, vector } from "../../test/evaluate.ts";
import { ShapeError } from "../errors.ts";
import { concat, gather, pad, scatterAdd, slice } from "./indexing.ts";
import { constant, type Tensor } from "./tensor.ts";

describe("indexing", () => {
  const a = range([3, 2]);

  it.each<[string, Tensor, Nested]>([
    [
      "gather rows",
      gather(a, integers(2, 0, 2)),
      [
        [4, 5],
        [0, 1],
        [4, 5],
      ],
    ],
    ["gather one row", gather(a, constant(1, [], "int64")), [2, 3]],
    ["gather by a matrix", gather(vector(5, 6, 7), range([2, 1], "int64")), [[5], [6]]],
    ["gather columns", gather(a, integers(1), 1), [[1], [3], [5]]],
    [
      "scatterAdd of rows",
      scatterAdd(3, integers(2, 0, 2), a),
      [
        [2, 3],
        [0, 0],
        [4, 6],
      ],
    ],
    ["scatterAdd of numbers", scatterAdd(2, range([2, 1], "int64"), constant([3, 4], [2, 1], "float64")), [3, 4]],
    ["scatterAdd in float32", scatterAdd(1, integers(0, 0), range([2], "float32")), [1]],
    [
      "slice",
      slice(a, 0, 1, 3),
      [
        [2, 3],
        [4, 5],
      ],
    ],
    ["slice of nothing", slice(vector(1, 2), 0, 1, 1), []],
    [
      "pad",
      pad(a, -1, 1, 0),
      [
        [0, 0, 1],
        [0, 2, 3],
        [0, 4, 5],
      ],
    ],
    [
      "concat",
      concat([a, slice(a, 1, 0, 1)], 1),
      [
        [0, 1, 0],
        [2, 3, 2],
        [4, 5, 4],
      ],
    ],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("refuses what does not fit, naming operation and shapes", () => {
    expect(() => gather(a, a)).toThrow(new ShapeError("gather: indices float64[3,2] are not int64"));
    expect(() => gather(a, integers(1), 2)).toThrow("gather: no axis 2 in a tensor of rank 2");
    expect(() => scatterAdd(3, integers(1), a)).toThrow("scatterAdd: indices int64[1] do not fit updates float64[3,2]");
    expect(() => slice(a, 0, 2, 4)).toThrow("slice: 2 to 4 is not inside axis 0 of float64[3,2]");
    expect(() => pad(a, 0, -1, 0)).toThrow("pad: float64[3,2] by -1 and 0");
    expect(() => concat([a, range([2, 3])], 0)).toThrow(
      "concat: float64[3,2] and float64[2,3] do not fit along axis 0",
    );
    expect(() => concat([a, range([3, 2], "float32")], 0)).toThrow("concat: float64[3,2] and float32[3,2] do not fit");
    expect(() => concat([], 0)).toThrow("concat: no tensors");
  });
});
