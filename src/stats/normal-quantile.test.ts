import { describe, expect, it } from "vitest";
import { DomainError } from "../errors.ts";
import { normalQuantile } from "./normal-quantile.ts";

/** Φ(x) by Simpson's rule on its density from 0: the definition, by other means. */
function normalProbability(x: number): number {
  const steps = 4000;
  const h = x / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) sum += (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

describe("normalQuantile", () => {
  // statistics.NormalDist().inv_cdf of Python 3.12.
  it.each([
    [0.5, 0],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [1e-10, -6.361340902404056],
    [1e-20, -9.262340089798405],
  ])("of %d is %d", (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-13 * Math.max(1, Math.abs(x)));
  });

  it("inverts the integral of the density", () => {
    // Beyond ±4 the integral, taken from 0, has too few digits left to say where it ends.
    for (let x = -4; x <= 4; x += 0.37) expect(normalQuantile(normalProbability(x))).toBeCloseTo(x, 9);
  });

  it.each([0, 1, -1, Number.NaN])("refuses p = %d", (p) => {
    expect(() => normalQuantile(p)).toThrow(DomainError);
  });
});
