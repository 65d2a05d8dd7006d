import { describe, expect, it } from "vitest";
import { ConfigError } from "../../errors.ts";
import { matrix } from "../../linalg/matrix.ts";
import { createRandom } from "../../stats/random.ts";
import { applyMixingNetwork, sampleMixingNetwork } from "./mixing-network.ts";
import { nonlinearData } from "./nonlinear.ts";

const small = { latentDim: 3, causalPerTask: 1, tasks: 6, rowsPerTask: 40, inputDim: 5 };

describe("sampleMixingNetwork", () => {
  it("draws weights and biases uniformly on ±1/√inputs", () => {
    const [first, second] = sampleMixingNetwork([4, 200, 50], createRandom(1));
    for (const [values, bound] of [
      [first.weights.data, 1 / 2],
      [second.weights.data, 1 / Math.sqrt(200)],
      [second.bias, 1 / Math.sqrt(200)],
    ] as const) {
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(bound * 0.9);
    }
    const variance = second.weights.data.reduce((sum, w) => sum + w * w, 0) / 10_000;
    expect(Math.abs(variance * 3 * 200 - 1)).toBeLessThan(0.05);
  });
});

describe("applyMixingNetwork", () => {
  it("cuts negative values between the layers and not at the end (worked by hand)", () => {
    const network = [
      { weights: matrix(1, 2, Float64Array.of(1, -1)), bias: Float64Array.of(0.5, 0.25) },
      { weights: matrix(2, 1, Float64Array.of(2, -3)), bias: Float64Array.of(1) },
    ];
    // z = 2: ReLU(2.5), ReLU(−1.75) → 2 · 2.5 + 1 = 6;   z = −2: ReLU(−1.5), ReLU(2.25) → −3 · 2.25 + 1 = −5.75
    expect([...applyMixingNetwork(network, matrix(2, 1, Float64Array.of(2, -2))).data]).toEqual([6, -5.75]);
  });
});

describe("nonlinearData", () => {
  it("feeds the latents of every row through the network", () => {
    const { data, truth } = nonlinearData({ ...small, mixingDepth: 3, mixingWidth: 7 }, createRandom(2));
    expect(truth.mixing.map(({ weights }) => [weights.rows, weights.cols])).toEqual([
      [3, 7],
      [7, 7],
      [7, 5],
    ]);
    expect(data.features.data).toEqual(Float32Array.from(applyMixingNetwork(truth.mixing, truth.latents).data));
  });

  it("adds noise to the features on request, and moves nothing else by it", () => {
    const clean = nonlinearData(small, createRandom(3));
    const noisy = nonlinearData({ ...small, sigmaObs: 0.5 }, createRandom(3));
    expect(noisy.truth).toEqual(clean.truth);
    const squares = noisy.data.features.data.map((value, i) => (value - clean.data.features.data[i]) ** 2);
    const variance = squares.reduce((sum, square) => sum + square, 0) / squares.length;
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(1200));
  });

  it("has the paper's size by default", () => {
    const { data, truth } = nonlinearData({ rowsPerTask: 3 }, createRandom(4));
    expect([data.features.rows, data.features.cols, truth.latents.cols]).toEqual([1500, 100, 20]);
    expect(truth.causal.data.reduce((sum, c) => sum + c, 0)).toBe(2000);
    expect(truth.mixing.map(({ weights }) => weights.cols)).toEqual([100, 100]);
  });

  it.each([
    [{ inputDim: 0 }, "inputDim"],
    [{ mixingDepth: 1 }, "mixingDepth"],
    [{ mixingWidth: 0 }, "mixingWidth"],
    [{ sigmaObs: Number.NaN }, "sigmaObs"],
  ])("refuses %o", (options, name) => {
    const sample = () => nonlinearData({ ...small, ...options }, createRandom(1));
    expect(sample).toThrow(ConfigError);
    expect(sample).toThrow(new RegExp(`^${name}`));
  });
});
