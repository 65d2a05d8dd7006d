import { describe, expect, it } from "vitest";
import { InferenceSession, Tensor as OnnxTensor } from "#onnxruntime";
import { ConfigError } from "../errors.ts";
import { createRandom } from "../stats/random.ts";
import { add, mul, sub } from "./elementwise.ts";
import { gradient } from "./gradient.ts";
import { gather, scatterAdd } from "./indexing.ts";
import { matmul } from "./matmul.ts";
import { type Model, serialise } from "./onnx.ts";
import { mean, sum } from "./reductions.ts";
import { constant, input } from "./tensor.ts";
import { relu, sigmoid, softplus } from "./unary.ts";

/** A small network with its gradient, and the same in plain arithmetic. */
function network(dtype: "float32" | "float64"): Model {
  const x = input("x", dtype, [2, 3]);
  const w = input("w", dtype, [3, 2]);
  const rows = input("rows", "int64", [2]);
  const hidden = relu(matmul(gather(x, rows), w));
  const loss = mean(softplus(hidden));
  const [dw] = gradient(loss, [w]);
  return { inputs: [x, w, rows], outputs: { loss, dw } };
}

function plainNetwork(x: readonly number[], w: readonly number[], rows: readonly number[]) {
  const dw = new Array<number>(6).fill(0);
  let loss = 0;
  for (const row of rows) {
    for (let j = 0; j < 2; j++) {
      const z = [0, 1, 2].reduce((total, k) => total + x[3 * row + k] * w[2 * k + j], 0);
      const h = Math.max(z, 0);
      loss += Math.log1p(Math.exp(h)) / 4;
      for (let k = 0; k < 3; k++) {
        const slope = z > 0 ? 1 / (1 + Math.exp(-h)) / 4 : 0;
        dw[2 * k + j] += slope * x[3 * row + k];
      }
    }
  }
  return { loss, dw };
}

describe("serialise", () => {
  it.each([
    ["float32", Float32Array, 1e-6],
    ["float64", Float64Array, 1e-14],
  ] as const)("writes a %s model that ONNX Runtime loads and runs right", async (dtype, Values, tolerance) => {
    const random = createRandom(3);
    const x = Array.from({ length: 6 }, () => Math.fround(random.normal()));
    const w = Array.from({ length: 6 }, () => Math.fround(random.normal()));
    const session = await InferenceSession.create(serialise(network(dtype)));
    expect(session.inputNames).toEqual(["x", "w", "rows"]);
    expect(session.outputNames).toEqual(["loss", "dw"]);

    const results = await session.run({
      x: new OnnxTensor(dtype, Values.from(x), [2, 3]),
      w: new OnnxTensor(dtype, Values.from(w), [3, 2]),
      rows: new OnnxTensor("int64", BigInt64Array.of(1n, 0n), [2]),
    });
    const expected = plainNetwork(x, w, [1, 0]);
    expect(results.dw.dims).toEqual([3, 2]);
    expect(Math.abs(Number(results.loss.data[0]) - expected.loss)).toBeLessThan(tolerance);
    expected.dw.forEach((slope, i) => {
      expect(Math.abs(Number(results.dw.data[i]) - slope)).toBeLessThan(tolerance);
    });
  });

  it("names any tensor as an output: an input, a constant, one tensor twice, one that others need", async () => {
    const x = input("x", "float64", [2]);
    const y = mul(x, 2);
    const bytes = serialise({
      inputs: [x],
      outputs: { same: x, c: constant([7], [1], "float64"), y, again: y, z: add(y, 1) },
    });
    const session = await InferenceSession.create(bytes);
    const results = await session.run({ x: new OnnxTensor("float64", Float64Array.of(1, 2), [2]) });
    expect(
      Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...(data as Float64Array)]])),
    ).toEqual({ same: [1, 2], c: [7], y: [2, 4], again: [2, 4], z: [3, 5] });
  });

  it("takes inputs that no output needs", async () => {
    const inputs = [input("x", "float32", [2]), input("unused", "float32", [1])];
    const session = await InferenceSession.create(serialise({ inputs, outputs: { y: sum(inputs[0]) } }));
    expect(session.inputNames).toEqual(["x", "unused"]);
  });

  it("writes the same bytes for the same model", () => {
    expect(serialise(network("float32"))).toEqual(serialise(network("float32")));
    expect(serialise(network("float32"))).not.toEqual(serialise(network("float64")));
  });

  it("stores a large row of zeros as one number", () => {
    const indices = constant([0], [1], "int64");
    const rows = scatterAdd(1_000_000, indices, constant(1, [1, 10]));
    expect(serialise({ inputs: [], outputs: { rows } }).length).toBeLessThan(2000);
  });

  it("refuses names that do not fit", () => {
    const x = input("x", "float32", [2]);
    const twin = input("x", "float32", [2]);
    const y = sigmoid(x);
    const refusal = (model: Model) => () => serialise(model);
    expect(refusal({ inputs: [], outputs: { y } })).toThrow(
      new ConfigError("serialise: the outputs need the input 'x', not declared"),
    );
    expect(refusal({ inputs: [twin], outputs: { y } })).toThrow("two different tensors are inputs named 'x'");
    expect(refusal({ inputs: [x], outputs: { y: sub(x, twin) } })).toThrow(
      "two different tensors are inputs named 'x'",
    );
    expect(refusal({ inputs: [x, twin], outputs: { y } })).toThrow("two inputs are named 'x'");
    expect(refusal({ inputs: [x], outputs: { x: y } })).toThrow("'x' names both an input and an output");
    expect(refusal({ inputs: [x], outputs: { "%1": y } })).toThrow("the name '%1' starts with %");
    expect(refusal({ inputs: [y], outputs: { z: y } })).toThrow("a declared input was made by sigmoid, not input");
  });
});
