import { describe, expect, it } from "vitest";
import { evaluate } from "../../test/evaluate.ts";
import { square } from "./elementwise.ts";
import { constant, type Tensor } from "./tensor.ts";
import {
  abs,
  cos,
  exp,
  leakyRelu,
  log,
  neg,
  reciprocal,
  relu,
  sigmoid,
  sign,
  silu,
  sin,
  softplus,
  sqrt,
  tanh,
} from "./unary.ts";

describe("functions of one number", () => {
  const at = [-800, -2.5, -0.3, 0, 0.4, 3, 800];
  const positive = [1e-9, 0.3, 1, 7, 1e9];
  it.each<[string, (x: Tensor) => Tensor, (x: number) => number, number[]]>([
    ["neg", neg, (x) => 0 - x, at],
    ["abs", abs, Math.abs, at],
    ["sign", sign, Math.sign, at],
    ["exp", exp, Math.exp, at.slice(0, -1)],
    ["log", log, Math.log, positive],
    ["sqrt", sqrt, Math.sqrt, positive],
    ["reciprocal", reciprocal, (x) => 1 / x, positive],
    ["sin", sin, Math.sin, at],
    ["cos", cos, Math.cos, at],
    ["tanh", tanh, Math.tanh, at],
    ["sigmoid", sigmoid, (x) => 1 / (1 + Math.exp(-x)), at],
    ["relu", relu, (x) => Math.max(x, 0), at],
    ["leakyRelu", (x) => leakyRelu(x, 0.1), (x) => (x > 0 ? x : 0.1 * x), at],
    ["softplus", softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), at],
    ["silu", silu, (x) => x / (1 + Math.exp(-x)), at],
    ["square", square, (x) => x * x, at],
  ])("%s is right in float64 and in float32", async (_, f, expected, points) => {
    const inFloat64 = (await evaluate(f(constant(points, [points.length], "float64")))) as number[];
    const inFloat32 = (await evaluate(f(constant(points, [points.length], "float32")))) as number[];
    points.forEach((x, i) => {
      expectClose(inFloat64[i], expected(x), 1e-14);
      expectClose(inFloat32[i], expected(Math.fround(x)), 2e-6);
    });
  });

  /** `tolerance` times the larger of 1e-3 and the value: a few units in the last place of the format. */
  function expectClose(actual: number, wanted: number, tolerance: number) {
    expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(wanted), 1e-3));
  }
});
