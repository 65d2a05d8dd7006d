import { describe, expect, it } from "vitest";
import { linearData } from "../data/synthetic/linear.ts";
import { createRandom } from "../stats/random.ts";
import { gainOverNull, scoreWithNullLine } from "./null-line.ts";

describe("scoreWithNullLine", () => {
  it("finds the null line of the paper's linear data: about .56 pooled and .80 per task", () => {
    const found = [1, 2, 3].map((seed) => {
      const { representation, truth, targets } = linearData({}, createRandom(seed));
      return scoreWithNullLine(truth.latents, representation, truth.latents, { task: targets.task });
    });
    const mean = (read: (entry: (typeof found)[number]) => number) =>
      found.reduce((sum, entry) => sum + read(entry), 0) / 3;
    // Spread over mixings is about .02 pooled; method section 6 gives the figures for d = 10.
    expect(Math.abs(mean(({ nullLine }) => nullLine.pooled.spearman.score) - 0.56)).toBeLessThan(0.05);
    expect(Math.abs(mean(({ nullLine }) => nullLine.perTask?.spearman.score ?? Number.NaN) - 0.8)).toBeLessThan(0.03);
    for (const { scores, nullLine } of found) {
      expect(scores.pooled.pearson.score).toBeCloseTo(1, 12);
      expect(nullLine.weak.smallest).toBeGreaterThan(0.99);
      expect(nullLine.r2.mean).toBeGreaterThan(0.99);
    }
  });

  it("scores tasks only where rows belong to one", () => {
    const { representation, truth } = linearData({ tasks: 3 }, createRandom(4));
    expect(scoreWithNullLine(truth.latents, representation, truth.latents).scores.perTask).toBeUndefined();
  });
});

describe("gainOverNull", () => {
  it("is 0 at the null line, 1 at a perfect score, and negative below the null line", () => {
    expect(gainOverNull(0.8, 0.8)).toBe(0);
    expect(gainOverNull(1, 0.8)).toBe(1);
    expect(gainOverNull(0.9, 0.8)).toBeCloseTo(0.5, 12);
    expect(gainOverNull(0.7, 0.8)).toBeCloseTo(-0.5, 12);
  });
});
