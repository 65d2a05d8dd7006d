import { describe, expect, it } from "vitest";
import { type MultiTaskData, multiTaskData } from "../../src/data/multi-task-data.ts";
import { linearData } from "../../src/data/synthetic/linear.ts";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { type FittedLatentDim, fitSteps } from "../../src/model/fit.ts";
import { chooseLatentDim, type LatentDimChoice } from "../../src/mtrn/choose-latent-dim.ts";
import type { DirectionScores } from "../../src/mtrn/direction-scores.ts";
import { fitMtrn } from "../../src/mtrn/mtrn.ts";
import { createRandom } from "../../src/stats/random.ts";
import type { LongTargets } from "../../src/stats/targets.ts";

const CANDIDATES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
/** The gap after the true d is 8 and more here, as with 60 epochs of batches of 512. */
const QUICK = { epochs: 20, hidden: [256], batchSize: 256, latentDim: 12, latentDims: CANDIDATES };

/** The choice, from a training as `fitSteps` does it, without stage 2 of every candidate. */
async function choose(data: MultiTaskData, seed: number): Promise<LatentDimChoice> {
  const { directions } = await last(fitMtrn(data, QUICK, createRandom(seed).split("mtrn")));
  return chooseLatentDim(directions as DirectionScores, CANDIDATES);
}

/** The same from the whole fit, with what stage 2 says of every candidate, and a model of the chosen d. */
async function chooseInFit(data: MultiTaskData, latentDims: number[], seed: number): Promise<FittedLatentDim> {
  const { model, latentDim } = await last(fitSteps(data, { ...QUICK, latentDims, seed }));
  expect(model.mtlcm.unmixing.rows).toBe(latentDim?.latentDim || 1);
  return latentDim as FittedLatentDim;
}

async function last<T>(steps: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const { value, done } = await steps.next();
    if (done) return value as T;
  }
}

const causal = (d: number) => ({
  latentDim: d,
  causalPerTask: Math.max(1, Math.round(d / 4)),
  tasks: 120,
  rowsPerTask: 80,
});

function linear(d: number, mixing: "orthogonal" | "random", seed: number): MultiTaskData {
  const { representation, targets } = linearData({ ...causal(d), mixing }, createRandom(seed));
  const { rows, cols, data } = representation;
  const featureNames = Array.from({ length: cols }, (_, j) => `h${j}`);
  return multiTaskData({ features: { rows, cols, data: Float32Array.from(data) }, featureNames, targets });
}

describe("choosing d", () => {
  // The seeds follow those on which the rule was made (1 to 4).
  it.each([
    [3, 11],
    [3, 12],
    [5, 11],
    [5, 12],
    [8, 11],
    [8, 12],
  ])("finds the %d latents behind nonlinear data, seed %d", async (d, seed) => {
    const { data } = nonlinearData({ ...causal(d), inputDim: 30 }, createRandom(seed));
    const { latentDim, reason } = await choose(data, seed);
    expect(latentDim, reason).toBe(d);
    expect(reason).toMatch(new RegExp(`^d = ${d}: the singular values of the heads fall by a factor of`));
  });

  it("is part of a fit, which says besides how stable stage 2 is with every d", async () => {
    const { data } = nonlinearData({ ...causal(3), inputDim: 30 }, createRandom(11));
    const { splitHalfMcc, candidates, ...choice } = await chooseInFit(data, [12, 2, 3], 11);
    expect(choice).toEqual(await choose(data, 11));
    expect(candidates).toEqual([2, 3, 12]);
    // All that is there comes back, and less of what training made of noise beyond.
    const [, three, twelve] = splitHalfMcc as [number, number, number];
    expect(three).toBeGreaterThan(0.99);
    expect(twelve).toBeLessThan(0.98);
  });

  // Trained on standardised columns, whose directions differ 20-fold in spread here, 7 of the 8 are found.
  it.each([
    [3, "orthogonal", 11],
    [5, "random", 11],
    [8, "random", 11],
  ] as const)("finds the %d latents behind a linear %s mixing, seed %d", async (d, mixing, seed) => {
    const { latentDim, reason } = await choose(linear(d, mixing, seed), seed);
    expect(latentDim, reason).toBe(d);
  });

  it.each([11, 12])(
    "supports no dimension when the targets have nothing to do with the features, seed %d",
    async (seed) => {
      const { data } = nonlinearData({ ...causal(5), inputDim: 30 }, createRandom(seed));
      const targets = data.targets as LongTargets;
      const order = createRandom(seed).split("shuffle").permutation(targets.values.length);
      const values = Float64Array.from(order, (row) => targets.values[row]);
      const shuffled = { ...data, targets: { ...targets, values } };
      const { latentDim, reason } = await (seed === 11 ? chooseInFit(shuffled, [1, 12], seed) : choose(shuffled, seed));
      expect(latentDim).toBe(0);
      expect(reason).toMatch(/^no dimension is supported/);
    },
  );
});
