import { describe, expect, it } from "vitest";
import { DomainError } from "../errors.ts";
import { matrix, takeRows } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { canonicalCorrelation } from "./canonical-correlation.ts";
import { scoreLatents } from "./latent-scores.ts";
import { randomHalves } from "./row-halves.ts";

const normals = (rows: number, cols: number, seed: number) =>
  matrix(rows, cols, Float64Array.from({ length: rows * cols }, createRandom(seed).normal));

describe("scoreLatents", () => {
  it("scores out of sample what in-sample scores only promise: noise is worth nothing there", () => {
    const [x, z] = [normals(80, 6, 1), normals(80, 6, 2)];
    const { weak, r2, pooled, outOfSample } = scoreLatents(x, z, { halves: randomHalves(80, createRandom(3)) });
    expect(weak.mean).toBeGreaterThan(0.2);
    expect(pooled.pearson.score).toBeGreaterThan(0.1);
    // Six correlations on 40 rows: five standard errors of their mean are .33; R² pays for six useless coefficients.
    expect(Math.abs(outOfSample?.strongPearson ?? 1)).toBeLessThan(0.33);
    expect(Math.abs(outOfSample?.weak ?? 1)).toBeLessThan(0.33);
    expect(outOfSample?.r2).toBeLessThan(0);
    expect(r2.mean).toBeGreaterThan(0);
  });

  it("is 1 in every respect for the truth itself, scaled", () => {
    const z = normals(60, 3, 4);
    const scaled = matrix(
      60,
      3,
      z.data.map((value) => -3 * value + 1),
    );
    const { outOfSample, dci, r2 } = scoreLatents(scaled, z, { halves: randomHalves(60, createRandom(5)) });
    for (const score of [...Object.values(outOfSample ?? {}), dci.disentanglement, dci.completeness, r2.mean]) {
      expect(score).toBeCloseTo(1, 10);
    }
  });

  it("has parts for tasks and halves only where they were given", () => {
    const z = normals(20, 2, 6);
    expect(Object.keys(scoreLatents(z, z))).toEqual(["pooled", "weak", "r2", "dci"]);
    const task = Int32Array.from({ length: 20 }, (_, i) => i % 2);
    expect(scoreLatents(z, z, { task }).perTask?.pearson.tasks.length).toBe(2);
  });
});

describe("randomHalves", () => {
  it("splits all rows in two, by the seed, so that halves are alike", () => {
    const { fit, score } = randomHalves(7, createRandom(1));
    expect([fit.length, score.length]).toEqual([4, 3]);
    expect([...Array.from(fit), ...Array.from(score)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(randomHalves(50, createRandom(1))).toEqual(randomHalves(50, createRandom(1)));
    expect(randomHalves(50, createRandom(1))).not.toEqual(randomHalves(50, createRandom(2)));
  });

  it("gives halves on which maps are fitted and scored: too few rows are refused", () => {
    const z = normals(12, 3, 7);
    const halves = randomHalves(12, createRandom(1));
    expect(() => scoreLatents(z, z, { halves })).toThrow(DomainError);
    expect(() => canonicalCorrelation(takeRows(z, halves.fit), takeRows(z, halves.fit))).toThrow(/7 are needed/);
  });
});
