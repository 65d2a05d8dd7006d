import { describe, expect, it } from "vitest";
import { ConfigError, ShapeError } from "../../errors.ts";
import { matrix } from "../../linalg/matrix.ts";
import { momentsOf } from "../../stats/moments.ts";
import { createRandom } from "../../stats/random.ts";
import { sampleCausalModel } from "./latent-causal-model.ts";
import { resampleTasks } from "./resample-tasks.ts";

const { truth } = sampleCausalModel({ latentDim: 4, causalPerTask: 2, tasks: 3, rowsPerTask: 3 }, createRandom(1));

describe("resampleTasks", () => {
  it("draws rows of the given tasks: causes of variance 1 with slopes w, effects with slopes γ and noise σs", () => {
    const n = 40_000;
    const { latents, targets } = resampleTasks(truth, { rowsPerTask: n, sigmaS: 0.2 }, createRandom(2));
    const { covH, covHY, varY } = momentsOf(latents, targets);
    const tolerance = 5 / Math.sqrt(n);
    for (let t = 0; t < 3; t++) {
      let explained = 0;
      for (let j = 0; j < 4; j++) {
        const at = 4 * t + j;
        const [variance, slope] = [covH.data[16 * t + 5 * j], covHY.data[at] / varY[t]];
        if (truth.causal.data[at] === 1) {
          explained += truth.weights.data[at] ** 2;
          expect(Math.abs(variance - 1)).toBeLessThan(tolerance * Math.SQRT2);
          expect(Math.abs(covHY.data[at] - truth.weights.data[at])).toBeLessThan(tolerance * 5);
        } else {
          expect(Math.abs(slope - truth.gamma.data[at])).toBeLessThan(tolerance * 0.2);
          expect(Math.abs((variance - slope ** 2 * varY[t]) / 0.04 - 1)).toBeLessThan(tolerance * Math.SQRT2);
        }
      }
      expect(Math.abs(varY[t] / (explained + truth.targetNoise[t] ** 2) - 1)).toBeLessThan(tolerance * Math.SQRT2);
    }
  });

  it("gives the same causes and targets when only γ was changed, and other rows for another seed", () => {
    const reversed = {
      ...truth,
      gamma: matrix(
        3,
        4,
        truth.gamma.data.map((g) => -g),
      ),
    };
    const [a, b] = [truth, reversed].map((given) => resampleTasks(given, { rowsPerTask: 50 }, createRandom(3)));
    expect(b.targets).toEqual(a.targets);
    a.latents.data.forEach((z, at) => {
      const [t, j] = [Math.floor(at / 200), at % 4];
      const y = a.targets.values[Math.floor(at / 4)];
      expect(b.latents.data[at]).toBeCloseTo(z - 2 * truth.gamma.data[4 * t + j] * y, 12);
    });
    expect(resampleTasks(truth, { rowsPerTask: 50 }, createRandom(4)).targets).not.toEqual(a.targets);
  });

  it("refuses parameters of different shapes and tasks without rows", () => {
    expect(() => resampleTasks({ ...truth, gamma: matrix(3, 5) }, {}, createRandom(1))).toThrow(ShapeError);
    expect(() => resampleTasks(truth, { rowsPerTask: 0 }, createRandom(1))).toThrow(ConfigError);
  });
});
