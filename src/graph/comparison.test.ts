import { describe, expect, it } from "vitest";
import { evaluate, integers, type Nested, vector } from "../../test/evaluate.ts";
import { ShapeError } from "../errors.ts";
import {
  and,
  cast,
  equal,
  greater,
  greaterEqual,
  isNaN as isNaNTensor,
  less,
  lessEqual,
  not,
  or,
  stopGradient,
  where,
} from "./comparison.ts";
import { constant, type Tensor } from "./tensor.ts";

const { NaN: nan } = Number;

describe("comparison and choice", () => {
  const a = vector(1, 2, 3, nan);
  const yes = less(vector(0, 0), 1);
  const mixed = less(vector(0, 2), 1);

  it.each<[string, Tensor, Nested]>([
    ["less", less(a, 2), [1, 0, 0, 0]],
    ["lessEqual", lessEqual(a, 2), [1, 1, 0, 0]],
    ["greater", greater(a, 2), [0, 0, 1, 0]],
    ["greaterEqual", greaterEqual(a, 2), [0, 1, 1, 0]],
    ["equal", equal(a, a), [1, 1, 1, 0]],
    [
      "equal of integers",
      equal(integers(1, 2), constant([[2], [1]].flat(), [2, 1], "int64")),
      [
        [0, 1],
        [1, 0],
      ],
    ],
    ["and", and(yes, mixed), [1, 0]],
    ["or", or(not(yes), mixed), [1, 0]],
    ["not", not(mixed), [0, 1]],
    ["isNaN", isNaNTensor(a), [0, 0, 0, 1]],
    ["where", where(isNaNTensor(a), 0, a), [1, 2, 3, 0]],
    [
      "where, broadcast",
      where(mixed, constant([1, 2], [2, 1], "float64"), vector(8, 9)),
      [
        [1, 9],
        [2, 9],
      ],
    ],
    ["where of integers", where(mixed, integers(1, 2), 7), [1, 7]],
    ["cast to integers", cast(vector(1.7, -1.7), "int64"), [1, -1]],
    ["cast of booleans", cast(mixed, "float32"), [1, 0]],
    ["stopGradient", stopGradient(vector(1, 2)), [1, 2]],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("refuses what does not fit, naming operation and shapes", () => {
    expect(() => less(a, vector(1, 2))).toThrow(new ShapeError("less: [4] and [2] do not broadcast"));
    expect(() => equal(yes, mixed)).toThrow("equal: bool[2] and bool[2] are not numbers");
    expect(() => and(yes, a)).toThrow("and: bool[2] and float64[4] are not both of booleans");
    expect(() => not(a)).toThrow("not: float64[4] is not of booleans");
    expect(() => isNaNTensor(integers(1))).toThrow("isNaN: int64[1] is not of floats");
    expect(() => where(a, a, a)).toThrow("where: float64[4] is not of booleans");
    expect(() => where(yes, a, 0)).toThrow("where: [2] and [4] do not broadcast");
  });
});
