import { describe, expect, it } from "vitest";
import { evaluate, integers, type Nested, range, vector } from "../../test/evaluate.ts";
import { ShapeError } from "../errors.ts";
import { less } from "./comparison.ts";
import { add, div, maximum, minimum, mul, pow, sub } from "./elementwise.ts";
import { constant, type Tensor } from "./tensor.ts";
import { exp, leakyRelu } from "./unary.ts";

const { NaN: nan } = Number;

describe("arithmetic", () => {
  const a = constant([1, 2, 3, 4, 5, 6], [2, 3], "float64");
  const row = vector(10, 20, 30);
  const column = constant([1, -1], [2, 1], "float64");

  it.each<[string, Tensor, Nested]>([
    [
      "add stretches a row",
      add(a, row),
      [
        [11, 22, 33],
        [14, 25, 36],
      ],
    ],
    [
      "sub stretches a column",
      sub(column, a),
      [
        [0, -1, -2],
        [-5, -6, -7],
      ],
    ],
    [
      "mul stretches both",
      mul(column, row),
      [
        [10, 20, 30],
        [-10, -20, -30],
      ],
    ],
    [
      "mul stretches a column, whatever is in it",
      mul(constant([2, Number.POSITIVE_INFINITY, nan], [3, 1]), constant([1, 2, 3, -4, 5, 6], [3, 2])),
      [
        [2, 4],
        [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
        [nan, nan],
      ],
    ],
    [
      "mul stretches a column on the right",
      mul(a, column),
      [
        [1, 2, 3],
        [-4, -5, -6],
      ],
    ],
    ["div by a number", div(row, 4), [2.5, 5, 7.5]],
    ["a number div", div(60, row), [6, 3, 2]],
    ["sub from a number", sub(1, row), [-9, -19, -29]],
    ["pow by a tensor", pow(vector(2, 3, -2), vector(-1, 0.5, 3)), [0.5, Math.sqrt(3), -8]],
    ["pow by a number", pow(vector(-2, 3), 2), [4, 9]],
    ["pow of a number", pow(2, vector(3, -1)), [8, 0.5]],
    ["minimum", minimum(vector(1, 5, nan), vector(2, 4, 0)), [1, 4, nan]],
    ["maximum", maximum(vector(1, 5, nan), 2), [2, 5, nan]],
    ["integers", add(mul(integers(3, -4), 2), 1), [7, -7]],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("takes a plain number in the dtype of the other operand", () => {
    for (const dtype of ["float32", "float64", "int64"] as const) expect(add(2, range([2], dtype)).dtype).toBe(dtype);
  });

  it("refuses what does not fit, naming operation and shapes", () => {
    expect(() => add(a, vector(1, 2))).toThrow(new ShapeError("add: [2,3] and [2] do not broadcast"));
    expect(() => mul(a, range([3], "float32"))).toThrow("mul: float64[2,3] and float32[3] differ in dtype");
    expect(() => sub(less(a, 1), less(a, 2))).toThrow("sub: bool[2,3] and bool[2,3] are not numbers");
    expect(() => div(1, 2)).toThrow("div: one operand must be a tensor, got 1 and 2");
    expect(() => exp(range([2], "int64"))).toThrow("exp: int64[2] is not of floats");
    expect(() => leakyRelu(range([2], "int64"), 0.1)).toThrow("leakyRelu: int64[2] is not of floats");
  });
});
