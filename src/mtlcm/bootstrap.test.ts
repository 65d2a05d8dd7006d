import { describe, expect, it } from "vitest";
import { linearData } from "../data/synthetic/linear.ts";
import { ConfigError, DataError } from "../errors.ts";
import { identity, type Matrix, matrix } from "../linalg/matrix.ts";
import { strongMcc } from "../metrics/mcc.ts";
import { unmix } from "../model/unmix.ts";
import { dirichletWeights } from "../stats/dirichlet-weights.ts";
import { groupMoments, momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets, WideTargets } from "../stats/targets.ts";
import { type BootstrapInput, bootstrapInput, bootstrapReplicate, type Replicate, replicator } from "./bootstrap.ts";
import { groupSample, rowSample, taskSample } from "./bootstrap-samples.ts";
import { summariseBootstrap } from "./bootstrap-summary.ts";
import { refit } from "./refit.ts";

/** Data from the model without noise in h, their fit, and the input of its bootstrap. */
function fitted(seed: number, causal: object) {
  const { representation, targets, truth } = linearData(
    { mixing: "orthogonal", sigmaObs: 0, ...causal },
    createRandom(seed),
  );
  const result = unmix(representation, targets, {}, createRandom(seed + 1));
  const input: BootstrapInput = { data: { latents: result.latents, targets }, options: {}, seed };
  return { ...result, targets, input, realised: strongMcc(result.latents, truth.latents, "pearson") };
}

/** (B R_t B')_ij of weighted rows, written out: residuals of z on y within the task, row by row. */
function weightedResiduals(z: Matrix, { values, task }: LongTargets, weights: Float64Array, t: number) {
  const d = z.cols;
  let [n, meanY, varY] = [0, 0, 0];
  const [meanZ, slope] = [new Float64Array(d), new Float64Array(d)];
  const own = Array.from(task.keys()).filter((i) => task[i] === t);
  for (const i of own) {
    n += weights[i];
    meanY += weights[i] * values[i];
    for (let j = 0; j < d; j++) meanZ[j] += weights[i] * z.data[i * d + j];
  }
  for (const i of own) {
    const y = values[i] - meanY / n;
    varY += weights[i] * y * y;
    for (let j = 0; j < d; j++) slope[j] += weights[i] * y * (z.data[i * d + j] - meanZ[j] / n);
  }
  const residual = matrix(d, d);
  for (const i of own) {
    const e = meanZ.map((mean, j) => z.data[i * d + j] - mean / n - (slope[j] / varY) * (values[i] - meanY / n));
    for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) residual.data[j * d + k] += (weights[i] / n) * e[j] * e[k];
  }
  return { residual, n };
}

describe("a replicate", () => {
  const { input, latents, targets, mtlcm } = fitted(3, { latentDim: 3, causalPerTask: 1, tasks: 25, rowsPerTask: 30 });
  if (targets.layout !== "long") throw new Error("long data expected");

  it("weights rows within tasks, and solves the estimating equations of the weighted rows", () => {
    const sample = rowSample(latents, targets, createRandom(5));
    // The same weights by hand: tasks in order, concentration (30 − 3) / 30, from one stream.
    const random = createRandom(5);
    const weights = new Float64Array(latents.rows);
    for (let t = 0; t < 25; t++) weights.set(dirichletWeights(30, 0.9, random), t * 30);
    const b = refit(sample, identity(3), {});
    const z = matrix(latents.rows, 3);
    for (let i = 0; i < z.rows; i++) {
      for (let j = 0; j < 3; j++) {
        for (let k = 0; k < 3; k++) z.data[i * 3 + j] += b.data[j * 3 + k] * latents.data[i * 3 + k];
      }
    }
    // Σ_t π_t Λ_ij / λ_i = 0 for i ≠ j: the refit stops at 1e-4.
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        if (i === j) continue;
        let gradient = 0;
        for (let t = 0; t < 25; t++) {
          const { residual, n } = weightedResiduals(z, targets, weights, t);
          expect(n).toBeCloseTo(30, 9);
          gradient += residual.data[i * 3 + j] / residual.data[i * 3 + i] / 25;
        }
        expect(Math.abs(gradient)).toBeLessThan(2e-4);
      }
    }
  });

  it("depends on its number and the seed only, and is matched to the fit", () => {
    const first = bootstrapReplicate(input, 7) as Replicate;
    expect(bootstrapReplicate(input, 7)).toEqual(first);
    expect(bootstrapReplicate(input, 8)).not.toEqual(first);
    expect(bootstrapReplicate({ ...input, seed: 4 }, 7)).not.toEqual(first);
    for (const r of first.correlation) expect(r).toBeGreaterThan(0.99);
    for (let j = 0; j < 3; j++) expect(first.leakage.data[4 * j]).toBe(0);
    // Matched in order and scale: residual variances of the replicate are those of the fit but for sampling, and for two
    // degrees of freedom of 30 once more (−.07) and the curvature of the logarithm (−.04).
    const ratio = first.residualVariance.data.map((v, k) => Math.log(v / mtlcm.residualVariance.data[k]));
    expect(Math.abs(ratio.reduce((sum, x) => sum + x, 0) / ratio.length + 0.11)).toBeLessThan(0.1);
  });

  it("tells causes from effects as the fit does, for all that weighted rows are counted with rounding", () => {
    // Sharing 750 rows among 25 tasks by weights rounds to a hair more than 750 in every other draw.
    for (let index = 0; index < 8; index++) {
      const { pCause } = bootstrapReplicate(input, index) as Replicate;
      const flips = pCause.data.filter((p, at) => p > 0.5 !== mtlcm.pCause.data[at] > 0.5).length;
      expect(flips / pCause.data.length).toBeLessThan(0.12);
    }
  });

  it("finds the same with fresh starts where the optimum is clear", () => {
    const [plain, fresh] = [0, 3].map((freshStarts) =>
      bootstrapReplicate({ ...input, options: { freshStarts } }, 2)?.correlation.map((r) => Number(r.toFixed(5))),
    );
    expect(fresh).toEqual(plain);
  });

  it("refits the exact likelihood where the fit is by it", () => {
    const { representation, targets: long } = linearData(
      { latentDim: 3, causalPerTask: 1, tasks: 40, rowsPerTask: 40, sigmaObs: 0.2 },
      createRandom(2),
    );
    const exact = unmix(representation, long, { solver: "lbfgs", sigmaObs: 0.2 }, createRandom(1));
    const given = { data: { latents: exact.latents, targets: long }, options: {}, seed: 1 };
    const [likelihood, closed] = [bootstrapInput(exact.mtlcm, given), given].map((noisy) => {
      const replicate = replicator(noisy);
      return Array.from({ length: 6 }, (_, k) => replicate(k) as Replicate);
    });
    // The replicates' residual variances, in their own latents, centre on the fit's; the closed form has other latents.
    const offset = (replicates: readonly Replicate[]) => {
      const { data } = exact.mtlcm.residualVariance;
      const logs = data.map((v, at) =>
        replicates.reduce((sum, { residualVariance }) => sum + Math.log(residualVariance.data[at] / v) / 6, 0),
      );
      const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
      return Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
    };
    expect(likelihood[0].correlation.every((r) => r > 0.99)).toBe(true);
    expect(offset(likelihood)).toBeLessThan(offset(closed));
  });

  it("refuses what cannot be", () => {
    expect(() => bootstrapReplicate({ ...input, options: { freshStarts: -1 } }, 0)).toThrow(/freshStarts/);
    const few = fitted(1, { latentDim: 2, causalPerTask: 1, tasks: 9, rowsPerTask: 20 }).input;
    expect(() => bootstrapReplicate({ ...few, options: { resample: "tasks" } }, 0)).toThrow(ConfigError);
  });
});

describe("samples", () => {
  it("of groups vary the moments as much as samples of rows do", () => {
    const { latents, targets } = fitted(6, { latentDim: 2, causalPerTask: 1, tasks: 60, rowsPerTask: 40 });
    const groups = groupMoments(latents, targets, 8, createRandom(1));
    const variance = (draw: (k: number) => number) => {
      const values = Array.from({ length: 150 }, (_, k) => draw(k));
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
    };
    const statistic = ({ covH }: { covH: Matrix }) => {
      let sum = 0;
      for (let t = 0; t < 60; t++) sum += covH.data[t * 4 + 1] / 60;
      return sum;
    };
    const byRows = variance((k) => statistic(rowSample(latents, targets, createRandom(k))));
    const byGroups = variance((k) => statistic(groupSample(groups, createRandom(k))));
    // 150 draws each: a standard error of 16 %; 60 × 7 degrees of freedom add 7 %. Whole groups at once would give 60 times less sure a figure.
    expect(byGroups / byRows).toBeGreaterThan(0.6);
    expect(byGroups / byRows).toBeLessThan(1.6);
  });

  it("of groups of wide data take a group for all tasks, and keep the number of rows", () => {
    const random = createRandom(2);
    const h = matrix(
      64,
      2,
      Float64Array.from({ length: 128 }, () => random.normal()),
    );
    const values = matrix(
      64,
      3,
      Float64Array.from({ length: 192 }, () => random.normal()),
    );
    const targets: WideTargets = { layout: "wide", values, taskNames: ["a", "b", "c"] };
    const sample = groupSample(groupMoments(h, targets, 8, createRandom(3)), createRandom(4));
    for (const n of sample.count) expect(n).toBeCloseTo(64, 9);
    expect(sample.pooled.count).toBeCloseTo(64, 9);
    expect(sample.covH.data.slice(0, 4)).toEqual(sample.covH.data.slice(4, 8));
    expect(rowSample(h, targets, createRandom(5)).count[2]).toBeCloseTo(64, 9);
    expect(momentsOf(h, targets).covH.data[1]).not.toBeCloseTo(sample.covH.data[1], 3);
  });

  it("of tasks multiply the weights that tasks have", () => {
    const weights = taskSample(4, [1, 0, 1, 1], createRandom(1));
    expect(weights[1]).toBe(0);
    expect(weights.every((w) => w >= 0)).toBe(true);
  });
});

describe("the summary", () => {
  const replicate = (r: number, p: number): Replicate => ({
    correlation: Float64Array.of(r, 1),
    leakage: matrix(2, 2, Float64Array.of(0, 3 * (1 - r), 0, 0)),
    noiseChange: Float64Array.of(0, (p - 0.425) / 10),
    residualVariance: matrix(1, 2, Float64Array.of(p, 0.1)),
    pCause: matrix(1, 2, Float64Array.of(p, 0.9)),
  });
  const fit = {
    pCause: matrix(1, 2, Float64Array.of(0.7, 0.8)),
    residualVariance: matrix(1, 2, Float64Array.of(0.5, 0.1)),
  };

  it("has quantiles of correlations, flips against the fit, and counts what failed", () => {
    const all = [undefined, ...[0.1, 0.2, 0.6, 0.8].map((p) => replicate(1 - p / 10, p))];
    const summary = summariseBootstrap(all, fit, "rows");
    expect([summary.replicates, summary.failed]).toEqual([4, 1]);
    expect(Array.from(summary.indicators.flip.data)).toEqual([0.5, 0]);
    expect(summary.flipped).toBe(0.25);
    // Quantiles .025 and .975 of .1 .2 .6 .8 are .1075 and .785.
    expect(summary.indicators.residualVarianceLow.data[0]).toBeCloseTo(0.25 / 0.785, 12);
    expect(summary.indicators.residualVarianceHigh.data[0]).toBeCloseTo(0.25 / 0.1075, 12);
    expect(summary.latents[0].stability.median).toBeCloseTo(0.96, 12);
    expect(summary.mcc.median).toBeCloseTo(0.98, 12);
    // Changes of the noise of the second latent from what replicates usually see: −.0325 −.0225 .0175 .0375.
    const shows = { noiseShare: 0.19, hiddenNoise: 0, noiseLeakage: 0.01 };
    const noisy = summariseBootstrap(all, fit, "rows", [{ noiseShare: 0 }, shows]);
    const known = [0.2225, 0.2125, 0.1725, 0.1525].map((share) => Math.sqrt((1 - share) / 1.01));
    expect(noisy.latents[1].correlation?.median).toBeCloseTo((known[1] + known[2]) / 2, 12);
    expect(noisy.latents[1].stability.median).toBe(1);
    // Of noise that does not show nothing is known but its bound: no interval is wider for it.
    const hidden = summariseBootstrap(all, fit, "rows", [{ noiseShare: 0 }, { noiseShare: 0, hiddenNoise: 0.3 }]);
    expect(hidden.latents[1].correlation).toEqual({ low: 1, median: 1, high: 1 });
    expect(summary.latents[0].leakage[1]).toBeCloseTo(0.3 * Math.sqrt((0.01 + 0.04 + 0.36 + 0.64) / 4), 12);
  });

  it("is refused when most replicates failed", () => {
    expect(() => summariseBootstrap([undefined, undefined, replicate(1, 1)], fit, "rows")).toThrow(DataError);
  });
});

describe("intervals", () => {
  const REPLICATES = 60;
  const families = Array.from({ length: 14 }, (_, k) =>
    fitted(100 + k, { latentDim: 3, causalPerTask: 1, tasks: 40, rowsPerTask: 20, sigmaS: 0.5 }),
  );

  it("cover the correlation of estimate and truth; half as wide an error would not", () => {
    let [covered, narrow, latents] = [0, 0, 0];
    for (const { input, realised, mtlcm } of families) {
      const replicate = replicator(input);
      const replicates = Array.from({ length: REPLICATES }, (_, k) => replicate(k));
      const summary = summariseBootstrap(replicates, mtlcm, "rows");
      realised.pairs.forEach(({ left, correlation }) => {
        const truth = Math.abs(correlation);
        const { low, high } = summary.latents[left].stability;
        latents++;
        if (truth >= low && truth <= high) covered++;
        // The same interval if the contamination were a quarter: 1 − r is proportional to it near 1.
        if (truth >= 1 - (1 - low) / 4 && truth <= 1 - (1 - high) / 4) narrow++;
      });
    }
    // 42 latents, nominally 95 %, so 40 ± 1.4; 60 replicates and the dependence of three latents widen that.
    expect(covered / latents).toBeGreaterThan(0.83);
    expect(narrow / latents).toBeLessThan(0.75);
  });
});
