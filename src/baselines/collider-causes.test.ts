import { describe, expect, it } from "vitest";
import { linearData } from "../data/synthetic/linear.ts";
import { matrix } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { colliderCauses } from "./collider-causes.ts";
import { fitInvariantPredictor, predictInvariantly } from "./invariant-predictor.ts";

const OPTIONS = { latentDim: 4, causalPerTask: 2, mixing: "identity", sigmaObs: 0, standardise: false } as const;
const NOISE = { targetNoise: [0.2, 0.4] as const, sigmaS: 0.5 };

function agreement(found: Float64Array, truth: Float64Array): number {
  return found.reduce((sum, value, k) => sum + Number(value === truth[k]), 0) / truth.length;
}

describe("colliderCauses", () => {
  const { targets, truth } = linearData({ ...OPTIONS, ...NOISE, tasks: 30, rowsPerTask: 300 }, createRandom(1));

  it("finds the causes that the data were made with, and none when targets are shuffled", () => {
    const found = colliderCauses(truth.latents, targets, { level: 0.01 });
    // A twelfth or so of the weights, N(0, 1), are too small beside the noise to be seen.
    expect(agreement(found.data, truth.causal.data)).toBeGreaterThan(0.9);
    const order = createRandom(2).permutation(300);
    const shuffled = targets.values.map((_, row) => targets.values[row - (row % 300) + order[row % 300]]);
    const none = colliderCauses(truth.latents, { ...targets, values: shuffled }, { level: 0.01 });
    // Six pairs of 1 % each, two latents a pair: .03 of the entries.
    expect(none.data.reduce((a, b) => a + b, 0) / none.data.length).toBeLessThan(0.08);
  });

  it("agrees by the kernel test, on Gaussian data and fewer rows", () => {
    const few = linearData({ ...OPTIONS, ...NOISE, tasks: 3, rowsPerTask: 120 }, createRandom(3));
    const found = colliderCauses(few.truth.latents, few.targets, { test: "kernel", level: 0.01 });
    const { data } = colliderCauses(few.truth.latents, few.targets, { level: 0.01 });
    expect(agreement(found.data, data)).toBeGreaterThan(0.8);
  });

  it("refuses what cannot be", () => {
    expect(() => colliderCauses(truth.latents, targets, { level: 1 })).toThrow("level must be in (0, 1), got 1");
    expect(() => colliderCauses(matrix(3, 4), targets)).toThrow("3 rows of latents, 9000 targets");
  });
});

describe("fitInvariantPredictor", () => {
  it("keeps its error where the mechanism of the effects changes, and least squares on all latents does not", () => {
    const sizes = { ...OPTIONS, ...NOISE, tasks: 5, rowsPerTask: 400 };
    const { targets, truth } = linearData(sizes, createRandom(4));
    const { cols: d, data } = truth.latents;
    // Effects change their sign: nothing that causes the target has changed.
    const shifted = matrix(
      truth.latents.rows,
      d,
      data.map((z, at) => (truth.causal.data[targets.task[Math.floor(at / d)] * d + (at % d)] ? z : -z)),
    );
    const error = (causes: typeof truth.causal, latents: typeof shifted) => {
      const predicted = predictInvariantly(
        fitInvariantPredictor(truth.latents, targets, causes),
        latents,
        targets.task,
      );
      return predicted.reduce((sum, y, row) => sum + (y - targets.values[row]) ** 2, 0) / predicted.length;
    };
    const all = matrix(5, d, new Float64Array(5 * d).fill(1));
    const causal = truth.causal;
    expect(error(all, truth.latents)).toBeLessThan(error(causal, truth.latents));
    expect(error(causal, shifted)).toBeCloseTo(error(causal, truth.latents), 12);
    expect(error(all, shifted)).toBeGreaterThan(1.5 * error(causal, shifted));
    expect(() => fitInvariantPredictor(truth.latents, targets, matrix(5, 3))).toThrow("causes are 5 × 3");
  });
});
