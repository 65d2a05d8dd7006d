import { describe, expect, it } from "vitest";
import { linearData } from "../../src/data/synthetic/linear.ts";
import { resampleTasks } from "../../src/data/synthetic/resample-tasks.ts";
import { type Matrix, matrix, multiplyTransposed, rowView, takeRows } from "../../src/linalg/matrix.ts";
import { predictFromLatents } from "../../src/model/predict.ts";
import { latentsOf } from "../../src/model/unmix.ts";
import { createRandom } from "../../src/stats/random.ts";
import { fittedModel } from "../fitted-model.ts";
import { plainRegression } from "../plain-regression.ts";

const sizes = {
  ...{ latentDim: 6, causalPerTask: 2, tasks: 100, rowsPerTask: 100 },
  ...{ targetNoise: [0.5, 1] as const, standardise: false, sigmaObs: 0 },
};

/** Root mean squared error over all new rows, in units of the target's standard deviation in the fit. */
function errorsAfter(shift: (gamma: number) => number, sigmaS: number, seed: number) {
  const options = { ...sizes, sigmaS };
  const { representation, targets, truth } = linearData(options, createRandom(seed));
  const model = fittedModel(representation, targets, seed);
  const z = latentsOf(model.mtlcm, representation);
  const gamma = matrix(100, 6, truth.gamma.data.map(shift));
  const next = resampleTasks({ ...truth, gamma }, { ...options, rowsPerTask: 50 }, createRandom(1000 + seed));
  const ahead = latentsOf(model.mtlcm, multiplyTransposed(next.latents, truth.mixing));
  const rowTasks = Array.from(next.targets.task, (t) => targets.taskNames[t]);
  const error = (predicted: ArrayLike<number>) => {
    const squares = next.targets.values.map(
      (y, i) => (predicted[i] - y) ** 2 / model.moments.varY[next.targets.task[i]],
    );
    return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
  };
  return {
    regression: error(regressionPerTask(z, targets.values, ahead)),
    posterior: error(predictFromLatents(model, ahead, { rowTasks }).mean.data),
    causal: error(predictFromLatents(model, ahead, { rowTasks, causalOnly: true }).mean.data),
  };
}

function regressionPerTask(z: Matrix, y: Float64Array, ahead: Matrix): number[] {
  return Array.from({ length: 100 }, (_, t) => {
    const rows = Array.from({ length: 100 }, (_, i) => 100 * t + i);
    const plain = plainRegression(takeRows(z, rows), y.subarray(100 * t, 100 * t + 100), [0, 1, 2, 3, 4, 5]);
    return Array.from({ length: 50 }, (_, i) => plain.predict(rowView(ahead, 50 * t + i)));
  }).flat();
}

describe("prediction when the effects of a target come to differ", () => {
  const draw = createRandom(77);
  const shifts = {
    none: (gamma: number) => gamma,
    reversed: (gamma: number) => -gamma,
    redrawn: (gamma: number) => (gamma === 0 ? 0 : draw.uniform(-1, 1)),
  };

  it.each([
    [0.3, 1],
    [0.3, 2],
    [0.3, 3],
    [0.1, 1],
    [0.1, 2],
  ])(
    "keeps its error over all rows when it uses causes alone, where the regression breaks (σs = %d, seed %d)",
    (sigmaS, seed) => {
      const [before, reversed, redrawn] = (["none", "reversed", "redrawn"] as const).map((name) =>
        errorsAfter(shifts[name], sigmaS, seed),
      );
      for (const after of [reversed, redrawn]) {
        // A single weak effect of a task taken for a cause moves its rows by several standard deviations.
        expect(Math.abs(after.causal / before.causal - 1)).toBeLessThan(0.1);
        expect(after.regression).toBeGreaterThan(3 * before.regression);
        expect(after.posterior).toBeGreaterThan(3 * before.posterior);
        expect(after.causal).toBeLessThan(0.75 * after.regression);
      }
      expect(before.regression).toBeLessThan(0.5 * before.causal);
      expect(before.posterior).toBeLessThan(1.05 * before.regression);
    },
  );
});
