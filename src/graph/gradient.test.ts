import { describe, expect, it } from "vitest";
import { gradientError, gradientTolerance, type Point, randomPoint } from "../../test/gradient-check.ts";
import { ShapeError } from "../errors.ts";
import { compile } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import { cast, greater, stopGradient, where } from "./comparison.ts";
import { add, div, maximum, minimum, mul, pow, square, sub } from "./elementwise.ts";
import { gradient } from "./gradient.ts";
import { concat, gather, pad, scatterAdd, slice } from "./indexing.ts";
import { matmul } from "./matmul.ts";
import { type Operation, onnxNode } from "./operation.ts";
import { logSumExp, max, mean, min, sum } from "./reductions.ts";
import type { Shape } from "./shape.ts";
import { broadcastTo, expandDims, reshape, squeeze, sumTo, transpose } from "./shaping.ts";
import { apply, constant, input, type Tensor } from "./tensor.ts";
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
  silu,
  sin,
  softplus,
  sqrt,
  tanh,
} from "./unary.ts";

const random = createRandom(11);

/** A function of tensors, the shapes of its inputs, and whether they must be positive. */
type Case = [name: string, shapes: readonly Shape[], f: (x: readonly Tensor[]) => Tensor, positive: boolean];

/** A function of one tensor x. */
function one(name: string, shape: Shape, f: (x: Tensor) => Tensor, positive = false): Case {
  return [name, [shape], ([x]) => f(x), positive];
}

/** A function of two tensors. */
function two(name: string, a: Shape, b: Shape, f: (a: Tensor, b: Tensor) => Tensor, positive = false): Case {
  return [name, [a, b], ([x, y]) => f(x, y), positive];
}

function points(shapes: readonly Shape[], positive = false): Point[] {
  return shapes.map((shape) => {
    const point = randomPoint(shape, random);
    return positive ? { shape, values: point.values.map((x) => 0.5 + Math.abs(x)) } : point;
  });
}

const indices = constant([3, 0, 0, 2, 3, 3], [2, 3], "int64");

const operations: readonly Case[] = [
  two("add", [3, 4], [3, 4], add),
  two("sub, broadcast both ways", [3, 1, 2], [4, 1], sub),
  two("mul, broadcast along a new axis", [2, 3, 4], [4], mul),
  two("mul, broadcast along an axis of extent 1", [3, 4], [3, 1], mul),
  two("mul by a scalar", [3, 4], [], mul),
  two("div", [3, 4], [4], div, true),
  two("pow", [3, 4], [4], pow, true),
  one("pow, whole exponent", [3, 4], (x) => pow(x, 3)),
  one("pow, whole base", [3], (x) => pow(0.9, x)),
  one("square", [3, 4], square),
  one("1 − x and 2 / x", [3], (x) => div(2, add(sub(1, x), 9))),
  two("minimum", [3, 4], [3, 1], minimum),
  two("maximum", [3, 4], [4], maximum),
  one("neg", [5], neg),
  one("abs", [5], abs),
  one("exp", [5], exp),
  one("log", [5], log, true),
  one("sqrt", [5], sqrt, true),
  one("reciprocal", [5], reciprocal, true),
  one("sin", [5], sin),
  one("cos", [5], cos),
  one("tanh", [5], tanh),
  one("sigmoid", [5], sigmoid),
  one("relu", [20], relu),
  one("leakyRelu", [20], (x) => leakyRelu(x, 0.1)),
  one("softplus", [5], softplus),
  one("silu", [5], silu),
  one("sum over all", [3, 4], (x) => sum(square(x))),
  one("sum over an axis", [2, 3, 4], (x) => sum(square(x), { axes: [1] })),
  one("sum keeping axes", [2, 3, 4], (x) => sum(square(x), { axes: [0, -1], keepDims: true })),
  one("mean", [3, 4], (x) => mean(square(x), { axes: [1] })),
  one("max", [3, 4], (x) => max(x, { axes: [1] })),
  one("min", [3, 4], (x) => min(x, { axes: [0], keepDims: true })),
  one("logSumExp", [3, 4], (x) => logSumExp(x, { axes: [1] })),
  one("logSumExp keeping axes", [3, 4], (x) => logSumExp(x, { axes: [0], keepDims: true })),
  two("matmul", [3, 4], [4, 2], matmul),
  two("matmul A'B", [4, 3], [4, 2], (a, b) => matmul(a, b, { transposeA: true })),
  two("matmul AB'", [3, 4], [2, 4], (a, b) => matmul(a, b, { transposeB: true })),
  two("matmul A'B'", [4, 3], [2, 4], (a, b) => matmul(a, b, { transposeA: true, transposeB: true })),
  two("matmul of stacks", [5, 3, 4], [5, 4, 2], matmul),
  two("matmul of stacks A'B'", [5, 4, 3], [1, 2, 4], (a, b) => matmul(a, b, { transposeA: true, transposeB: true })),
  two("matmul of a stack by one matrix", [2, 5, 3, 4], [4, 2], matmul),
  two("matmul of a stack by one matrix A'B", [5, 4, 3], [4, 2], (a, b) => matmul(a, b, { transposeA: true })),
  two("matmul of one matrix by a stack", [3, 4], [5, 4, 2], matmul),
  one("gather rows", [4, 2], (x) => gather(square(x), indices)),
  one("gather along the last axis", [2, 4], (x) => gather(square(x), indices, 1)),
  one("gather along a middle axis", [2, 4, 3], (x) => gather(square(x), indices, 1)),
  one("scatterAdd", [2, 3, 2], (x) => square(scatterAdd(5, indices, x))),
  one("slice", [4, 5], (x) => slice(square(x), 1, 1, 3)),
  one("pad", [4, 2], (x) => pad(square(x), 0, 1, 2)),
  two("concat", [2, 3], [2, 1], (a, b) => concat([square(a), b, a], 1)),
  one("reshape", [2, 6], (x) => reshape(square(x), [3, -1])),
  one("expandDims and squeeze", [2, 1, 3], (x) => expandDims(squeeze(square(x), 1), -1)),
  one("transpose", [2, 3, 4], (x) => transpose(square(x), [1, 2, 0])),
  one("broadcastTo", [3, 1], (x) => broadcastTo(square(x), [2, 3, 4])),
  one("sumTo", [2, 3, 4], (x) => sumTo(square(x), [3, 1])),
  two("where", [3, 4], [4], (a, b) => where(greater(a, 0), square(a), b)),
  one("cast", [3], (x) => cast(square(cast(x, "float64")), "float64")),
  two("a tensor used twice", [3, 3], [3], (a, b) => mul(matmul(a, a), add(b, sum(a, { axes: [0] })))),
];

describe("gradient", () => {
  it.each(operations)("%s agrees with central differences", async (_, shapes, f, positive) => {
    expect(await gradientError(f, points(shapes, positive), random)).toBeLessThan(gradientTolerance);
  });

  it("is told apart from a wrong rule by the check", async () => {
    const wrongly = (rule: (y: Tensor, g: Tensor) => Tensor): Operation => ({
      name: "wrong tanh",
      gradient: (y, g) => [rule(y, g)],
      emit: onnxNode("Tanh"),
    });
    const errorOf = (op: Operation) =>
      gradientError(([x]) => apply(op, [x], "float64", [4], {}), points([[4]]), random);

    expect(await errorOf(wrongly((y, g) => mul(g, sub(1, square(y)))))).toBeLessThan(gradientTolerance);
    expect(await errorOf(wrongly((y, g) => mul(g, sub(1.01, square(y)))))).toBeGreaterThan(1e-3);
    expect(await errorOf(wrongly((y, g) => mul(g, sub(1, y))))).toBeGreaterThan(1e-2);
    expect(await errorOf(wrongly((_, g) => mul(g, 0)))).toBeGreaterThan(0.1);
  });

  it.each([
    one("x³", [4], (x) => pow(x, 3)),
    one("softplus", [4], softplus),
    one("silu", [4], silu),
    one("sigmoid", [4], sigmoid),
    one("1/√x", [4], (x) => reciprocal(sqrt(x)), true),
    one("logSumExp", [3, 4], (x) => logSumExp(x, { axes: [1] })),
    two("a ratio", [3, 4], [4], (a, b) => div(sin(a), b), true),
    two("a product of matrices", [3, 4], [2, 4], (a, b) => square(matmul(a, b, { transposeB: true }))),
    two("a tanh network", [3, 4], [4, 2], (a, b) => tanh(matmul(tanh(matmul(a, b)), b, { transposeB: true }))),
    two("a relu network", [5, 4], [4, 3], (a, b) => square(matmul(relu(matmul(a, b)), b, { transposeB: true }))),
    two("a leakyRelu network", [5, 4], [4, 3], (a, b) => square(leakyRelu(matmul(a, b), 0.2))),
    one("gathered rows", [4, 2], (x) => pow(gather(x, indices), 3)),
    one("a where", [8], (x) => where(greater(x, 0), pow(x, 3), sin(x))),
  ])("of a gradient is a second derivative: %s", async (_, shapes, f, positive) => {
    const firstDerivative = (x: readonly Tensor[]) => {
      const parts = gradient(sum(f(x)), x).map((g) => reshape(g, [-1]));
      return concat(parts, 0);
    };
    expect(await gradientError(firstDerivative, points(shapes, positive), random)).toBeLessThan(gradientTolerance);
  });

  it("of x³ twice is 6x", async () => {
    const x = input("x", "float64", [3]);
    const [first] = gradient(sum(pow(x, 3)), [x]);
    const [second] = gradient(sum(first), [x]);
    const session = await compile({ inputs: [x], outputs: { second } });
    expect((await session.run({ x: Float64Array.of(-1, 0, 2) })).second).toEqual(Float64Array.of(-6, 0, 12));
  });

  it("is zero for a tensor that the loss does not depend on, or only through stopGradient or an index", async () => {
    const x = input("x", "float64", [2]);
    const unused = input("unused", "float64", [3]);
    const loss = sum(mul(stopGradient(x), gather(constant([5, 7], [2], "float64"), cast(x, "int64"))));
    const [dx, du] = gradient(loss, [x, unused]);
    const session = await compile({ inputs: [x, unused], outputs: { dx, du } });
    const feeds = { x: Float64Array.of(1, 0), unused: new Float64Array(3) };
    expect(await session.run(feeds)).toEqual({ dx: new Float64Array(2), du: new Float64Array(3) });
  });

  it("with respect to an intermediate tensor is what flows into it", async () => {
    const x = input("x", "float64", [2]);
    const y = square(x);
    const loss = sum(mul(y, 3));
    const [dy, dLoss] = gradient(loss, [y, loss]);
    const session = await compile({ inputs: [x], outputs: { dy, dLoss } });
    const { dy: flow, dLoss: own } = await session.run({ x: Float64Array.of(1, 2) });
    expect([flow, own]).toEqual([Float64Array.of(3, 3), Float64Array.of(1)]);
  });

  it("goes to the branch taken, and shares ties of max and min equally", async () => {
    const x = input("x", "float64", [3]);
    const [ofMax] = gradient(max(x), [x]);
    const [ofRelu] = gradient(sum(relu(x)), [x]);
    const [ofMaximum] = gradient(sum(maximum(x, 2)), [x]);
    const session = await compile({ inputs: [x], outputs: { ofMax, ofRelu, ofMaximum } });
    const results = await session.run({ x: Float64Array.of(2, 0, 2) });
    expect(results).toEqual({
      ofMax: Float64Array.of(0.5, 0, 0.5),
      ofRelu: Float64Array.of(1, 0, 1),
      ofMaximum: Float64Array.of(1, 0, 1),
    });
  });

  it("does not let a missing value through where", async () => {
    const y = constant([1, Number.NaN, 3], [3], "float64");
    const x = input("x", "float64", [3]);
    const residual = where(greater(y, Number.NEGATIVE_INFINITY), sub(y, x), 0);
    const [dx] = gradient(sum(square(residual)), [x]);
    const session = await compile({ inputs: [x], outputs: { dx } });
    expect((await session.run({ x: Float64Array.of(0, 4, 1) })).dx).toEqual(Float64Array.of(-2, -0, -4));
  });

  it("reaches the end of a graph ten thousand operations deep", () => {
    const x = input("x", "float64", []);
    let y: Tensor = x;
    for (let i = 0; i < 10_000; i++) y = sin(y);
    expect(gradient(y, [x])[0].shape).toEqual([]);
  });

  it("refuses a loss that is not a float scalar, and an x that is not of floats", () => {
    const x = input("x", "float64", [2]);
    const n = input("n", "int64", []);
    expect(() => gradient(x, [x])).toThrow(ShapeError);
    expect(() => gradient(x, [x])).toThrow("gradient: the loss must be a float scalar, got float64[2]");
    expect(() => gradient(sum(x), [n])).toThrow("gradient: no gradient with respect to int64[]");
  });
});
