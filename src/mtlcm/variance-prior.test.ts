import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/random.ts";
import { logDensityOfLog, moderate, variancePrior } from "./variance-prior.ts";

const random = createRandom(4);
/** χ² with `degrees` degrees of freedom, over its degrees. */
const meanSquare = (degrees: number) =>
  Array.from({ length: degrees }, () => random.normal() ** 2).reduce((sum, x) => sum + x, 0) / degrees;

describe("variancePrior", () => {
  it.each([
    [6, 0.8],
    [20, 3],
  ])("recovers a prior of %d degrees around %d from estimates with 10", (degrees, value) => {
    const estimates = Array.from({ length: 20_000 }, () => (value / meanSquare(degrees)) * meanSquare(10));
    const prior = variancePrior(estimates, new Array(20_000).fill(10));
    // Standard errors at 20,000 estimates: about 2 % for six degrees, 5 % for twenty, well below 1 % for the value.
    expect(Math.abs(prior.degrees / degrees - 1)).toBeLessThan(0.15);
    expect(Math.abs(prior.value / value - 1)).toBeLessThan(0.02);
  });

  it("finds no scatter where estimates differ by their sampling error alone", () => {
    const degrees = [5, 50, 500, 7, 70, 700];
    const prior = variancePrior([2, 2, 2, 2.1, 1.9, 2], degrees);
    expect(prior.degrees).toBe(Number.POSITIVE_INFINITY);
    expect(moderate(prior, 77, 3)).toBe(prior.value);
  });

  it("knows nothing from fewer than two estimates", () => {
    expect(moderate(variancePrior([3, 0], [4, 9]), 5, 2)).toBe(5);
  });
});

describe("moderate", () => {
  it("weighs prior and estimate by their degrees of freedom", () => {
    expect(moderate({ value: 1, degrees: 3 }, 5, 1)).toBe(2);
  });
});

describe("logDensityOfLog", () => {
  it("is SciPy's: stats.f.logpdf(x / value, degrees, prior) + log(x / value), and chi2's where nothing scatters", () => {
    expect(logDensityOfLog({ value: 0.5, degrees: 6 }, 0.9, 4)).toBeCloseTo(-1.0927370384454416, 12);
    expect(logDensityOfLog({ value: 2, degrees: 37.5 }, 1.1, 99)).toBeCloseTo(-2.2475950473593995, 11);
    expect(logDensityOfLog({ value: 0.9, degrees: Number.POSITIVE_INFINITY }, 0.7, 12)).toBeCloseTo(
      -0.21148816376581703,
      12,
    );
  });
});
