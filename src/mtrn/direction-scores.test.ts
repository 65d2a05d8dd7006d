import { describe, expect, it } from "vitest";
import { applyCentredMap } from "../linalg/centred-map.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { covarianceOf } from "../stats/covariance.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets, WideTargets } from "../stats/targets.ts";
import { chooseLatentDim } from "./choose-latent-dim.ts";
import { type DirectionScores, directionScores } from "./direction-scores.ts";
import { spanOfHeads } from "./projection.ts";

const random = createRandom(5);
const [rows, F, T, K] = [400, 5, 6, 4];
const normal = (r: number, c: number): Matrix => matrix(r, c, Float64Array.from({ length: r * c }, random.normal));

const features = normal(rows, F);
for (let i = 0; i < features.data.length; i++) features.data[i] = features.data[i] * (1 + (i % F)) + 3;
const slopes = normal(T, F);
const intercepts = Float64Array.from({ length: T }, random.normal);
const { mean, covariance } = covarianceOf(features);
const projection = spanOfHeads(mean, covariance, slopes, K);
const h = applyCentredMap(projection, features);
const predict = (i: number, t: number) => intercepts[t] + dot(slopes, t, features, i);
const values = matrix(rows, T);
for (let i = 0; i < rows; i++) {
  for (let t = 0; t < T; t++) values.data[i * T + t] = i % 11 === t ? Number.NaN : predict(i, t) + random.normal();
}
const taskNames = Array.from({ length: T }, (_, t) => `y${t}`);
const wide: WideTargets = { layout: "wide", values, taskNames };
const task = Int32Array.from({ length: rows }, (_, i) => ((i % 11) % T === i % T ? (i + 1) % T : i % T));
const long: LongTargets = {
  layout: "long",
  values: Float64Array.from(task, (t, i) => predict(i, t) + random.normal()),
  task,
  taskNames,
};
const heldOut = Int32Array.from({ length: 80 }, (_, i) => 5 * i);
const train = Int32Array.from({ length: rows }, (_, i) => i).filter((i) => i % 5 !== 0);

describe("directionScores", () => {
  it.each([
    ["wide", wide, (i: number) => Array.from({ length: T }, (_, t) => [t, values.data[i * T + t]] as const)],
    ["long", long, (i: number) => [[task[i], long.values[i]]] as const],
  ])("is the likelihood of least squares on the first k columns of h, %s", (_, targets, of) => {
    const found = directionScores({ slopes, intercepts, covariance, projection }, h, targets, { train, heldOut });
    for (let k = 0; k <= K; k++) {
      // The heads' own predictions, regressed on the first k columns of h, which are uncorrelated: no loadings needed.
      const parts = taskNames.map((_, t) => rankPart(t, k));
      const residual = (i: number, t: number, y: number) => y - parts[t](i);
      const observed = (list: Int32Array) =>
        [...list].flatMap((i) =>
          of(i).flatMap(([t, y]) => (Number.isNaN(y) ? [] : [[t, residual(i, t, y) ** 2] as const])),
        );
      const variance = taskNames.map((_, t) => average(observed(train).flatMap(([s, r]) => (s === t ? [r] : []))));
      const tested = observed(heldOut);
      const inflation = average(tested.map(([t, r]) => r / variance[t]));
      const logs = tested.map(
        ([t, r]) => -Math.log(2 * Math.PI * inflation * variance[t]) / 2 - r / variance[t] / inflation / 2,
      );
      expect(found?.logLikelihood[k]).toBeCloseTo(average(logs), 10);
    }
    expect(
      directionScores({ slopes, intercepts, covariance, projection }, h, targets, { train, heldOut: new Int32Array() }),
    ).toBe(null);
  });

  it("tells gains from noise: standard errors are those of the mean over rows", () => {
    const found = directionScores({ slopes, intercepts, covariance, projection }, h, wide, {
      train,
      heldOut,
    }) as DirectionScores;
    // Every direction carries signal here, of a variance far above the noise.
    for (let k = 1; k <= 3; k++) {
      const gain = found.logLikelihood[k] - found.logLikelihood[k - 1];
      expect(found.gainError[k]).toBeGreaterThan(0);
      expect(gain).toBeGreaterThan(3 * found.gainError[k]);
    }
  });
});

describe("chooseLatentDim", () => {
  const scores = (singularValues: number[], logLikelihood: number[], error = 0.01): DirectionScores => ({
    singularValues: Float64Array.from(singularValues),
    logLikelihood: Float64Array.from(logLikelihood),
    gainError: new Float64Array(logLikelihood.length).fill(error),
  });
  const all = [1, 2, 3, 4, 5];

  it("takes the gap after which nothing is left to gain", () => {
    const found = chooseLatentDim(scores([5, 4, 3, 0.3, 0.2, 0.1], [-1.4, -1, -0.5, 0, 0.02, 0.03]), all);
    expect(found.latentDim).toBe(3);
    expect(found.reason).toBe(
      "d = 3: the singular values of the heads fall by a factor of 10.0 after the 3rd, and 98 % of what held-out " +
        "log-likelihood there is to gain is gained by then",
    );
    expect(found.scores[2]).toMatchObject({ latentDim: 3, singularValue: 3, gap: 10, logLikelihood: 0, gain: 0.5 });
  });

  it("does not take an earlier, larger gap beyond which much is left to gain", () => {
    expect(chooseLatentDim(scores([9, 1, 0.9, 0.3, 0.2, 0.1], [-1.4, -0.7, -0.3, 0, 0.01, 0.01]), all).latentDim).toBe(
      3,
    );
  });

  it("takes the later of two gaps that are nearly alike", () => {
    expect(
      chooseLatentDim(scores([4, 3, 1.3, 0.6, 0.2, 0.19], [-1.4, -0.6, -0.1, 0, 0.05, 0.05], 0.001), [3, 4]).latentDim,
    ).toBe(4);
  });

  it("goes by the likelihood where there is no gap, and says when the range ends too early", () => {
    const smooth = [1, 0.8, 0.64, 0.5, 0.4, 0.33];
    const flat = chooseLatentDim(scores(smooth, [-1.4, -1, -0.7, -0.5, -0.5, -0.5]), all);
    expect([flat.latentDim, flat.reason]).toEqual([3, expect.stringMatching(/rises until 3 and is flat after$/)]);
    const rising = chooseLatentDim(scores(smooth, [-1.4, -1, -0.7, -0.5, -0.3, -0.1]), all);
    expect([rising.latentDim, rising.reason]).toEqual([5, expect.stringMatching(/end of the range/)]);
    const cut = chooseLatentDim(scores(smooth, [-1.4, -1, -0.7, -0.5, -0.5, -0.5]), [1, 2]);
    expect([cut.latentDim, cut.reason]).toEqual([2, expect.stringMatching(/end of the range/)]);
  });

  it("chooses none when no direction helps", () => {
    expect(chooseLatentDim(scores([0.5, 0.4, 0.3], [-1.4, -1.39, -1.41], 0.01), [1, 2])).toMatchObject({
      latentDim: 0,
      reason: expect.stringMatching(/^no dimension is supported/),
    });
  });
});

function dot(a: Matrix, i: number, b: Matrix, j: number): number {
  return Array.from({ length: a.cols }, (_, k) => a.data[i * a.cols + k] * b.data[j * b.cols + k]).reduce(
    (x, y) => x + y,
  );
}

function average(list: readonly number[]): number {
  return list.reduce((sum, x) => sum + x, 0) / list.length;
}

/** The mean prediction of task t and its regression on the first k columns of h. */
function rankPart(t: number, k: number): (i: number) => number {
  const all = Array.from({ length: rows }, (_, i) => predict(i, t));
  const level = average(all);
  const slope = Array.from({ length: k }, (_, j) => average(all.map((p, i) => p * h.data[i * K + j])));
  return (i) => level + slope.reduce((sum, b, j) => sum + b * h.data[i * K + j], 0);
}
