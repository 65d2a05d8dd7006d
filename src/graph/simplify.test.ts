import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../runtime/session.ts";
import { greater, not, stopGradient, where } from "./comparison.ts";
import { add, div, mul, pow, sub } from "./elementwise.ts";
import { concat, slice } from "./indexing.ts";
import { dependencyOrder } from "./order.ts";
import { sum } from "./reductions.ts";
import { broadcastTo, reshape, transpose } from "./shaping.ts";
import { simplify } from "./simplify.ts";
import { constant, input, type Tensor } from "./tensor.ts";
import { exp, neg, sin } from "./unary.ts";

const x = input("x", "float64", [2, 3]);

function simplified(tensor: Tensor): Tensor {
  return simplify([tensor])[0];
}

/** Number of operations and constants that the tensors take, inputs not counted. */
function operationCount(tensors: readonly Tensor[]): number {
  return dependencyOrder(tensors).filter(({ op }) => op.name !== "input").length;
}

describe("simplify", () => {
  it.each<[string, Tensor]>([
    ["x + 0", add(x, 0)],
    ["0 + x", add(0, x)],
    ["x − 0", sub(x, 0)],
    ["x · 1", mul(x, 1)],
    ["1 · x", mul(1, x)],
    ["x / 1", div(x, 1)],
    ["x¹", pow(x, 1)],
    ["−(−x)", neg(neg(x))],
    ["−1 · −x", mul(-1, neg(x))],
    ["a transpose of a transpose", transpose(transpose(x))],
    ["a reshape back", reshape(reshape(x, [6]), [2, 3])],
    ["a stretch that stretches nothing", broadcastTo(x, [2, 3])],
    ["a slice of everything", slice(x, 0, 0, 2)],
    ["a concatenation of one", concat([x], 0)],
    ["a sum over no axes", sum(x, { axes: [] })],
    ["stopGradient", stopGradient(x)],
    ["all of it", neg(mul(add(transpose(transpose(div(x, 1))), 0), -1))],
  ])("reduces %s to x", (_, tensor) => {
    expect(simplified(tensor)).toBe(x);
  });

  it("reduces a double negation of booleans", () => {
    const condition = greater(x, 0);
    expect(simplified(not(not(condition)))).toBe(condition);
  });

  it("keeps an identity that stretches", () => {
    const ones = constant(1, [4, 2, 3], "float64");
    expect(simplified(mul(x, ones)).shape).toEqual([4, 2, 3]);
    expect(simplified(add(constant(0, [4, 2, 3], "float64"), x)).shape).toEqual([4, 2, 3]);
  });

  it("keeps 0 · x: a NaN must stay one", async () => {
    expect(simplified(mul(x, 0)).op.name).toBe("mul");
    const session = await compile({ inputs: [x], outputs: { product: mul(x, 0) } });
    const { product } = await session.run({ x: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1, 2, 3, 4) });
    expect(product).toEqual(Float64Array.of(Number.NaN, Number.NaN, 0, 0, 0, 0));
  });

  it("does not stretch an operand of an operation that stretches anyway", () => {
    const row = input("row", "float64", [3]);
    const stretched = broadcastTo(row, [2, 3]);
    expect(simplified(mul(x, stretched)).inputs).toEqual([x, row]);
    expect(simplified(where(greater(x, 0), stretched, x)).inputs[1]).toBe(row);
    expect(simplified(add(stretched, stretched)).shape).toEqual([2, 3]);
  });

  it("computes equal subexpressions once", () => {
    const twice = add(exp(mul(x, 2)), sin(exp(mul(x, 2))));
    expect(operationCount([twice])).toBe(8);
    expect(operationCount([simplified(twice)])).toBe(5);
  });

  it("tells apart what differs only in attributes, dtype, or the sign of zero", () => {
    const different = [
      sum(x, { axes: [0], keepDims: true }),
      sum(x, { axes: [1], keepDims: true }),
      transpose(x),
      constant(0, [], "float64"),
      constant(-0, [], "float64"),
      constant(0, [], "float32"),
      constant([0], [1], "float64"),
      input("x", "float64", [2, 3]),
    ];
    expect(new Set(simplify(different)).size).toBe(different.length);
  });

  it("takes time linear in the number of operations, not of paths", () => {
    let y: Tensor = x;
    for (let i = 0; i < 200; i++) y = add(mul(y, 1), neg(neg(y)));
    expect(operationCount([simplified(y)])).toBe(200);
  });

  it("changes no result and adds no operation, whatever the expression", async () => {
    const number = fc.oneof(fc.constantFrom(0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY), fc.double());
    const values = fc.array(number, { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(expression, values, async ({ tensor, value }, points) => {
        const once = simplified(tensor);
        expect(operationCount([once])).toBeLessThanOrEqual(operationCount([tensor]));
        expect(simplified(once)).toBe(once);

        const session = await compile({ inputs: [v], outputs: { result: tensor } });
        const { result } = await session.run({ v: Float64Array.from(points) });
        await session.release();
        // x + 0 is x: the sign of a zero is not kept.
        expect(Array.from(result as Float64Array, unsigned)).toEqual(points.map((point) => unsigned(value(point))));
      }),
      { numRuns: 150, seed: 4 },
    );
  });
});

const v = input("v", "float64", [3]);

/** A tensor expression in v and the same function of plain numbers. */
interface Expression {
  readonly tensor: Tensor;
  readonly value: (v: number) => number;
}

/** Expressions rich in what the identities match. Divisors are numbers, so that the sign of a zero cannot spread. */
const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const part = tie("expression");
  const factor = fc.constantFrom(0, 1, -1, 0.1, 3);
  return {
    expression: fc.oneof(
      { maxDepth: 6 },
      fc.constant<Expression>({ tensor: v, value: (x) => x }),
      fc.record({ a: part, b: part }).map(({ a, b }) => joined(add, a, b, (p, q) => p + q)),
      fc.record({ a: part, b: part }).map(({ a, b }) => joined(sub, a, b, (p, q) => p - q)),
      fc.record({ a: part, b: part }).map(({ a, b }) => joined(mul, a, b, (p, q) => p * q)),
      fc.record({ a: part, c: factor }).map(({ a, c }) =>
        mapped(
          a,
          (t) => add(t, c),
          (p) => p + c,
        ),
      ),
      fc.record({ a: part, c: factor }).map(({ a, c }) =>
        mapped(
          a,
          (t) => sub(t, c),
          (p) => p - c,
        ),
      ),
      fc.record({ a: part, c: factor }).map(({ a, c }) =>
        mapped(
          a,
          (t) => mul(c, t),
          (p) => c * p,
        ),
      ),
      fc.record({ a: part, c: fc.constantFrom(1, -1, 3) }).map(({ a, c }) =>
        mapped(
          a,
          (t) => div(t, c),
          (p) => p / c,
        ),
      ),
      part.map((a) => mapped(a, neg, (p) => -p)),
      part.map((a) =>
        mapped(
          a,
          (t) => reshape(reshape(t, [3, 1]), [3]),
          (p) => p,
        ),
      ),
      part.map((a) =>
        mapped(
          a,
          (t) => reshape(sum(broadcastTo(t, [1, 3]), { axes: [0] }), [3]),
          (p) => p,
        ),
      ),
    ),
  };
});

function mapped(a: Expression, onTensor: (t: Tensor) => Tensor, onValue: (v: number) => number): Expression {
  return { tensor: onTensor(a.tensor), value: (x) => onValue(a.value(x)) };
}

function joined(
  onTensors: (s: Tensor, t: Tensor) => Tensor,
  a: Expression,
  b: Expression,
  onValues: (p: number, q: number) => number,
): Expression {
  return { tensor: onTensors(a.tensor, b.tensor), value: (x) => onValues(a.value(x), b.value(x)) };
}

function unsigned(value: number): number {
  return value === 0 ? 0 : value;
}
