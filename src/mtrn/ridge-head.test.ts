import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { momentGradientError } from "../../test/moment-objective-gradient.ts";
import { gradient } from "../graph/gradient.ts";
import { constant, input } from "../graph/tensor.ts";
import { matrix } from "../linalg/matrix.ts";
import { mlp } from "../nn/mlp.ts";
import type { FloatArray } from "../nn/parameters.ts";
import { compile } from "../runtime/session.ts";
import { accumulate } from "../stats/moments-rows.ts";
import { createRandom } from "../stats/random.ts";
import { blockOf, headLoss, ridgeHead } from "./ridge-head.ts";
import { ridgeLoss, ridgeObjective } from "./ridge-objective.ts";
import { solveHeads } from "./solve-heads.ts";
import { taskBatch } from "./task-batches.ts";
import { taskMomentObjective } from "./task-moments.ts";

interface GoldenTask {
  readonly features: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly target: { readonly data: readonly number[] };
  readonly head: readonly number[];
  readonly intercept: number;
  readonly phi: number;
}

const file: { readonly penalty: number; readonly tasks: readonly GoldenTask[] } = golden("joint-loss.json");
/** The golden tasks as blocks of moments. */
const tasks = file.tasks.map(({ features: { shape, data }, target }) => {
  const features = matrix(shape[0], shape[1], goldenArray({ data }));
  const values = goldenArray(target);
  const targets = { layout: "long", values, task: new Int32Array(values.length), taskNames: ["t"] } as const;
  const rows = Int32Array.from(values, (_, i) => i);
  return { features, targets, rows, block: blockOf(accumulate(features, targets, rows), 0) };
});

describe("ridgeHead", () => {
  it("is NumPy's solution of the augmented least squares problem", () => {
    tasks.forEach(({ block }, t) => {
      const { slopes, value } = ridgeHead(block, file.penalty);
      const { head, phi } = file.tasks[t];
      // 1e-9: condition numbers of a few hundred, squared by the normal equations.
      slopes.forEach((w, j) => void expect(Math.abs(w - head[j])).toBeLessThan(1e-9));
      expect(Math.abs(value - phi)).toBeLessThan(1e-9);
    });
  });

  it("becomes the network's weights, intercept included", () => {
    const { features, targets, rows } = tasks[0];
    const { "heads.weight": weight, "heads.bias": bias } = solveHeads(features, targets, rows, file.penalty);
    // float32 weights.
    weight.forEach((w, j) => void expect(Math.abs(w - file.tasks[0].head[j])).toBeLessThan(1e-6));
    expect(Math.abs(bias[0] - file.tasks[0].intercept)).toBeLessThan(1e-5);
  });

  it("is judged on other rows of its task by their moments as row by row", () => {
    const { features, targets, rows } = tasks[0];
    const [own, other] = [rows.subarray(0, 20), rows.subarray(20)];
    const fitted = blockOf(accumulate(features, targets, own), 0);
    const head = ridgeHead(fitted, file.penalty);
    const { "heads.weight": weight, "heads.bias": bias } = solveHeads(features, targets, own, file.penalty);
    let squares = 0;
    for (const i of other) {
      const f = features.data.subarray(4 * i, 4 * i + 4);
      squares += (targets.values[i] - bias[0] - f.reduce((sum, value, j) => sum + value * weight[j], 0)) ** 2;
    }
    const byMoments = headLoss(head, fitted, blockOf(accumulate(features, targets, other), 0));
    expect(Math.abs(byMoments / (squares / other.length / 2) - 1)).toBeLessThan(1e-4);
  });
});

describe("ridgeObjective", () => {
  it.each(["float64", "float32"] as const)(
    "has the value and the slopes of heads solved one by one, from moments in %s",
    async (dtype) => {
      const moments = Float64Array.from(tasks.slice(0, 2).flatMap(({ block }) => Array.from(block.data)));
      const count = Float64Array.of(30, 10);
      const given = input("moments", dtype, [2, 5, 6]);
      const loss = ridgeObjective(given, constant([0.75, 0.25], [2], dtype), file.penalty);
      const session = await compile({ inputs: [given], outputs: { loss, slopes: gradient(loss, [given])[0] } });
      const inType = dtype === "float64" ? moments : Float32Array.from(moments);
      const found = await session.run({ moments: inType });
      await session.release();
      const expected = ridgeLoss(inType, count, 4, file.penalty);
      // Solved in double precision either way; what goes in and comes out is of the given type.
      const tolerance = dtype === "float64" ? 1e-11 : 1e-6;
      expect(Math.abs(Number(found.loss[0]) - expected.value)).toBeLessThan(tolerance);
      const size = Math.max(...expected.slopes.map(Math.abs));
      expected.slopes.forEach((slope, i) => {
        expect(Math.abs(Number(found.slopes[i]) - slope)).toBeLessThan(tolerance * size);
      });
    },
  );

  const random = createRandom(4);
  const encoder = mlp({ inputDim: 5, hidden: [6], featureDim: 3 });
  const x = Float64Array.from({ length: 40 * 5 }, random.normal);
  const task = Int32Array.from({ length: 40 }, (_, i) => (i < 12 ? 0 : i < 25 ? 1 : 2));
  const values = Float64Array.from({ length: 40 }, random.normal);
  const targets = { layout: "long", values, task, taskNames: ["a", "b", "c"] } as const;
  const lists = [0, 1, 2].map((t) => Int32Array.from(task.keys()).filter((row) => task[row] === t));
  // Thirteen slots: full, one empty, and more rows than slots.
  const batch = taskBatch(lists, Int32Array.of(1, 0, 2), 13);
  const graph = taskMomentObjective(encoder, x, targets, { tasksPerBatch: 3, slots: 13 }, "float64");

  it("has the slopes of its loss, through heads and encoder", async () => {
    const objective = { ...graph, loss: (moments: FloatArray) => ridgeLoss(moments, batch.count, 3, 0.1) };
    const error = await momentGradientError(objective, batch, random);
    // Central differences are good to 1e-9 here; a wrong rule is wrong by 1e-2 and more.
    expect(error).toBeLessThan(1e-6);
  });

  it("would be caught with slopes that forget the penalty", async () => {
    const forgetful = {
      ...graph,
      loss: (moments: Float64Array) => ({
        value: ridgeLoss(moments, batch.count, 3, 0.1).value,
        slopes: ridgeLoss(moments, batch.count, 3, 0).slopes,
      }),
    };
    expect(await momentGradientError(forgetful as typeof graph & { loss: never }, batch, random)).toBeGreaterThan(1e-3);
  });

  it("is the same for features of any scale", () => {
    const { block } = tasks[0];
    const scaled = Float64Array.from(block.data, (value, at) => {
      const [i, j] = [Math.floor(at / 6), at % 6];
      return value * (i < 4 ? 10 : 1) * (j < 4 ? 10 : 1);
    });
    const count = Float64Array.of(30);
    expect(ridgeLoss(scaled, count, 4, 0.1).value).toBeCloseTo(ridgeLoss(block.data, count, 4, 0.1).value, 12);
  });
});
