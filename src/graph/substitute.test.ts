import { describe, expect, it } from "vitest";
import { evaluate } from "../../test/evaluate.ts";
import { add, mul } from "./elementwise.ts";
import { gradient } from "./gradient.ts";
import { neededLater, substitute } from "./substitute.ts";
import { constant, input, type Tensor } from "./tensor.ts";
import { exp, sin } from "./unary.ts";

const scalar = (value: number) => constant(value, [], "float64");
const [w, x] = [input("w", "float64", []), input("x", "float64", [])];

/** sin(e^w x) and its slope by w. */
function loss(weight: Tensor) {
  const scaled = mul(exp(weight), x);
  const value = sin(scaled);
  return { scaled, value, slope: gradient(value, [weight])[0] };
}

describe("substitute", () => {
  it("computes the same of other values, and leaves alone what does not depend on them", async () => {
    const { value } = loss(w);
    const other = add(x, 1);
    const values = new Map<Tensor, Tensor>([
      [w, scalar(0.5)],
      [x, scalar(2)],
    ]);
    const [replaced, kept] = substitute([value, scalar(3)], values);
    expect(await evaluate(replaced)).toBeCloseTo(Math.sin(Math.exp(0.5) * 2), 14);
    expect(await evaluate(kept)).toBe(3);
    expect(substitute([other], new Map([[w, scalar(1)]]))).toEqual([other]);
  });
});

describe("neededLater", () => {
  it("is what a slope needs of the value, less what the weights at hand give", async () => {
    const { scaled, value, slope } = loss(w);
    const needed = neededLater([value], [slope], new Set([w]));
    // d sin(e^w x)/dw = cos(e^w x) · x · e^w: x and e^w x are from before, e^w is made again.
    expect(new Set(needed)).toEqual(new Set<Tensor>([x, scaled]));
    const later = substitute(
      [slope],
      new Map<Tensor, Tensor>([
        ...needed.map((t): [Tensor, Tensor] => [t, scalar(t === x ? 2 : Math.exp(0.5) * 2)]),
        [w, scalar(0.5)],
      ]),
    );
    expect(await evaluate(later[0])).toBeCloseTo(Math.cos(Math.exp(0.5) * 2) * 2 * Math.exp(0.5), 14);
  });

  it("is more where less is at hand, and nothing where everything is", () => {
    const { value, slope } = loss(w);
    expect(neededLater([value], [slope], new Set())).toHaveLength(3);
    expect(neededLater([value], [slope], new Set([w, x]))).toEqual([]);
    expect(neededLater([value], [value], new Set())).toEqual([value]);
  });
});
