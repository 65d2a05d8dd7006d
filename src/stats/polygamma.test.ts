import { describe, expect, it } from "vitest";
import { digamma, logGamma, trigamma } from "./polygamma.ts";

const EULER = 0.5772156649015329;

describe("digamma and trigamma", () => {
  it("have their known values and recurrences", () => {
    expect(digamma(1)).toBeCloseTo(-EULER, 13);
    expect(digamma(0.5)).toBeCloseTo(-EULER - 2 * Math.LN2, 13);
    expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 13);
    expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 12);
    for (const x of [0.3, 2.5, 9.99, 10.01, 50]) {
      expect(digamma(x + 1) - digamma(x)).toBeCloseTo(1 / x, 12);
      expect(trigamma(x) - trigamma(x + 1)).toBeCloseTo(1 / x ** 2, 12);
      expect((digamma(x + 1e-5) - digamma(x - 1e-5)) / 2e-5 / trigamma(x)).toBeCloseTo(1, 7);
    }
  });
});

describe("logGamma", () => {
  it("has its known values and recurrence, and digamma for a derivative", () => {
    expect(logGamma(1)).toBeCloseTo(0, 13);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
    expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 12);
    for (const x of [0.3, 2.5, 9.99, 10.01, 50]) {
      expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 12);
      expect((logGamma(x + 1e-5) - logGamma(x - 1e-5)) / 2e-5 / digamma(x)).toBeCloseTo(1, 7);
    }
  });
});
