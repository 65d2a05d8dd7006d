import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { gradient } from "../graph/gradient.ts";
import { input } from "../graph/tensor.ts";
import { mlp } from "../nn/mlp.ts";
import { type FloatArray, weightTensors } from "../nn/parameters.ts";
import { constantRate } from "../nn/schedule.ts";
import { train } from "../nn/train.ts";
import { dataTensors, fedTensors, fedValues, type Objective, shareData } from "../nn/training-session.ts";
import { compile } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { mtrnObjective } from "./objective.ts";

const file = golden("mtrn-steps.json");
const encoder = mlp({ inputDim: 5, hidden: [7], featureDim: 3 });
const taskNames = ["a", "b", "c", "d"];
const NAMES: Readonly<Record<string, string>> = {
  "encoder.0.weight": "hidden.weight",
  "encoder.0.bias": "hidden.bias",
  "encoder.1.weight": "features.weight",
  "encoder.1.bias": "features.bias",
  "heads.weight": "heads.weight",
  "heads.bias": "heads.bias",
};

const layouts: Readonly<Record<"long" | "wide", Targets>> = {
  long: {
    layout: "long",
    values: goldenArray(file.long.inputs.y),
    task: Int32Array.from(file.long.inputs.task.data),
    taskNames,
  },
  wide: { layout: "wide", values: { rows: 6, cols: 4, data: goldenArray(file.wide.inputs.y) }, taskNames },
};

/** The golden weights under our names; at step 0 when no `from` is given. */
const weightsIn = (from: Record<string, { data: number[] }>): Record<string, FloatArray> =>
  Object.fromEntries(Object.entries(NAMES).map(([ours, theirs]) => [ours, goldenArray(from[theirs])]));

async function lossAndGradients(objective: Objective, rowTotal: number) {
  const rows = input("rows", "int64", [rowTotal]);
  const weights = weightTensors(objective.parameters, "float64");
  const inputs = objective.fed?.(rowTotal, []) ?? {};
  const fed = fedTensors(inputs, "float64");
  const loss = objective.loss(weights, rows, fed);
  const slopes = gradient(loss, Object.values(weights));
  const session = await compile({
    inputs: [rows, ...dataTensors(objective), ...Object.values({ ...weights, ...fed })],
    outputs: { loss, ...Object.fromEntries(Object.keys(weights).map((name, i) => [`${name}:gradient`, slopes[i]])) },
  });
  shareData(session, objective);
  for (const [name, values] of Object.entries(weightsIn(file.start_weights))) session.set(name, values);
  const all = Int32Array.from({ length: rowTotal }, (_, i) => i);
  const result = await session.run({ rows: all, ...fedValues(inputs, null, all) });
  await session.release();
  return result;
}

describe.each(["long", "wide"] as const)("mtrnObjective, %s targets", (layout) => {
  const expected = file[layout];
  const rowTotal = expected.inputs.x.shape[0];
  const objective = mtrnObjective(encoder, goldenArray(expected.inputs.x), layouts[layout], "float64");

  it("has PyTorch's loss and gradients", async () => {
    const { loss, ...slopes } = await lossAndGradients(objective, rowTotal);
    expect(Math.abs(Number(loss[0]) - expected.loss_step0)).toBeLessThan(1e-13);
    for (const [ours, theirs] of Object.entries(NAMES)) {
      const reference = goldenArray(expected.grad_step0[theirs]);
      reference.forEach((value, i) => {
        expect(Math.abs(Number(slopes[`${ours}:gradient`][i]) - value)).toBeLessThan(1e-13);
      });
    }
  });

  it("has PyTorch's losses and weights over five steps of Adam", async () => {
    const weights = weightsIn(file.start_weights);
    const moments = Object.fromEntries(
      Object.entries(weights).flatMap(([name, { length }]) =>
        ["m", "v"].map((moment) => [`${name}:${moment}`, new Float64Array(length)]),
      ),
    );
    const all = Int32Array.from({ length: rowTotal }, (_, i) => i);
    const steps = train(
      objective,
      {
        rows: all,
        heldOut: new Int32Array(),
        batchSize: rowTotal,
        epochs: 5,
        patience: 5,
        schedule: () => constantRate(0.01),
        dtype: "float64",
        resume: { step: 0, weights, moments, best: null },
      },
      createRandom(0),
    );
    const losses: number[] = [];
    let next = await steps.next();
    for (; !next.done; next = await steps.next()) losses.push(next.value.loss);
    losses.forEach((loss, i) => {
      expect(Math.abs(loss - expected.losses[i])).toBeLessThan(1e-13);
    });
    expect(losses).toHaveLength(5);
    for (const [ours, theirs] of Object.entries(NAMES)) {
      goldenArray(expected.weights_after_5_steps[theirs]).forEach((value, i) => {
        expect(Math.abs(next.value?.weights[ours][i] - value)).toBeLessThan(1e-12);
      });
    }
  });
});
