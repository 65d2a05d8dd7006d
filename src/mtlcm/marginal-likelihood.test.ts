import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { GRADIENT_TOLERANCE, worstDirectionalError } from "../../test/recovery/central-differences.ts";
import { SingularMatrixError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { fromIndicators, indicatorGradient } from "./indicator-parameters.ts";
import { marginalLikelihood } from "./marginal-likelihood.ts";
import { secondMoments } from "./second-moments.ts";

/** PyTorch and this code sum the same float64 numbers in another order; section 1 of the golden README asks 1e-11. */
const TOLERANCE = 1e-11;

interface GoldenCase {
  readonly name: string;
  readonly d: number;
  readonly T: number;
  readonly sigma_s: number;
  readonly sigma_o: number;
  readonly inputs: Record<"h" | "y" | "task" | "A" | "logits" | "gamma", { data: number[]; shape: number[] }>;
  readonly nll: number;
  readonly grad: Record<"A" | "logits" | "gamma", { data: number[]; shape: number[] }>;
}

const cases: GoldenCase[] = golden("mtlcm-nll.json").cases;
const asMatrix = (a: { data: number[]; shape: number[] }): Matrix => matrix(a.shape[0], a.shape[1], goldenArray(a));

function setUp({ inputs, T, sigma_s, sigma_o }: GoldenCase) {
  const task = Int32Array.from(inputs.task.data);
  const taskNames = Array.from({ length: T }, (_, t) => `${t}`);
  const targets = { layout: "long", values: goldenArray(inputs.y), task, taskNames } as const;
  const moments = secondMoments(momentsOf(asMatrix(inputs.h), targets), false);
  const indicators = { logits: asMatrix(inputs.logits), gamma: asMatrix(inputs.gamma) };
  return { moments, indicators, mixing: asMatrix(inputs.A), noise: sigma_o ** 2, sigmaS: sigma_s };
}

const expectRelative = (actual: Float64Array, expected: Float64Array) => {
  const largest = Math.max(...expected.map(Math.abs));
  actual.forEach((value, k) => {
    expect(Math.abs(value - expected[k])).toBeLessThan(TOLERANCE * 10 * largest);
  });
};

describe("marginalLikelihood", () => {
  it.each(cases.map((c) => [c.name, c] as const))("agrees with PyTorch on %s", (_, c) => {
    const { moments, indicators, mixing, noise, sigmaS } = setUp(c);
    const { value, gradient } = marginalLikelihood(moments, { mixing, noise, ...fromIndicators(indicators, sigmaS) });
    expect(Math.abs(value / c.nll - 1)).toBeLessThan(TOLERANCE);
    expectRelative(gradient.mixing.data, goldenArray(c.grad.A));
    const own = indicatorGradient(indicators, gradient, sigmaS);
    expectRelative(own.logits.data, goldenArray(c.grad.logits));
    expectRelative(own.gamma.data, goldenArray(c.grad.gamma));
  });

  it("has the gradient that central differences see, in every parameter", () => {
    const { moments, indicators, mixing, sigmaS } = setUp(cases[2]);
    const { variance, slope } = fromIndicators(indicators, sigmaS);
    const parts = [mixing, variance, slope];
    const start = Float64Array.from([...parts.flatMap((part) => [...part.data]), 0.3]);
    const objective = (x: Float64Array) => {
      let at = 0;
      const [A, D, m] = parts.map(({ rows, cols }) => {
        at += rows * cols;
        return matrix(rows, cols, x.slice(at - rows * cols, at));
      });
      const { value, gradient } = marginalLikelihood(moments, { mixing: A, variance: D, slope: m, noise: x[at] });
      const all = [gradient.mixing, gradient.variance, gradient.slope].flatMap((part) => [...part.data]);
      return { value, gradient: Float64Array.from([...all, gradient.noise]) };
    };
    expect(worstDirectionalError(objective, start, createRandom(1))).toBeLessThan(GRADIENT_TOLERANCE);

    const planted = (x: Float64Array) => {
      const { value, gradient } = objective(x);
      return { value, gradient: gradient.map((g, k) => (k === 3 ? g * 1.1 : g)) };
    };
    expect(worstDirectionalError(planted, start, createRandom(1))).toBeGreaterThan(100 * GRADIENT_TOLERANCE);
  });

  it("refuses a covariance that is not positive definite", () => {
    const { moments, indicators, sigmaS } = setUp(cases[1]);
    const mixing = matrix(moments.dim, moments.dim);
    expect(() => marginalLikelihood(moments, { mixing, noise: 0, ...fromIndicators(indicators, sigmaS) })).toThrow(
      SingularMatrixError,
    );
  });
});
