import { describe, expect, it } from "vitest";
import { dirichletWeights } from "./dirichlet-weights.ts";
import { centralInterval } from "./quantile.ts";
import { createRandom } from "./random.ts";

describe("dirichletWeights", () => {
  it.each([
    [10, 1],
    [12, 0.75],
    [5, 0.25],
    [7, 3],
  ])("sum to m = %i and vary by (m − 1) / (m α + 1), α = %f", (m, alpha) => {
    const random = createRandom(m);
    let [squares, count] = [0, 0];
    for (let draw = 0; draw < 4000; draw++) {
      const weights = dirichletWeights(m, alpha, random);
      expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(m, 10);
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
      squares += weights.reduce((sum, w) => sum + (w - 1) ** 2, 0);
      count += m;
    }
    // The kurtosis of a gamma of shape .25 is 27, so 4000 draws of 5 give its variance to about 3 %.
    expect(squares / count / ((m - 1) / (m * alpha + 1))).toBeCloseTo(1, 1);
  });
});

describe("centralInterval", () => {
  it("has the quantiles of NumPy", () => {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [.025, .5, .975])
    const { low, median, high } = centralInterval([3, 1, 4, 1, 5, 9, 2, 6], 0.95);
    expect(low).toBeCloseTo(1, 12);
    expect(median).toBeCloseTo(3.5, 12);
    expect(high).toBeCloseTo(8.475, 12);
  });
});
