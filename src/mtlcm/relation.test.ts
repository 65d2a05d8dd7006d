import { describe, expect, it } from "vitest";
import { linearCase, recovery, wideCase, withUninformativeLatents } from "../../test/linear-data.ts";
import { plainRegression } from "../../test/plain-regression.ts";
import { quality } from "../../test/probability-quality.ts";
import { identity, matrix, multiplyTransposed, rowView, takeRows } from "../linalg/matrix.ts";
import { type Moments, momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import type { TaskMoments } from "./causal-structure.ts";
import { indicatorsOf } from "./indicators.ts";
import { fitMtlcm } from "./mtlcm.ts";
import { standardisedWeights } from "./standardised-weights.ts";

const options = { sigmaS: 0.1, intercept: true } as const;

/** Indicators of wide data whose latents are known, and P(related) beside whether a latent has a weight. */
function wide(seed: number, sizes: Parameters<typeof wideCase>[1]) {
  const { h, targets, weights } = wideCase(seed, sizes);
  const found = indicatorsOf(momentsOf(h, targets), identity(sizes.dim), options);
  const related = found.pCause.data.map((p, at) => p + found.pEffect.data[at]);
  return {
    found,
    related,
    quality: quality(
      [...related],
      Array.from(weights.data, (w) => w !== 0),
    ),
  };
}

describe("what is related to a target in wide data", () => {
  it.each([1, 2, 3])(
    "is told from what is not, with probabilities that hold: 80 targets of 5,000 rows (seed %d)",
    (seed) => {
      const { accuracy, auroc, calibrationError } = wide(seed, {
        dim: 10,
        tasks: 80,
        rows: 5000,
        density: 0.3,
      }).quality;
      // A weight of less than three standard errors (.02 of a normal one) is no more than chance: 2 % of 30 %.
      expect(accuracy).toBeGreaterThan(0.985);
      expect(auroc).toBeGreaterThan(0.99);
      // Over eight seeds .004, with a standard deviation of .002.
      expect(calibrationError).toBeLessThan(0.01);
    },
  );

  it("is told with few rows as well, less surely", () => {
    const { accuracy, auroc, calibrationError } = wide(1, { dim: 10, tasks: 40, rows: 300, density: 0.2 }).quality;
    // Over 16 seeds .982, .978 and .019, with standard deviations of .007, .021 and .007: three or less are allowed.
    expect(accuracy).toBeGreaterThan(0.96);
    expect(auroc).toBeGreaterThan(0.94);
    expect(calibrationError).toBeLessThan(0.04);
  });

  it("is nothing where targets have nothing to do with the latents, though the variance rule calls all of them causes", () => {
    const { found, related } = wide(4, { dim: 10, tasks: 40, rows: 500, density: 0 });
    expect(related.filter((p) => p > 0.5)).toHaveLength(0);
    expect(related.reduce((sum, p) => sum + p, 0) / related.length).toBeLessThan(0.01);
    expect(found.residualVariance.data.every((r) => r > 0.9)).toBe(true);
    expect(found.weight.data.every((w) => w === 0)).toBe(true);
  });

  it("is everything where every target is a sum of all latents", () => {
    const { found, related } = wide(5, { dim: 6, tasks: 80, rows: 2000, density: 1 });
    expect(found.relation.someUnrelated).toBeLessThan(0.05);
    expect(Math.min(...related)).toBeGreaterThan(0.9);
  });

  it("is not what an inexact unmixing puts into every latent, however significant", () => {
    const { h, targets, weights } = wideCase(6, { dim: 8, tasks: 60, rows: 20_000, density: 0.25 });
    const mixed = matrix(8, 8, identity(8).data.slice());
    const random = createRandom(6);
    for (let at = 0; at < 64; at++) if (at % 9 !== 0) mixed.data[at] = 0.04 * random.normal();
    const moments = momentsOf(h, targets);
    const { pCause, pEffect, relation } = indicatorsOf(moments, mixed, options);
    const unrelated = Array.from(weights.data.keys()).filter((at) => weights.data[at] === 0);
    const called = unrelated.filter((at) => pCause.data[at] + pEffect.data[at] > 0.5);
    expect(called.length / unrelated.length).toBeLessThan(0.06);
    expect(relation.background).toBeGreaterThan(0.025);
    expect(relation.background).toBeLessThan(0.06);
    const inMixed = momentsOf(multiplyTransposed(h, mixed), targets);
    const { weight, variance } = standardisedWeights(tasksOf(inMixed), matrix(60, 8, new Float64Array(480).fill(1)), 2);
    const significant = unrelated.filter((at) => weight.data[at] ** 2 > 9 * variance.data[at]);
    expect(significant.length / unrelated.length).toBeGreaterThan(0.4);
  });
});

describe("what is related to a target in long data", () => {
  it("is every latent in the paper's data: there probabilities of causes are as without the distinction", () => {
    const { h, targets } = linearCase(1, { latentDim: 10, causalPerTask: 2 });
    const { pCause, pEffect } = fitMtlcm(momentsOf(h, targets), {}, createRandom(1));
    pCause.data.forEach((p, at) => void expect(p + pEffect.data[at]).toBeGreaterThan(0.999));
  });

  it("is no latent that has nothing to do with any target", () => {
    const informative = linearCase(2, { latentDim: 6, causalPerTask: 2, sigmaObs: 0, targetNoise: [0.5, 1] });
    const { h, targets, latents, causal } = withUninformativeLatents(informative, 2, 2);
    const fit = fitMtlcm(momentsOf(h, targets), {}, createRandom(2));
    const { right } = recovery(h, fit.unmixing, latents);
    const counts = { strangers: 0, called: 0, causes: 0, found: 0 };
    fit.pCause.data.forEach((p, at) => {
      const [t, j] = [Math.floor(at / 8), right[at % 8]];
      if (j >= 6) {
        counts.strangers++;
        if (p > 0.5 || fit.pEffect.data[at] > 0.5) counts.called++;
      } else if (causal.data[t * 6 + j] > 0.5) {
        counts.causes++;
        if (p > 0.5) counts.found++;
      }
    });
    // Half of the latents that are no effects are strangers: a weight of 1.8 standard errors then speaks for a relation,
    // and 7 % of chance weights are larger.
    expect(counts.called / counts.strangers).toBeLessThan(0.11);
    // At that threshold a cause must explain about 3 % of its target; a fifth of weights that are N(0, 1) do not.
    expect(counts.found / counts.causes).toBeGreaterThan(0.7);
  });
});

describe("standardisedWeights", () => {
  it("are those of least squares, each latent beside all that are no effects", () => {
    const { h, targets } = linearCase(3, { latentDim: 4, tasks: 2, rowsPerTask: 40 });
    const tasks = tasksOf(momentsOf(h, targets));
    const { weight, variance } = standardisedWeights(tasks, matrix(2, 4, Float64Array.of(1, 1, 0, 0.2, 1, 0, 1, 1)), 2);
    [
      { t: 0, j: 1, beside: [0, 1] },
      { t: 0, j: 3, beside: [0, 1, 3] },
      { t: 1, j: 1, beside: [0, 1, 2, 3] },
    ].forEach(({ t, j, beside }) => {
      const rows = Array.from({ length: 40 }, (_, i) => 40 * t + i);
      const plain = plainRegression(takeRows(h, rows), targets.values.subarray(40 * t, 40 * t + 40), beside);
      const step = (size: number) => rowView(identity(4), j).map((x) => x * size);
      const slope = plain.predict(step(1)) - plain.predict(step(0));
      // A prediction far away: its variance is that of the slope times the distance squared.
      const error = plain.variance(step(1e6)) / 1e12;
      const unit = tasks[t].S.data[j * 5] / tasks[t].q;
      expect(weight.data[4 * t + j]).toBeCloseTo(slope * Math.sqrt(unit), 8);
      expect(variance.data[4 * t + j] / (error * unit)).toBeCloseTo(1, 4);
    });
  });

  it("are unknown for a task with too few rows", () => {
    const { h, targets } = linearCase(3, { latentDim: 4, tasks: 2, rowsPerTask: 5 });
    const { weight } = standardisedWeights(
      tasksOf(momentsOf(h, targets)),
      matrix(2, 4, new Float64Array(8).fill(1)),
      2,
    );
    expect(weight.data.every(Number.isNaN)).toBe(true);
  });
});

/** The moments of every task by itself. */
function tasksOf({ dim: d, covH, covHY, varY, count }: Moments): TaskMoments[] {
  return Array.from(varY, (q, t) => ({ S: matrix(d, d, rowView(covH, t)), s: rowView(covHY, t), q, rows: count[t] }));
}
