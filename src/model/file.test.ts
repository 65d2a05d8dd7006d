import { beforeAll, describe, expect, it } from "vitest";
import { nonlinearData } from "../data/synthetic/nonlinear.ts";
import { strongMcc } from "../metrics/mcc.ts";
import { createRandom } from "../stats/random.ts";
import { decodeCheckpoint, decodeModel, encodeCheckpoint, encodeModel } from "./file.ts";
import { type Fit, fitSteps, fit as fitTo } from "./fit.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { transform } from "./transform.ts";

const sizes = { latentDim: 2, causalPerTask: 1, tasks: 20, rowsPerTask: 40, inputDim: 6 };
const { data } = nonlinearData(sizes, createRandom(1));
const options = { latentDim: 2, hidden: [16], epochs: 5, seed: 3, fingerprint: "abc" };

let fitted: Fit;
let bytes: Uint8Array;
beforeAll(async () => {
  fitted = await fitTo(data, options);
  bytes = encodeModel(fitted.model);
});

describe("encodeModel and decodeModel", () => {
  it("give back the model, to the last bit", () => {
    expect(decodeModel(bytes)).toEqual(fitted.model);
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
  });

  it("give a model that transforms as the fitted one did", async () => {
    const latents = await transform(decodeModel(bytes), data.features);
    expect(strongMcc(latents, fitted.latents, "pearson").score).toBeCloseTo(1, 12);
    latents.data.forEach((value, at) => {
      expect(value).toBe(fitted.latents.data[at]);
    });
  });

  it("record where the result comes from", () => {
    const { provenance } = decodeModel(bytes);
    expect(provenance).toMatchObject({ seed: 3, fingerprint: "abc", device: "cpu" });
    expect(provenance.engine).toMatch(/^onnxruntime-node \d/);
    expect(provenance.configuration).toMatchObject({ latentDim: 2, epochs: 5, hidden: [16], learningRate: 3e-3 });
  });

  it.each([
    ["cut short", () => bytes.slice(0, bytes.length - 9)],
    ["cut in the header", () => bytes.slice(0, 40)],
    ["empty", () => new Uint8Array()],
    ["something else", () => new TextEncoder().encode("this is not a model, but it is long enough for a header")],
  ])("refuse bytes that are %s, naming the file", (_, damaged) => {
    expect(() => decodeModel(damaged(), "m.safetensors")).toThrow(/^m\.safetensors: /);
  });

  it("refuse a safetensors file of somebody else, and a checkpoint", () => {
    const foreign = encodeSafetensors({ tensors: {}, metadata: { format: "pt" } });
    expect(() => decodeModel(foreign, "m")).toThrow("m: not a taskprism model");
    const state = { step: 0, weights: {}, moments: {}, best: null };
    const checkpoint = encodeCheckpoint({ state, seed: 0, fingerprint: "" });
    expect(() => decodeModel(checkpoint, "m")).toThrow(/not a taskprism model/);
  });

  it("refuse a model of a later format", () => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const later = encodeSafetensors({ tensors, metadata: { ...metadata, version: "2" } });
    expect(() => decodeModel(later, "m")).toThrow(/m: a taskprism model of version 2.*update taskprism/);
  });

  it("name the array that does not fit the others", () => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const wrong = { ...tensors, "mtlcm.pCause": { dtype: "F64", shape: [20, 1], data: new Float64Array(20) } } as const;
    expect(() => decodeModel(encodeSafetensors({ tensors: wrong, metadata }), "m")).toThrow(
      "m: 'mtlcm.pCause' is 20 × 1 where 20 × 2 is expected",
    );
    const { "mtrn.weights.heads.bias": _, ...missing } = tensors;
    expect(() => decodeModel(encodeSafetensors({ tensors: missing, metadata }), "m")).toThrow(
      "m: the tensor 'mtrn.weights.heads.bias' is missing",
    );
  });
});

describe("a checkpoint", () => {
  it("resumes to the very model that an undisturbed fit ends at", async () => {
    const steps = fitSteps(data, options);
    for await (const step of steps) {
      if (step.stage !== "train" || step.step < 4) continue;
      const { state } = decodeCheckpoint(encodeCheckpoint({ state: step.state(), seed: 3, fingerprint: "abc" }));
      await steps.return(undefined as never);
      const rest = fitSteps(data, options, state);
      let next = await rest.next();
      while (!next.done) next = await rest.next();
      expect(next.value.model).toEqual(fitted.model);
      break;
    }
  });
});
