import { describe, expect, it } from "vitest";
import { type MultiTaskData, multiTaskData } from "../../src/data/multi-task-data.ts";
import { linearData } from "../../src/data/synthetic/linear.ts";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { type FittedLatentDim, fitSteps } from "../../src/model/fit.ts";
import { createRandom } from "../../src/stats/random.ts";
import type { LongTargets } from "../../src/stats/targets.ts";

const CANDIDATES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const QUICK = { epochs: 60, hidden: [256], batchSize: 512 };

async function choose(data: MultiTaskData, seed: number): Promise<FittedLatentDim> {
  const steps = fitSteps(data, { ...QUICK, latentDim: 12, latentDims: CANDIDATES, seed });
  for (;;) {
    const { value, done } = await steps.next();
    if (done) {
      expect(value.model.mtlcm.unmixing.rows).toBe(value.latentDim?.latentDim || 1);
      return value.latentDim as FittedLatentDim;
    }
  }
}

const causal = (d: number) => ({
  latentDim: d,
  causalPerTask: Math.max(1, Math.round(d / 4)),
  tasks: 120,
  rowsPerTask: 80,
});

function linear(d: number, seed: number): MultiTaskData {
  const { representation, targets } = linearData({ ...causal(d), mixing: "orthogonal" }, createRandom(seed));
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
    const { latentDim, reason, splitHalfMcc } = await choose(data, seed);
    expect(latentDim, reason).toBe(d);
    expect(reason).toMatch(new RegExp(`^d = ${d}: the singular values of the heads fall by a factor of`));
    expect(splitHalfMcc).toHaveLength(CANDIDATES.length);
  });

  it.each([3, 5, 8])("finds the %d latents behind linear data", async (d) => {
    const { latentDim, reason } = await choose(linear(d, 11), 11);
    expect(latentDim, reason).toBe(d);
  });

  it.each([11, 12])(
    "supports no dimension when the targets have nothing to do with the features, seed %d",
    async (seed) => {
      const { data } = nonlinearData({ ...causal(5), inputDim: 30 }, createRandom(seed));
      const targets = data.targets as LongTargets;
      const order = createRandom(seed).split("shuffle").permutation(targets.values.length);
      const values = Float64Array.from(order, (row) => targets.values[row]);
      const { latentDim, reason } = await choose({ ...data, targets: { ...targets, values } }, seed);
      expect(latentDim).toBe(0);
      expect(reason).toMatch(/^no dimension is supported/);
    },
  );
});
