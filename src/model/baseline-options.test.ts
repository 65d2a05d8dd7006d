import { describe, expect, it } from "vitest";
import { checkBaselineOptions } from "./baseline-options.ts";

describe("checkBaselineOptions", () => {
  it("takes what a method has", () => {
    checkBaselineOptions("fast-ica", { algorithm: "deflation", contrast: "cube", tolerance: 0, maxIterations: 9 });
    checkBaselineOptions("ivae", {
      depth: 2,
      activation: "xtanh",
      decoderVariance: 0.1,
      priorMean: "learned",
      anneal: true,
    });
    checkBaselineOptions("raw", {});
  });

  it.each([
    ["fast-ica", { contrast: "cub" }, 'fast-ica: contrast: expected one of "logcosh"'],
    ["ivae", { depth: 0 }, "ivae: depth: Too small"],
    ["nf-ivae", { anneal: true }, "nf-ivae has no option 'anneal'; there are depth, activation"],
    ["nf-ivae", { priorMean: "learned" }, "nf-ivae has no option 'priorMean'"],
    ["pca", { contrast: "cube" }, "pca has no option 'contrast'; it has none"],
  ])("refuses options of %s: %o", (method, options, message) => {
    expect(() => checkBaselineOptions(method, options)).toThrow(message);
  });
});
