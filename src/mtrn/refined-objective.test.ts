import { describe, expect, it } from "vitest";
import { input } from "../graph/tensor.ts";
import { matrix } from "../linalg/matrix.ts";
import { encodeRows } from "../nn/encode-rows.ts";
import { mlp } from "../nn/mlp.ts";
import { initialWeights, weightTensors } from "../nn/parameters.ts";
import { dataTensors, fedTensors, fedValues, shareData } from "../nn/training-session.ts";
import { compile } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import { applyScaler, fitScaler } from "../stats/standardise.ts";
import { refinedObjective } from "./refined-objective.ts";

const random = createRandom(5);
const [rows, p, d] = [12, 4, 2];
const encoder = mlp({ inputDim: p, hidden: [6], featureDim: d });
const decoder = mlp({ inputDim: d, hidden: [5], featureDim: p }, "decoder");
const features = { rows, cols: p, data: Float32Array.from({ length: rows * p }, () => 3 + 2 * random.normal()) };
const scaler = fitScaler(features);
const task = Int32Array.from({ length: rows }, (_, i) => i % 3);
const values = Float64Array.from(task, () => random.normal());
const targets = { layout: "long", values, task, taskNames: ["a", "b", "c"] } as const;
const table = (make: () => number) => matrix(3, d, Float64Array.from({ length: 3 * d }, make));
const laws = {
  intercept: table(() => random.normal()),
  slope: table(() => random.normal()),
  variance: table(() => random.uniform(0.1, 2)),
};

describe("refinedObjective", () => {
  it("is the errors of latents given the target, weighted, and of columns", async () => {
    const objective = refinedObjective({ encoder, decoder }, scaler, features, targets, laws);
    const weights = initialWeights(objective.parameters, "float32", random);
    const own = Int32Array.of(0, 1, 2, 5, 7);
    const named = input("rows", "int64", [own.length]);
    const tensors = weightTensors(objective.parameters, "float32");
    const inputs = objective.fed?.(own.length, []) ?? {};
    const fed = fedTensors(inputs, "float32");
    const session = await compile({
      inputs: [named, ...dataTensors(objective), ...Object.values({ ...tensors, ...fed })],
      outputs: { loss: objective.loss(tensors, named, fed) },
    });
    shareData(session, objective);
    for (const [name, value] of Object.entries(weights)) session.set(name, value);
    const { loss } = await session.run({ rows: own, ...fedValues(inputs, null, own) });
    await session.release();

    const columns = applyScaler(scaler, features);
    const z = await encodeRows(encoder, weights, columns);
    const decoded = await encodeRows(decoder, weights, { ...z, data: Float32Array.from(z.data) });
    const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const latents = [...new Array(d).keys()];
    const precision = (i: number, j: number) => 1 / laws.variance.data[task[i] * d + j];
    const all = mean([...task.keys()].flatMap((i) => latents.map((j) => precision(i, j))));
    const unlikely = Array.from(own).flatMap((i) =>
      latents.map((j) => {
        const at = task[i] * d + j;
        const expected = laws.intercept.data[at] + laws.slope.data[at] * values[i];
        return (precision(i, j) / all) * (z.data[i * d + j] - expected) ** 2;
      }),
    );
    const lost = Array.from(own).flatMap((i) =>
      Array.from({ length: p }, (_, j) => (decoded.data[i * p + j] - columns.data[i * p + j]) ** 2),
    );
    expect(Number(loss[0])).toBeCloseTo((mean(unlikely) + mean(lost)) / 2, 5);
  });
});
