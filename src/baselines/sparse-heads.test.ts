import { describe, expect, it } from "vitest";
import { matrix, multiply } from "../linalg/matrix.ts";
import { strongMcc } from "../metrics/mcc.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { fitBaseline } from "./baseline.ts";
import { lassoInto } from "./lasso.ts";
import { sharedFeatures, sparseHeadsBaseline } from "./linear.ts";

/** Fewer starts than the default, for speed; enough on these seeds. One λ: how it is chosen is another test. */
const FEW = { starts: 3, penalty: 0.1 };
const [D, TASKS, ROWS] = [6, 60, 100];

/** Independent latents, mixed by a matrix; every target a sum of `active` of them and noise. */
function sparseTasks(active: number, seed: number) {
  const random = createRandom(seed);
  const latents = matrix(TASKS * ROWS, D);
  for (let k = 0; k < latents.data.length; k++) latents.data[k] = random.normal();
  const mixing = matrix(D, D);
  for (let k = 0; k < D * D; k++) mixing.data[k] = random.normal();
  const task = Int32Array.from({ length: latents.rows }, (_, row) => Math.floor(row / ROWS));
  const weights = Array.from({ length: TASKS }, () => {
    const chosen = random.permutation(D).slice(0, active);
    return Float64Array.from({ length: D }, (_, j) => (chosen.includes(j) ? (random.uniform(0, 1) < 0.5 ? -1 : 1) : 0));
  });
  const values = Float64Array.from(task, (t, row) => {
    let y = 0.3 * random.normal();
    for (let j = 0; j < D; j++) y += weights[t][j] * latents.data[row * D + j];
    return y;
  });
  const taskNames = Array.from({ length: TASKS }, (_, t) => `task ${t}`);
  const targets: LongTargets = { layout: "long", values, task, taskNames };
  return { latents, data: { inputs: multiply(latents, mixing), targets } };
}

async function recovered(baseline: typeof sparseHeadsBaseline, active: number, seed: number, options = {}) {
  const { latents, data } = sparseTasks(active, seed);
  const fit = await fitBaseline(baseline, data, { latentDim: D, ...options }, createRandom(seed));
  expect(fit.latents.rows).toBe(latents.rows);
  return strongMcc(fit.latents, latents, "pearson").score;
}

describe("sparse-heads", () => {
  it.each([2, 3])("recovers latents of which every target reads two (seed %i)", async (seed) => {
    expect(await recovered(sparseHeadsBaseline, 2, seed, FEW)).toBeGreaterThan(0.97);
  });

  it("does not where every target reads all: nothing but sparsity tells rotations apart", async () => {
    expect(await recovered(sparseHeadsBaseline, D, 1, FEW)).toBeLessThan(0.9);
  });

  it("may end in a local minimum from a single start, where the objective is larger", async () => {
    expect(await recovered(sparseHeadsBaseline, 2, 1, { ...FEW, starts: 1 })).toBeLessThan(0.97);
  });
});

describe("the penalty", () => {
  it("is the one that predicts held-out rows best, and serves to recover latents", async () => {
    const { latents, data } = sparseTasks(2, 2);
    const {
      trials,
      chosen,
      latents: found,
    } = await fitBaseline(sparseHeadsBaseline, data, { latentDim: D, starts: 2 }, createRandom(2));
    expect(trials.map(({ settings }) => settings.penalty)).toEqual([0.03, 0.1, 0.3]);
    const criteria = trials.map(({ criterion }) => criterion ?? Number.NaN);
    expect(criteria[chosen]).toBe(Math.min(...criteria));
    // Noise is .09 of a target's variance of 2.09, and half of that share is the least loss; λ = .3 shrinks heads of .69 by .3.
    expect(criteria[chosen]).toBeGreaterThan(0.018);
    expect(criteria[chosen]).toBeLessThan(0.03);
    expect(criteria[2]).toBeGreaterThan(0.06);
    expect(strongMcc(found, latents, "pearson").score).toBeGreaterThan(0.97);
  });
});

describe("shared-features", () => {
  it("recovers the same latents, and merges some where sharing outweighs sparsity", async () => {
    expect(await recovered(sharedFeatures, 2, 3, FEW)).toBeGreaterThan(0.97);
    expect(await recovered(sharedFeatures, 2, 3, { ...FEW, sharing: 0.01 })).toBeLessThan(0.97);
  });
});

describe("lassoInto", () => {
  it("fulfils the conditions of a minimum", () => {
    const random = createRandom(4);
    const a = matrix(5, 5);
    for (let k = 0; k < 25; k++) a.data[k] = random.normal();
    const gram = multiply(
      a,
      matrix(
        5,
        5,
        Float64Array.from({ length: 25 }, (_, k) => a.data[(k % 5) * 5 + Math.floor(k / 5)]),
      ),
    );
    const moment = Float64Array.from({ length: 5 }, () => random.normal());
    const v = new Float64Array(5);
    const lambda = 0.3;
    lassoInto(gram, moment, new Float64Array(5).fill(lambda), 1e-13, v);
    expect([...v].some((value) => value === 0)).toBe(true);
    v.forEach((value, j) => {
      let slope = -moment[j];
      for (let k = 0; k < 5; k++) slope += gram.data[j * 5 + k] * v[k];
      if (value === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(lambda);
      else expect(slope).toBeCloseTo(-lambda * Math.sign(value), 8);
    });
  });
});
