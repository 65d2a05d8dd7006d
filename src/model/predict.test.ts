import { describe, expect, it } from "vitest";
import { fittedModel } from "../../test/fitted-model.ts";
import { wideCase } from "../../test/linear-data.ts";
import { plainRegression } from "../../test/plain-regression.ts";
import { linearData } from "../data/synthetic/linear.ts";
import { resampleTasks } from "../data/synthetic/resample-tasks.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import { matrix, multiplyTransposed, rowView, takeRows } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { predict, predictFromLatents } from "./predict.ts";
import { latentsOf } from "./unmix.ts";

const sizes = { latentDim: 4, causalPerTask: 1, tasks: 40, rowsPerTask: 100, sigmaS: 0.4, standardise: false } as const;
const { representation, targets, truth } = linearData({ ...sizes, sigmaObs: 0 }, createRandom(1));
const model = fittedModel(representation, targets, 1);
const z = latentsOf(model.mtlcm, representation);
const rowTasks = Array.from(targets.task, (t) => targets.taskNames[t]);

/** Rows of the same tasks that the model has not seen. */
const ahead = resampleTasks(truth, { rowsPerTask: 50, sigmaS: 0.4 }, createRandom(2));
const aheadZ = latentsOf(model.mtlcm, multiplyTransposed(ahead.latents, truth.mixing));
const aheadTasks = Array.from(ahead.targets.task, (t) => targets.taskNames[t]);

describe("predictFromLatents", () => {
  it("predicts from the causes as a regression on the rows of the task would, in the units of its target", () => {
    const { mean, lower, upper } = predictFromLatents(model, z, { rowTasks, causalOnly: true, level: 0.95 });
    for (const t of [0, 17, 39]) {
      const rows = Array.from({ length: 100 }, (_, i) => 100 * t + i);
      const causes = [0, 1, 2, 3].filter((j) => model.mtlcm.pCause.data[4 * t + j] > 0.5);
      const plain = plainRegression(takeRows(z, rows), targets.values.subarray(100 * t, 100 * t + 100), causes);
      for (const row of rows) {
        expect(mean.data[row]).toBeCloseTo(plain.predict(rowView(z, row)), 8);
        const reach = 1.959963984540054 * Math.sqrt(plain.variance(rowView(z, row)));
        expect(upper.data[row] - mean.data[row]).toBeCloseTo(reach, 8);
        expect(mean.data[row] - lower.data[row]).toBeCloseTo(reach, 8);
      }
    }
  });

  it.each([
    [0.9, false],
    [0.5, false],
    [0.9, true],
  ])("holds a share of %d of new targets in its intervals (causes only: %s)", (level, causalOnly) => {
    const { lower, upper } = predictFromLatents(model, aheadZ, { rowTasks: aheadTasks, level, causalOnly });
    const held = ahead.targets.values.filter((y, i) => y >= lower.data[i] && y <= upper.data[i]).length;
    // 2,000 rows: a standard error of .007 to .011; parameters of 40 tasks are estimated once and shared by 50 rows each.
    expect(Math.abs(held / ahead.targets.values.length - level)).toBeLessThan(0.03);
  });

  it("predicts named tasks for every row as it predicts each row for its own", () => {
    const all = predictFromLatents(model, aheadZ, { tasks: ["task3", "task9"] });
    const own = predictFromLatents(model, aheadZ, { rowTasks: aheadTasks });
    expect(all.taskNames).toEqual(["task3", "task9"]);
    expect(own.taskNames).toBe(null);
    for (let i = 0; i < 50; i++) {
      expect(all.mean.data[2 * (2 * 50 + i)]).toBe(own.mean.data[2 * 50 + i]);
      expect(all.upper.data[2 * (8 * 50 + i) + 1]).toBe(own.upper.data[8 * 50 + i]);
    }
  });

  it("predicts all targets of wide data, missing ones included", () => {
    const wide = wideCase(3, { dim: 3, tasks: 12, rows: 600, density: 0.4 });
    const values = matrix(
      600,
      12,
      wide.targets.values.data.map((y, at) => (at % 7 === 3 ? Number.NaN : y)),
    );
    const fitted = fittedModel(wide.h, { ...wide.targets, values }, 3);
    const { mean, lower, upper } = predictFromLatents(fitted, latentsOf(fitted.mtlcm, wide.h));
    let [squares, held, missing] = [0, 0, 0];
    wide.targets.values.data.forEach((y, at) => {
      if (at % 7 !== 3) return;
      missing++;
      squares += (y - mean.data[at]) ** 2;
      held += y >= lower.data[at] && y <= upper.data[at] ? 1 : 0;
    });
    // The noise of the targets has standard deviation 1/2; 600 rows and 3 latents add less than 1 % to the error.
    expect(Math.sqrt(squares / missing)).toBeLessThan(0.52);
    expect(Math.abs(held / missing - 0.9)).toBeLessThan(0.03);
  });

  it.each([
    ["no tasks in a model of long data", {}, /needs the task of each row/],
    ["both kinds of tasks", { tasks: ["task1"], rowTasks }, /either tasks/],
    ["a task it does not know", { tasks: ["task1", "task99"] }, /knows no task 'task99'/],
    ["a row of a task it does not know", { rowTasks: rowTasks.with(4, "x") }, /^row 5: .*'x'/],
    ["a level of 1", { tasks: ["task1"], level: 1 }, /level/],
  ])("refuses %s", (_, options, message) => {
    expect(() => predictFromLatents(model, z, options)).toThrow(message);
    expect(() => predictFromLatents(model, z, options)).toThrow(ConfigError);
  });

  it("refuses rows of another width or number", () => {
    expect(() => predictFromLatents(model, matrix(2, 3), { tasks: ["task1"] })).toThrow(ShapeError);
    expect(() => predictFromLatents(model, aheadZ, { rowTasks })).toThrow(ShapeError);
  });
});

describe("predict", () => {
  const features = { rows: 1, cols: 2, data: new Float32Array(2) };

  it("refuses a model without an encoder, and causes from heads", async () => {
    await expect(predict(model, features, { tasks: ["task1"] })).rejects.toThrow(/no encoder/);
    await expect(predict(model, features, { tasks: ["task1"], method: "heads" })).rejects.toThrow(/no heads/);
    await expect(predict(model, features, { method: "heads", causalOnly: true })).rejects.toThrow(/posterior/);
  });
});
