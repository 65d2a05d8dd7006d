import { describe, expect, it } from "vitest";
import { linearCase } from "../../test/linear-data.ts";
import { GRADIENT_TOLERANCE, worstDirectionalError } from "../../test/recovery/central-differences.ts";
import { inverse } from "../linalg/lu.ts";
import { identity, type Matrix, matrix, multiply, multiplyTransposed, rowView, transpose } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom, type Random } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { clampedBounds, FREE, type VarianceBounds } from "./diagonality.ts";
import { diagonalise } from "./joint-diagonalisation.ts";
import { marginalLikelihood } from "./marginal-likelihood.ts";
import { noiseMatters, noiseScore, seenNoise } from "./noise-score.ts";
import { noisyCurvature } from "./noisy-curvature.ts";
import { noisyLikelihood } from "./noisy-likelihood.ts";
import { fitNoisyVariances, UNBOUNDED } from "./noisy-variances.ts";
import { pack } from "./packed-covariances.ts";
import { residualCovariances, residualsOf } from "./residual-covariance.ts";
import { secondMoments } from "./second-moments.ts";
import { finish } from "./steps.ts";

const normals = (rows: number, cols: number, random: Random) =>
  matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => random.normal()),
  );

describe("fitNoisyVariances", () => {
  const random = createRandom(1);
  const mix = normals(4, 4, random);
  const noise = multiplyTransposed(mix, mix);
  const sample = (variance: Float64Array) => {
    const deviations = Array.from({ length: 12 }, () => {
      const e = normals(1, 4, random);
      return multiplyTransposed(e, mix).data.map((value, j) => value + Math.sqrt(variance[j]) * random.normal());
    });
    return Float64Array.from({ length: 16 }, (_, k) =>
      deviations.reduce((sum, x) => sum + (x[k >> 2] * x[k & 3]) / 12, 0),
    );
  };
  const ones = new Float64Array(4).fill(1);

  it("is the clipped variance itself where there is no noise", () => {
    const lambda = sample(Float64Array.of(0.1, 1, 2, 4));
    const fitted = fitNoisyVariances(matrix(4, 4, lambda), matrix(4, 4), ones, { lower: 0.5, upper: 3 });
    fitted.variance.forEach((value, j) => {
      expect(value).toBeCloseTo(Math.min(3, Math.max(0.5, lambda[5 * j])), 10);
    });
  });

  it.each([
    ["free", FREE],
    ["within bounds", { lower: 0.2, upper: 1 }],
    ["unbounded", UNBOUNDED],
  ] as [string, VarianceBounds][])("finds a minimum: slopes are 0, or push against a bound (%s)", (_, bounds) => {
    let [atLower, negative] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const lambda = sample(Float64Array.of(0, 0.01, 1, 20));
      const start = Float64Array.from({ length: 4 }, (_unused, j) => 0.1 * lambda[5 * j]);
      const { variance, precision, weighted } = fitNoisyVariances(matrix(4, 4, lambda), noise, start, bounds);
      variance.forEach((value, j) => {
        // Relative to the size 1/λ of a slope; Newton's last steps leave rounding.
        const slope = (precision.data[5 * j] - weighted.data[5 * j]) * lambda[5 * j];
        if (value <= bounds.lower) expect(slope).toBeGreaterThan(-1e-8);
        else if (value >= bounds.upper) expect(slope).toBeLessThan(1e-8);
        else expect(Math.abs(slope)).toBeLessThan(1e-8);
        if (value === bounds.lower) atLower++;
        if (value < 0) negative++;
      });
    }
    if (bounds === UNBOUNDED) expect(negative).toBeGreaterThan(20);
    else expect(atLower).toBeGreaterThan(20);
  });
});

describe("noisyLikelihood", () => {
  const data = linearCase(1, { latentDim: 3, causalPerTask: 1, tasks: 40, rowsPerTask: 60 });
  const second = secondMoments(momentsOf(data.h, data.targets), true);
  const set = { ...residualsOf(second), noiseShape: identity(3) };
  const random = createRandom(2);
  const unmixing = inverse(normals(3, 3, random));
  const noise = 0.04;

  it.each([
    ["free", FREE],
    ["clamped", clampedBounds(0.1)],
  ])("has the gradient that central differences see, %s variances", (_, bounds) => {
    const objective = (x: Float64Array) => {
      const change = matrix(
        3,
        3,
        x.slice(0, 9).map((value, k) => value + (k % 4 === 0 ? 1 : 0)),
      );
      const at = noisyLikelihood(set, multiply(change, unmixing), x[9], bounds);
      // dB = dE (I + E)⁻¹ B
      const slope = multiplyTransposed(at.unmixingSlope, inverse(change));
      return { value: at.value, gradient: Float64Array.of(...slope.data, at.noiseSlope) };
    };
    const x = Float64Array.from({ length: 10 }, (_unused, k) => (k === 9 ? noise : 0.1 * random.normal()));
    expect(worstDirectionalError(objective, x, random)).toBeLessThan(GRADIENT_TOLERANCE);
    const planted = (at: Float64Array) => {
      const { value, gradient } = objective(at);
      return { value, gradient: gradient.map((g, k) => (k === 1 ? -g : g)) };
    };
    expect(worstDirectionalError(planted, x, random)).toBeGreaterThan(100 * GRADIENT_TOLERANCE);
  });

  it("is the likelihood of the rows, with the most likely slopes and variances", () => {
    const { value, variance } = noisyLikelihood(set, unmixing, noise, FREE);
    const slope = multiplyTransposed(second.s, unmixing);
    slope.data.forEach((_, k) => {
      slope.data[k] /= second.q[Math.floor(k / 3)];
    });
    const best = { mixing: inverse(unmixing), variance, slope, noise };
    expect(marginalLikelihood(second, best).value).toBeCloseTo(value, 10);
    const near = ({ rows, cols, data: x }: Matrix) =>
      matrix(
        rows,
        cols,
        x.map((entry) => Math.abs(entry + 0.05 * random.normal())),
      );
    for (let k = 0; k < 5; k++) {
      expect(marginalLikelihood(second, { ...best, slope: near(slope) }).value).toBeGreaterThan(value);
      expect(marginalLikelihood(second, { ...best, variance: near(variance) }).value).toBeGreaterThan(value);
    }
  });
});

describe("noisyCurvature", () => {
  const [d, tasks] = [3, 6];
  const random = createRandom(3);
  const mix = normals(d, d, random);
  const shape = multiplyTransposed(mix, mix);
  const weights = Float64Array.from({ length: tasks }, (_, t) => (t + 1) / 21);
  const variance = matrix(
    tasks,
    d,
    Float64Array.from({ length: tasks * d }, () => 0.2 + random.uniform()),
  );
  const exactly = (noise: number) => {
    const matrices = matrix(tasks, d * d);
    for (let t = 0; t < tasks; t++) {
      for (let k = 0; k < d * d; k++) matrices.data[t * d * d + k] = noise * shape.data[k];
      for (let j = 0; j < d; j++) matrices.data[t * d * d + j * (d + 1)] += variance.data[t * d + j];
    }
    return { dim: d, weights, matrices, noiseShape: shape };
  };

  it("is the second derivative where the data are exactly as the model has them", () => {
    const set = exactly(0.3);
    const curvature = noisyCurvature(noisyLikelihood(set, identity(d), 0.3, FREE, variance), shape, weights, FREE);
    const gradientAt = (x: Float64Array) => {
      const change = identity(d);
      for (let k = 0; k < d * d; k++) change.data[k] += x[k];
      const back = inverse(change);
      const { unmixingSlope, noiseSlope } = noisyLikelihood(set, back, 0.3 + x[d * d], FREE, variance);
      return Float64Array.of(...multiply(transpose(back), unmixingSlope).data.map((value) => -value), noiseSlope);
    };
    const step = 1e-5;
    for (let k = 0; k <= d * d; k++) {
      const direction = new Float64Array(d * d + 1);
      direction[k] = step;
      const [up, down] = [gradientAt(direction), gradientAt(direction.map((value) => -value))];
      up.forEach((value, l) => {
        // The gradients are exact to 1e-11 or so, which the step divides.
        expect(Math.abs((value - down[l]) / (2 * step) - curvature.data[k * curvature.cols + l])).toBeLessThan(1e-5);
      });
    }
  });

  it("falls apart into the blocks of joint diagonalisation without noise", () => {
    const { data, cols } = noisyCurvature(noisyLikelihood(exactly(0), identity(d), 0, FREE), shape, weights, FREE);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const gamma = weights.reduce((sum, w, t) => sum + (w * variance.data[t * d + j]) / variance.data[t * d + i], 0);
        for (let l = 0; l < d * d; l++) {
          const block = l === i * d + j ? gamma : 1;
          const expected = i !== j && (l === i * d + j || l === j * d + i) ? block : 0;
          expect(data[(i * d + j) * cols + l]).toBeCloseTo(expected, 12);
        }
      }
    }
  });
});

describe("noiseScore", () => {
  const scoreOf = (seed: number, options: Parameters<typeof linearCase>[1]) => {
    const { h, targets, mixing } = linearCase(seed, { latentDim: 4, tasks: 100, rowsPerTask: 60, ...options });
    return noiseScore(residualCovariances(momentsOf(h, targets)), inverse(mixing));
  };

  it("is as far from 0 as its standard error says where there is no noise", () => {
    let [sum, squares] = [0, 0];
    const seeds = 30;
    for (let seed = 1; seed <= seeds; seed++) {
      const { noise, standardError } = scoreOf(seed, { sigmaObs: 0 });
      sum += noise / standardError;
      squares += (noise / standardError) ** 2;
    }
    // Mean and mean square of 30 standard normal numbers: standard errors .18 and .26. Causes that depend on each other
    // given y make the spread a little larger than sampling does.
    expect(Math.abs(sum / seeds)).toBeLessThan(0.6);
    expect(squares / seeds).toBeGreaterThan(0.4);
    expect(squares / seeds).toBeLessThan(2.5);
  });

  it("estimates noise that is there, at the true mixing, as far as a first step can", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const noise = seenNoise(scoreOf(seed, { sigmaObs: 0.05 }));
      // Weights are correlated with what they weigh, which biases σo² by some hundredths in samples of 60; and where noise is
      // most of what a latent shows, noise of one pair is taken for independent of another's.
      expect(Math.abs(Math.sqrt(noise) / 0.05 - 1)).toBeLessThan(0.2);
    }
  });

  it("sees noise that is there, and none where an orthogonal mixing hides it in the latents' own variance", () => {
    expect(Math.sqrt(seenNoise(scoreOf(1, { sigmaObs: 0.05 })))).toBeCloseTo(0.05, 2);
    expect(seenNoise(scoreOf(1, { mixing: "identity", sigmaObs: 0.3 }))).toBe(0);
    expect(scoreOf(1, { mixing: "identity", sigmaObs: 0.3 }).standardError).toBe(Number.POSITIVE_INFINITY);
  });

  it("foretells what noise makes of the closed form", () => {
    // Λ_t = D_t + σo² C exactly: the closed form then takes up ε, to first order in σo².
    const random = createRandom(5);
    const [d, tasks, noise] = [3, 30, 1e-4];
    const unmixing = normals(d, d, random);
    const mixing = inverse(unmixing);
    const white = matrix(tasks, d * d);
    for (let t = 0; t < tasks; t++)
      for (let j = 0; j < d; j++) white.data[t * d * d + j * (d + 1)] = 0.1 + random.uniform();
    const matrices = congruence(white, mixing);
    for (let t = 0; t < tasks; t++) for (let j = 0; j < d; j++) rowView(matrices, t)[j * (d + 1)] += noise;
    const weights = new Float64Array(tasks).fill(1 / tasks);
    const set = { dim: d, weights, matrices, degrees: new Float64Array(tasks).fill(50) };
    const found = noiseScore(set, unmixing);
    expect(found.noise).toBeCloseTo(noise, 10);
    const closed = finish(diagonalise(pack(set), unmixing, { bounds: FREE, tolerance: 1e-12 })).unmixing;
    const change = multiply(closed, mixing);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        if (i === j) continue;
        const leaked = -change.data[i * d + j] / change.data[i * (d + 1)];
        expect(Math.abs(leaked - found.leakage.data[i * d + j])).toBeLessThan(0.02 * Math.abs(leaked) + 1e-6);
      }
    }
  });
});

describe("noiseMatters", () => {
  const unleaked = { noise: 0.01, standardError: 0.001, overdispersion: 1, reliability: 1, leakage: matrix(2, 2) };
  const shape = matrix(2, 2, Float64Array.of(0.5, 0, 0, 0.1));
  const matters = (variance: number, change: Partial<typeof unleaked> = {}) =>
    noiseMatters({ ...unleaked, ...change }, shape, Float64Array.of(variance, 100));

  it("is seen noise of more than .002 of a latent, or what it leaks", () => {
    expect(matters(2.4)).toBe(true);
    expect(matters(2.6)).toBe(false);
    expect(matters(2.6, { leakage: matrix(2, 2, Float64Array.of(0, 0, 0.2, 0)) })).toBe(false);
    expect(matters(2.6, { leakage: matrix(2, 2, Float64Array.of(0, 0.01, 0, 0)) })).toBe(true);
    expect(matters(2.4, { standardError: 0.004 })).toBe(false);
  });
});
