import { describe, expect, it } from "vitest";
import { linearCase, recovery, wideCase } from "../../test/linear-data.ts";
import { quality } from "../../test/probability-quality.ts";
import { inverse } from "../linalg/lu.ts";
import { identity, type Matrix, matrix, multiplyTransposed, multiplyVector, transpose } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { structureLikelihoods, type TaskMoments } from "./causal-structure.ts";
import { causePosterior } from "./indicator-posterior.ts";
import { type IndicatorPrior, logSetPriors, startingPrior, strengthLogOdds } from "./indicator-prior.ts";
import { indicatorsOf } from "./indicators.ts";
import { fitMtlcm } from "./mtlcm.ts";

function randomTask(d: number, seed: number, rows = 50): TaskMoments {
  const { normal } = createRandom(seed);
  const x = matrix(
    d + 1,
    d + 4,
    Float64Array.from({ length: (d + 1) * (d + 4) }, () => normal()),
  );
  const joint = multiplyTransposed(x, x);
  const S = matrix(d, d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) S.data[i * d + j] = joint.data[i * (d + 1) + j];
  return { S, s: joint.data.slice(d * (d + 1), d * (d + 1) + d), q: joint.data[(d + 1) ** 2 - 1], rows };
}

/** ℓ(C) from its definition: one regression and one determinant per set. */
function plainLikelihood({ S, s, q, rows }: TaskMoments, causes: readonly number[]): number {
  const d = s.length;
  const k = causes.length;
  const block = matrix(
    k,
    k,
    Float64Array.from({ length: k * k }, (_, a) => S.data[causes[Math.floor(a / k)] * d + causes[a % k]]),
  );
  const covariance = Float64Array.from(causes, (j) => s[j]);
  const slopes = k === 0 ? covariance : multiplyVector(inverse(block), covariance);
  let sum = Math.log(q - slopes.reduce((total, w, a) => total + w * covariance[a], 0));
  for (let j = 0; j < d; j++) {
    const variance = S.data[j * d + j];
    sum += Math.log(causes.includes(j) ? variance : variance - s[j] ** 2 / q);
  }
  return (-rows / 2) * sum;
}

const subsets = (items: readonly number[]) =>
  Array.from({ length: 2 ** items.length }, (_, code) => items.filter((__, k) => (code >> k) & 1));

describe("structureLikelihoods", () => {
  it("agrees with a regression per set, with and without causes that are fixed", () => {
    const task = randomTask(5, 1);
    for (const [fixed, candidates] of [
      [[], [0, 1, 2, 3, 4]],
      [[3], [0, 2, 4]],
      [[1, 4], []],
    ]) {
      const scores = structureLikelihoods(task, fixed, candidates);
      const none = plainLikelihood(task, []);
      subsets(candidates).forEach((set, code) => {
        expect(scores[code]).toBeCloseTo(plainLikelihood(task, [...fixed, ...set]) - none, 8);
      });
    }
  });

  it("cannot tell a single cause from a single effect (Markov equivalence), and does see a collider", () => {
    const alone = { S: identity(1), s: Float64Array.of(0.6), q: 1, rows: 100 };
    expect(structureLikelihoods(alone, [], [0])[1]).toBeCloseTo(0, 10);
    const collider = { S: identity(2), s: Float64Array.of(0.6, 0.6), q: 1, rows: 100 };
    const scores = structureLikelihoods(collider, [], [0, 1]);
    expect(scores[3]).toBeGreaterThan(Math.max(scores[0], scores[1], scores[2]) + 10);
  });
});

describe("causePosterior", () => {
  it("is the posterior of its prior: enumerating sets by the definition gives the same", () => {
    const tasks = [1, 2, 3].map((seed) => randomTask(4, seed, 3));
    const found = causePosterior(tasks, 0.1, 2);
    // One more round of EM from the converged posterior must give it back.
    const strengths = tasks.map(({ S, s, q }) =>
      Array.from(s, (value, j) => {
        const share = value ** 2 / (S.data[j * 5] * q);
        return Math.sqrt(share / (1 - share));
      }),
    );
    const start = startingPrior(4, 0.1);
    let p: Matrix = matrix(3, 4, found.data.slice());
    let counts = start.counts;
    for (let round = 0; round < 300; round++) {
      let [causes, effects, causeSquares, effectSquares] = [1, 1, start.causeScale ** 2, start.effectScale ** 2];
      strengths.flat().forEach((a, k) => {
        causes += p.data[k];
        effects += 1 - p.data[k];
        causeSquares += p.data[k] * a * a;
        effectSquares += (1 - p.data[k]) * a * a;
      });
      const prior: IndicatorPrior = {
        causeScale: Math.sqrt(causeSquares / causes),
        effectScale: Math.sqrt(effectSquares / effects),
        counts,
      };
      p = matrix(3, 4);
      const nextCounts = start.counts.map((value) => value);
      tasks.forEach((task, t) => {
        const sets = subsets([0, 1, 2, 3]);
        const logs = sets.map(
          (set) =>
            plainLikelihood(task, set) +
            logSetPriors(prior)[set.length] +
            set.reduce((sum, j) => sum + strengthLogOdds(prior, strengths[t][j]), 0),
        );
        const top = Math.max(...logs);
        const total = logs.reduce((sum, log) => sum + Math.exp(log - top), 0);
        sets.forEach((set, k) => {
          const share = Math.exp(logs[k] - top) / total;
          nextCounts[set.length] += share;
          for (const j of set) p.data[t * 4 + j] += share;
        });
      });
      counts = nextCounts.map((value) => value / 4);
    }
    // EM stops at changes of 1e-4 a round; its limit is a little further.
    p.data.forEach((value, k) => {
      expect(Math.abs(value - found.data[k])).toBeLessThan(0.02);
    });
  });

  it("is never above 1, not even by rounding: certain causes are in nearly all of the sum of all sets", () => {
    const { h, targets } = linearCase(1, {
      latentDim: 12,
      causalPerTask: 6,
      tasks: 100,
      mixing: "identity",
      sigmaObs: 0,
    });
    const { covH, covHY, varY, count } = momentsOf(h, targets);
    const tasks = Array.from(count, (rows, t) => ({
      S: matrix(12, 12, covH.data.slice(t * 144, (t + 1) * 144)),
      s: covHY.data.slice(t * 12, (t + 1) * 12),
      q: varY[t],
      rows,
    }));
    expect(Math.max(...causePosterior(tasks, 0.1, 2).data)).toBeLessThanOrEqual(1);
  });
});

function indicatorQuality(options: Parameters<typeof linearCase>[1], indicators: "combined" | "variance-rule") {
  const data = linearCase(1, options);
  const fit = fitMtlcm(momentsOf(data.h, data.targets), { indicators }, createRandom(1));
  const { right } = recovery(data.h, fit.unmixing, data.latents);
  const d = right.length;
  const truth = Array.from(fit.pCause.data, (_, k) => data.causal.data[k - (k % d) + right[k % d]] > 0.5);
  return quality([...fit.pCause.data], truth);
}

describe("the probabilities on the paper's synthetic data", () => {
  it.each([
    { latentDim: 3, causalPerTask: 1 },
    { latentDim: 5, causalPerTask: 2 },
    { latentDim: 10, causalPerTask: 2 },
    { latentDim: 20, causalPerTask: 4 },
  ])("are right, better than the variance rule, and calibrated: d = $latentDim, k = $causalPerTask", (options) => {
    const combined = indicatorQuality(options, "combined");
    const rule = indicatorQuality(options, "variance-rule");
    expect(combined.accuracy).toBeGreaterThanOrEqual(0.975);
    expect(combined.accuracy).toBeGreaterThan(rule.accuracy);
    expect(combined.auroc).toBeGreaterThan(0.995);
    expect(combined.calibrationError).toBeLessThan(0.015);
    expect(rule.calibrationError).toBeGreaterThan(combined.calibrationError);
  });

  it("hold with few tasks, and where targets differ in their number of causes", () => {
    const few = indicatorQuality({ latentDim: 5, tasks: 12, rowsPerTask: 50 }, "combined");
    expect(few.accuracy).toBeGreaterThan(0.93);
    const parts = [1, 3].map((causalPerTask) =>
      linearCase(causalPerTask, { latentDim: 6, causalPerTask, tasks: 100, mixing: "identity", sigmaObs: 0 }),
    );
    const found = parts.map(({ h, targets }) => momentsOf(h, targets));
    const tasks = found.flatMap((m) =>
      m.taskNames.map((_, t) => ({
        S: matrix(6, 6, m.covH.data.slice(t * 36, (t + 1) * 36)),
        s: m.covHY.data.slice(t * 6, (t + 1) * 6),
        q: m.varY[t],
        rows: m.count[t],
      })),
    );
    const truth = parts.flatMap(({ causal }) => Array.from(causal.data, (c) => c > 0.5));
    const mixed = quality([...causePosterior(tasks, 0.1, 2).data], truth);
    expect(mixed.accuracy).toBeGreaterThan(0.97);
    expect(mixed.calibrationError).toBeLessThan(0.03);
  });
});

describe("indicatorsOf", () => {
  it("gives the weights and standard errors of least squares of y on the causes", () => {
    const data = linearCase(2, { latentDim: 4, tasks: 5, rowsPerTask: 30 });
    const moments = momentsOf(data.h, data.targets);
    const { unmixing } = fitMtlcm(moments, {}, createRandom(1));
    const { pCause, weight, weightSe } = indicatorsOf(moments, unmixing, { sigmaS: 0.1, intercept: true });
    const z = multiplyTransposed(data.h, unmixing);
    for (let t = 0; t < 5; t++) {
      const rows = [...data.targets.task.keys()].filter((row) => data.targets.task[row] === t);
      const causes = [0, 1, 2, 3].filter((j) => pCause.data[t * 4 + j] > 0.5);
      const design = matrix(rows.length, causes.length + 1);
      rows.forEach((row, i) => {
        design.data[i * design.cols] = 1;
        causes.forEach((j, a) => {
          design.data[i * design.cols + a + 1] = z.data[row * 4 + j];
        });
      });
      const y = Float64Array.from(rows, (row) => data.targets.values[row]);
      const columns = transpose(design);
      const precision = inverse(multiplyTransposed(columns, columns));
      const slopes = multiplyVector(precision, multiplyVector(columns, y));
      const misses = multiplyVector(design, slopes).map((value, i) => y[i] - value);
      const variance = misses.reduce((sum, e) => sum + e * e, 0) / (rows.length - causes.length - 1);
      causes.forEach((j, a) => {
        expect(weight.data[t * 4 + j]).toBeCloseTo(slopes[a + 1], 7);
        const se = Math.sqrt(variance * precision.data[(a + 1) * (design.cols + 1)]);
        expect(weightSe.data[t * 4 + j]).toBeCloseTo(se, 7);
      });
      for (let j = 0; j < 4; j++) if (!causes.includes(j)) expect(weight.data[t * 4 + j]).toBe(0);
    }
  });

  it("uses the variance rule where rows carry many targets, unless told otherwise", () => {
    const { h, targets } = wideCase(1, { dim: 4, tasks: 8, rows: 300, density: 0.4 });
    const moments = momentsOf(h, targets);
    const options = { sigmaS: 0.1, intercept: true } as const;
    const rule = indicatorsOf(moments, identity(4), { ...options, indicators: "variance-rule" });
    expect(indicatorsOf(moments, identity(4), options).pCause).toEqual(rule.pCause);
    const combined = indicatorsOf(moments, identity(4), { ...options, indicators: "combined" });
    expect(combined.pCause).not.toEqual(rule.pCause);
  });
});
