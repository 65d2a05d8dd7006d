import { describe, expect, it } from "vitest";
import { ConfigError } from "../../errors.ts";
import { createRandom } from "../../stats/random.ts";
import type { CausalModelOptions } from "./causal-options.ts";
import { sampleCausalModel } from "./latent-causal-model.ts";

const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
const centred = (x: number[], centre = mean(x)) => x.map((value) => value - centre);
const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
const covariance = (x: number[], y: number[]) => dot(centred(x), centred(y)) / x.length;
const correlation = (x: number[], y: number[]) => covariance(x, y) / Math.sqrt(covariance(x, x) * covariance(y, y));

/** Correlation of x and y after regressing both on z. */
function partialCorrelation(x: number[], y: number[], z: number[]): number {
  const residual = (v: number[], slope = covariance(v, z) / covariance(z, z)) =>
    v.map((value, i) => value - slope * z[i]);
  return correlation(residual(x), residual(y));
}

/** A sample, cut into tasks: the columns of z, y, and which latents are causes or effects. */
function sampleTasks(options: CausalModelOptions, seed: number) {
  const settings = { latentDim: 6, causalPerTask: 2, tasks: 200, rowsPerTask: 100, ...options };
  const { targets, truth } = sampleCausalModel(settings, createRandom(seed));
  const d = settings.latentDim;
  const n = settings.rowsPerTask;
  return Array.from({ length: settings.tasks }, (_, t) => {
    const indices = Array.from({ length: d }, (_, j) => j);
    const isCause = (j: number) => truth.causal.data[t * d + j] === 1;
    return {
      y: [...targets.values.subarray(t * n, (t + 1) * n)],
      z: indices.map((j) => Array.from({ length: n }, (_, i) => truth.latents.data[(t * n + i) * d + j])),
      weights: [...truth.weights.data.subarray(t * d, (t + 1) * d)],
      gamma: [...truth.gamma.data.subarray(t * d, (t + 1) * d)],
      sigma: truth.targetNoise[t],
      causes: indices.filter(isCause),
      effects: indices.filter((j) => !isCause(j)),
    };
  });
}

const pairs = (x: number[]) => x.flatMap((i) => x.filter((j) => j > i).map((j) => [i, j] as const));

describe("sampleCausalModel", () => {
  const raw = sampleTasks({ standardise: false }, 1);

  it("gives every task its number of causes, every latent equally often", () => {
    expect(raw.every(({ causes }) => causes.length === 2)).toBe(true);
    const counts = Array.from({ length: 6 }, (_, j) => raw.filter(({ causes }) => causes.includes(j)).length);
    // Binomial(200, 1/3): mean 66.7, standard deviation 6.7; four of them allowed.
    for (const count of counts) expect(Math.abs(count - 66.7)).toBeLessThan(27);
  });

  it("draws causes from N(0, 1)", () => {
    const x = raw.flatMap(({ z, causes }) => causes.flatMap((j) => z[j]));
    // 40,000 draws: five standard errors of the mean, the variance and the fourth moment.
    expect(Math.abs(mean(x))).toBeLessThan(5 / 200);
    expect(Math.abs(mean(x.map((v) => v ** 2)) - 1)).toBeLessThan((5 * Math.SQRT2) / 200);
    expect(Math.abs(mean(x.map((v) => v ** 4)) - 3)).toBeLessThan((5 * Math.sqrt(96)) / 200);
  });

  it("adds noise of standard deviation σ_t, uniform on [2, 3], to the weighted causes", () => {
    const standardised = raw.map(({ y, z, weights, causes, sigma }) =>
      mean(y.map((value, i) => ((value - causes.reduce((sum, j) => sum + weights[j] * z[j][i], 0)) / sigma) ** 2)),
    );
    expect(Math.abs(mean(standardised) - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(20_000));
    const sigmas = raw.map(({ sigma }) => sigma);
    expect(Math.min(...sigmas)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...sigmas)).toBeLessThan(3);
    expect(Math.abs(mean(sigmas) - 2.5)).toBeLessThan(0.1);
    const total = raw.map(({ y, weights, sigma }) => mean(y.map((v) => v ** 2)) / (sigma ** 2 + sumOfSquares(weights)));
    expect(Math.abs(mean(total) - 1)).toBeLessThan(0.05);
  });

  it("makes effects γ y plus noise of standard deviation σs, γ uniform on [−1, 1]", () => {
    const noise = raw.flatMap(({ y, z, gamma, effects }) =>
      effects.flatMap((j) => z[j].map((v, i) => v - gamma[j] * y[i])),
    );
    expect(Math.abs(mean(noise))).toBeLessThan((5 * 0.1) / Math.sqrt(80_000));
    expect(Math.abs(mean(noise.map((v) => v ** 2)) / 0.01 - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(80_000));
    const gammas = raw.flatMap(({ gamma, effects }) => effects.map((j) => gamma[j]));
    expect(Math.abs(mean(gammas))).toBeLessThan(0.1);
    expect(Math.abs(mean(gammas.map((g) => g * g)) - 1 / 3)).toBeLessThan(0.05);
    expect(raw.every(({ gamma, causes }) => causes.every((j) => gamma[j] === 0))).toBe(true);
    expect(raw.every(({ weights, effects }) => effects.every((j) => weights[j] === 0))).toBe(true);
  });

  it("leaves effects independent given y, though they depend on each other without it", () => {
    const of = (task: (typeof raw)[number], measure: (x: number[], y: number[], z: number[]) => number) =>
      pairs(task.effects).map(([i, j]) => measure(task.z[i], task.z[j], task.y) ** 2);
    // For independent normals the squared partial correlation has mean 1/(n − 2) and about twice its square as variance.
    const given = mean(raw.flatMap((task) => of(task, partialCorrelation))) * 98;
    expect(Math.abs(given - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(1200));
    expect(mean(raw.flatMap((task) => of(task, correlation)))).toBeGreaterThan(0.8);
  });

  it("leaves causes independent until y is given: a collider", () => {
    const of = (measure: (x: number[], y: number[], z: number[]) => number) =>
      mean(raw.map(({ z, y, weights, causes: [i, j] }) => measure(z[i], z[j], y) * Math.sign(weights[i] * weights[j])));
    expect(Math.abs(of(correlation))).toBeLessThan(5 / Math.sqrt(20_000));
    expect(of(partialCorrelation)).toBeLessThan(-10 / Math.sqrt(20_000));
  });

  it("correlates effects given y when they are confounded, at unchanged variance", () => {
    const confounded = sampleTasks({ standardise: false, confounding: 0.5 }, 2);
    const r = confounded.flatMap(({ effects, z, y }) =>
      pairs(effects).map(([i, j]) => partialCorrelation(z[i], z[j], y)),
    );
    expect(Math.abs(mean(r.map(Math.abs)) - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(mean(r))).toBeLessThan(0.1);
    const noise = confounded.flatMap(({ y, z, gamma, effects }) =>
      effects.flatMap((j) => z[j].map((v, i) => v - gamma[j] * y[i])),
    );
    expect(Math.abs(mean(noise.map((v) => v ** 2)) / 0.01 - 1)).toBeLessThan(0.04);
  });

  it("gives the hidden cause its share of the target's noise: effects then depend on y beyond γ y", () => {
    // u has share .64 of σ_t² in y and .36 of σs² in the effect: cov(y, z − γ y) = σ_t · .8 · σs · .6, σs = 1.
    const confounded = sampleTasks(
      { standardise: false, sigmaS: 1, confounding: 0.36, targetConfounding: 0.64, rowsPerTask: 400 },
      3,
    );
    const slopes = confounded.flatMap(({ effects, gamma, y, z, sigma }) =>
      effects.map(
        (j) =>
          Math.abs(
            covariance(
              y,
              centred(z[j]).map((v, i) => v - gamma[j] * y[i]),
            ),
          ) /
          (0.48 * sigma),
      ),
    );
    expect(Math.abs(mean(slopes) - 1)).toBeLessThan(0.03);
    const total = confounded.map(
      ({ y, weights, sigma }) => mean(y.map((v) => v * v)) / (sigma ** 2 + sumOfSquares(weights)),
    );
    expect(Math.abs(mean(total) - 1)).toBeLessThan(0.03);
  });

  it("draws the number of causes from a range, and weights and slopes of the sizes asked for", () => {
    const varied = sampleTasks({ causalPerTask: [1, 4], causeSize: 3, effectSize: 0.5, tasks: 400, rowsPerTask: 3 }, 4);
    const counts = [0, 1, 2, 3, 4, 5].map((k) => varied.filter(({ causes }) => causes.length === k).length);
    expect(counts[0] + counts[5]).toBe(0);
    // Binomial(400, 1/4): mean 100, standard deviation 8.7; four of them allowed.
    for (const count of counts.slice(1, 5)) expect(Math.abs(count - 100)).toBeLessThan(35);
    const weights = varied.flatMap(({ weights, causes }) => causes.map((j) => weights[j]));
    expect(Math.abs(sumOfSquares(weights) / weights.length / 9 - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(1000));
    const gammas = varied.flatMap(({ gamma, effects }) => effects.map((j) => gamma[j]));
    expect(Math.abs((sumOfSquares(gammas) / gammas.length) * 12 - 1)).toBeLessThan(0.15);
    expect(Math.max(...gammas.map(Math.abs))).toBeLessThanOrEqual(0.5);
  });

  it("standardises every latent within every task by default, and changes nothing else", () => {
    const standardised = sampleTasks({}, 1);
    for (const { z } of standardised) {
      for (const column of z) {
        expect(Math.abs(mean(column))).toBeLessThan(1e-13);
        expect(Math.abs(covariance(column, column) - 1)).toBeLessThan(1e-12);
      }
    }
    expect(standardised[3].y).toEqual(raw[3].y);
    expect(correlation(standardised[3].z[0], raw[3].z[0])).toBeCloseTo(1, 12);
  });

  it("repeats itself for a seed, and keeps what an option does not concern", () => {
    const first = sampleCausalModel({ tasks: 5 }, createRandom(9));
    expect(sampleCausalModel({ tasks: 5 }, createRandom(9))).toEqual(first);
    expect(sampleCausalModel({ tasks: 5 }, createRandom(10)).targets.values).not.toEqual(first.targets.values);
    const more = sampleCausalModel({ tasks: 8 }, createRandom(9));
    expect(more.targets.values.subarray(0, 500)).toEqual(first.targets.values);
    const laplace = sampleCausalModel({ tasks: 5, noise: "laplace" }, createRandom(9));
    expect(laplace.truth.gamma).toEqual(first.truth.gamma);
    expect(laplace.targets.values).not.toEqual(first.targets.values);
  });

  it.each([
    [{ latentDim: 0 }, "latentDim"],
    [{ latentDim: 3, causalPerTask: 4 }, "causalPerTask"],
    [{ causalPerTask: [2, 1] as const }, "causalPerTask"],
    [{ causalPerTask: [1, 11] as const }, "causalPerTask"],
    [{ causeSize: 0 }, "causeSize"],
    [{ effectSize: -1 }, "effectSize"],
    [{ degreesOfFreedom: 2 }, "degreesOfFreedom"],
    [{ targetConfounding: 1 }, "targetConfounding"],
    [{ tasks: 1.5 }, "tasks"],
    [{ rowsPerTask: 2 }, "rowsPerTask"],
    [{ sigmaS: 0 }, "sigmaS"],
    [{ targetNoise: [3, 2] as const }, "targetNoise"],
    [{ confounding: 1 }, "confounding"],
  ])("refuses %o", (options, name) => {
    const sample = () => sampleCausalModel(options, createRandom(1));
    expect(sample).toThrow(ConfigError);
    expect(sample).toThrow(new RegExp(`^${name}`));
  });
});

function sumOfSquares(x: number[]): number {
  return x.reduce((sum, value) => sum + value * value, 0);
}
