import { describe, expect, it } from "vitest";
import { golden } from "../../test/golden.ts";
import { kernelIndependenceTest } from "./kernel-independence.ts";
import { partialCorrelationTest } from "./partial-correlation.ts";
import { upperGamma } from "./upper-gamma.ts";

interface GoldenCase {
  readonly link: string;
  readonly x: number[];
  readonly y: number[];
  readonly z: number[];
  readonly p: Record<"partial-correlation" | "kernel", { readonly marginal: number; readonly given: number }>;
}

const { cases, gamma } = golden("independence.json") as {
  cases: GoldenCase[];
  gamma: { a: number; x: number; q: number }[];
};

/** Relative error of a tail probability; of those near 1 their complement has lost as many digits. */
const TAIL = 1e-11;
/** The kernel's p-values come from inverses of matrices with condition numbers up to n/ε = 6e4, and from tail probabilities of them. */
const KERNEL = 1e-8;

describe("upperGamma", () => {
  it.each(gamma)("is SciPy's gamma.sf at a = $a, x = $x", ({ a, x, q }) => {
    expect(Math.abs(upperGamma(a, x) - q)).toBeLessThanOrEqual(TAIL * Math.max(q, Number.MIN_VALUE));
  });
});

describe.each([
  ["partial-correlation", partialCorrelationTest, 1e-9],
  ["kernel", kernelIndependenceTest, KERNEL],
] as const)("the %s test", (name, test, tolerance) => {
  it.each(cases)("has the p-values of an independent program for a $link", ({ x, y, z, p }) => {
    const [a, b, c] = [x, y, z].map((values) => Float64Array.from(values));
    const { marginal, given } = p[name];
    expect(Math.abs(test(a, b, null) / marginal - 1)).toBeLessThan(tolerance);
    expect(Math.abs(test(a, b, c) / given - 1)).toBeLessThan(tolerance);
  });
});

it("refuses a constant variable", () => {
  expect(() => partialCorrelationTest(new Float64Array(9), Float64Array.from(cases[0].x.slice(0, 9)), null)).toThrow(
    "a constant variable has no correlation",
  );
});
