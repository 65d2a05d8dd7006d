import { describe, expect, it } from "vitest";
import { evaluate } from "../../test/evaluate.ts";
import { ShapeError } from "../errors.ts";
import { constant, input } from "./tensor.ts";

describe("constants and inputs", () => {
  it("hold what they were given, in every dtype", async () => {
    expect(await evaluate(constant([1.5, -0.25]))).toEqual([1.5, -0.25]);
    expect(await evaluate(constant([2n ** 40n, -1n], [2], "int64"))).toEqual([2 ** 40, -1]);
    expect(await evaluate(constant([0, 3], [2], "bool"))).toEqual([0, 1]);
    expect(await evaluate(constant(Number.POSITIVE_INFINITY, [2], "float64"))).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it("keep their values when the array changes", async () => {
    const values = Float64Array.of(1, 2);
    const tensor = constant(values, [2], "float64");
    values[0] = 9;
    expect(await evaluate(tensor)).toEqual([1, 2]);
  });

  it("refuse what is not a shape, or does not fill it", () => {
    expect(() => constant([1, 2], [3])).toThrow(new ShapeError("constant: [3] needs 3 values, got 2"));
    expect(() => constant(1, [1.5])).toThrow("constant: [1.5] is not a shape");
    expect(() => input("x", "float32", [-1])).toThrow("input 'x': [-1] is not a shape");
    expect(() => input("", "float32", [])).toThrow("input: the name is empty");
  });
});
