import { describe, expect, it } from "vitest";
import { momentGradientError } from "../../test/moment-objective-gradient.ts";
import { matrix } from "../linalg/matrix.ts";
import { mlp } from "../nn/mlp.ts";
import { accumulate } from "../stats/moments-rows.ts";
import { createRandom } from "../stats/random.ts";
import { conditionalDependence, squaredDependence } from "./conditional-dependence.ts";
import { refinedLoss, refinedObjective } from "./refined-objective.ts";
import { blockOf } from "./ridge-head.ts";
import { ridgeLoss } from "./ridge-objective.ts";
import { taskBatch } from "./task-batches.ts";
import { taskMomentObjective } from "./task-moments.ts";

const random = createRandom(8);

/** Features whose latents U f, two of them, have this correlation given y and slopes on y. */
function rowsWith(correlation: number, rows: number) {
  const stream = random.split(`rows ${correlation} ${rows}`);
  const y = Float64Array.from({ length: rows }, stream.normal);
  const z = matrix(rows, 2);
  for (let i = 0; i < rows; i++) {
    const [a, b] = [stream.normal(), stream.normal()];
    z.data[2 * i] = a + 2 * y[i];
    z.data[2 * i + 1] = 3 * (correlation * a + Math.sqrt(1 - correlation ** 2) * b) - y[i];
  }
  const targets = { layout: "long", values: y, task: new Int32Array(rows), taskNames: ["t"] } as const;
  return blockOf(accumulate(z, targets, Int32Array.from(y.keys())), 0);
}

const U = matrix(2, 2, Float64Array.of(1, 0, 0, 1));

describe("conditionalDependence", () => {
  it("is the mutual information of two normal latents given the target, whatever they owe to it", () => {
    for (const correlation of [0, 0.5, 0.9]) {
      const expected = -Math.log(1 - correlation ** 2) / 2;
      // 20,000 rows: standard error of a correlation .007, and of C below .015.
      expect(Math.abs(conditionalDependence(U, rowsWith(correlation, 20_000)) - expected)).toBeLessThan(0.03);
    }
  });

  it("does not depend on the scale of the latents", () => {
    const block = rowsWith(0.5, 100);
    const scaled = matrix(2, 2, Float64Array.of(10, 0, 0, -0.1));
    expect(conditionalDependence(scaled, block)).toBeCloseTo(conditionalDependence(U, block), 12);
  });

  it("has a second-order form without bias on few rows", () => {
    const none = Array.from({ length: 3000 }, () => squaredDependence(U, rowsWithNew(8), 8));
    const mean = none.reduce((sum, value) => sum + value, 0) / none.length;
    // Half a squared correlation of 8 rows scatters by about .1; 3000 of them by .002.
    expect(Math.abs(mean)).toBeLessThan(0.008);
    expect(squaredDependence(U, rowsWith(0.5, 20_000), 20_000)).toBeCloseTo(0.125, 1);
  });
});

let drawn = 0;
function rowsWithNew(rows: number) {
  const block = rowsWith(1e-9 * drawn, rows);
  drawn++;
  return block;
}

describe("refinedObjective", () => {
  const encoder = mlp({ inputDim: 5, hidden: [6], featureDim: 4 });
  const x = Float64Array.from({ length: 45 * 5 }, random.normal);
  const task = Int32Array.from({ length: 45 }, (_, i) => (i < 14 ? 0 : i < 40 ? 1 : 2));
  const values = Float64Array.from({ length: 45 }, random.normal);
  const targets = { layout: "long", values, task, taskNames: ["a", "b", "c"] } as const;
  // The last task has 5 rows, fewer than its covariance needs.
  const lists = [0, 1, 2].map((t) => Int32Array.from(task.keys()).filter((row) => task[row] === t));
  const batch = taskBatch(lists, Int32Array.of(1, 0, 2), 26);
  const map = matrix(2, 4, Float64Array.from({ length: 8 }, random.normal));
  const graph = taskMomentObjective(encoder, x, targets, { tasksPerBatch: 3, slots: 26 }, "float64");

  it("has the slopes of its loss, through heads, causal model and encoder", async () => {
    // Central differences are good to 1e-9 here; a wrong rule is wrong by 1e-2 and more.
    expect(await momentGradientError(refinedObjective(graph, map, 0.1), batch, random)).toBeLessThan(1e-6);
  });

  it("would be caught with slopes that forget the causal model", async () => {
    const forgetful = {
      ...graph,
      loss: (moments: Float64Array) => ({
        value: refinedLoss(moments, batch.count, map, 0.1).value,
        slopes: ridgeLoss(moments, batch.count, 4, 0.1).slopes,
      }),
    };
    expect(await momentGradientError(forgetful as typeof graph & { loss: never }, batch, random)).toBeGreaterThan(1e-3);
  });
});
