import { describe, expect, it } from "vitest";
import { ConfigError } from "../../errors.ts";
import { matrix, multiply, multiplyTransposed } from "../../linalg/matrix.ts";
import { createRandom } from "../../stats/random.ts";
import { linearData } from "./linear.ts";
import { sampleMixingMatrix } from "./mixing-matrix.ts";

const meanSquare = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0) / x.length;
const difference = (x: Float64Array, y: Float64Array) => x.map((value, i) => value - y[i]);
const small = { latentDim: 4, causalPerTask: 1, tasks: 20, rowsPerTask: 50 };

describe("sampleMixingMatrix", () => {
  it("makes an orthogonal matrix, a different one for each seed, reflections among them", () => {
    const determinantSigns = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const a = sampleMixingMatrix("orthogonal", 2, createRandom(seed));
      determinantSigns.add(Math.sign(a.data[0] * a.data[3] - a.data[1] * a.data[2]));
    }
    expect(determinantSigns).toEqual(new Set([-1, 1]));
    const a = sampleMixingMatrix("orthogonal", 30, createRandom(1));
    for (const product of [multiplyTransposed(a, a), multiply(transposed(a), a)]) {
      product.data.forEach((value, at) => {
        expect(Math.abs(value - (Math.floor(at / 30) === at % 30 ? 1 : 0))).toBeLessThan(1e-14);
      });
    }
  });

  it("spreads an orthogonal matrix evenly: every entry has variance 1/d", () => {
    const squares = Array.from({ length: 2000 }, (_, seed) =>
      sampleMixingMatrix("orthogonal", 3, createRandom(seed)).data.map((value) => value * value),
    );
    for (let at = 0; at < 9; at++) {
      const average = squares.reduce((sum, square) => sum + square[at], 0) / squares.length;
      // A squared entry is Beta(1/2, 1): standard deviation .298, hence .0067 for the mean of 2000.
      expect(Math.abs(average - 1 / 3)).toBeLessThan(0.033);
    }
  });

  it("makes a random matrix of standard normal entries", () => {
    const { data } = sampleMixingMatrix("random", 100, createRandom(2));
    expect(Math.abs(meanSquare(data) - 1)).toBeLessThan(0.07);
    expect(Math.abs(meanSquare(data.map((v) => v * v)) - 3)).toBeLessThan(0.5);
  });
});

describe("linearData", () => {
  it("observes A z with noise σo", () => {
    const { representation, truth } = linearData({ ...small, sigmaObs: 0.3 }, createRandom(3));
    const noise = difference(representation.data, multiplyTransposed(truth.latents, truth.mixing).data);
    expect(Math.abs(meanSquare(noise) / 0.09 - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(4000));
  });

  it("returns the latents themselves for identity mixing without noise", () => {
    const { representation, truth } = linearData({ ...small, mixing: "identity", sigmaObs: 0 }, createRandom(3));
    expect(representation).toEqual(truth.latents);
  });

  it("keeps the latents when the mixing changes, and has the paper's size by default", () => {
    const latents = linearData(small, createRandom(4)).truth.latents;
    expect(linearData({ ...small, mixing: "orthogonal" }, createRandom(4)).truth.latents).toEqual(latents);
    const { representation, targets, truth } = linearData({}, createRandom(4));
    expect([representation.rows, representation.cols, targets.taskNames.length]).toEqual([20_000, 10, 200]);
    expect(truth.causal.data.reduce((sum, c) => sum + c, 0)).toBe(400);
  });

  it("refuses a negative noise", () => {
    expect(() => linearData({ sigmaObs: -1 }, createRandom(1))).toThrow(ConfigError);
  });
});

function transposed(a: { rows: number; cols: number; data: Float64Array }) {
  return matrix(
    a.cols,
    a.rows,
    a.data.map((_, at) => a.data[(at % a.rows) * a.cols + Math.floor(at / a.rows)]),
  );
}
