import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as api from "../src/index.ts";

describe("the public API", () => {
  it("consists of these names, so that none comes or goes unnoticed", () => {
    expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
      [
        "ConfigError",
        "DataError",
        "DomainError",
        "ShapeError",
        "SingularMatrixError",
        "TaskprismError",
        "VERSION",
        "adapt",
        "assuranceOf",
        "baselineNamed",
        "baselines",
        "bootstrapInput",
        "bootstrapReplicate",
        "canonicalCorrelation",
        "canonicalCorrelationOutOfSample",
        "cellsOf",
        "certify",
        "chooseLatentDim",
        "consistency",
        "createRandom",
        "dci",
        "dciOfImportance",
        "decodeCheckpoint",
        "decodeModel",
        "encodeCheckpoint",
        "encodeModel",
        "experiments",
        "findings",
        "fit",
        "fitBaseline",
        "fitMtlcm",
        "fitMtlcmSteps",
        "fitMtrn",
        "fitSteps",
        "groupMoments",
        "latentNames",
        "latentsOf",
        "linearData",
        "markdownTable",
        "matrix",
        "matrixFromRows",
        "mergeMoments",
        "momentsOf",
        "multiTaskData",
        "nonlinearData",
        "parseExperiment",
        "predict",
        "predictFromLatents",
        "randomHalves",
        "represent",
        "resampleTasks",
        "runCell",
        "scoreIndicators",
        "scoreLatents",
        "scoreOutOfSample",
        "scoreWithNullLine",
        "segmentData",
        "splitRows",
        "strongMcc",
        "strongMccOutOfSample",
        "strongMccPerTask",
        "summariseBootstrap",
        "tableColumns",
        "tableRows",
        "takeRows",
        "transform",
        "unmix",
        "unmixMomentsSteps",
        "unmixSteps",
        "withIntervals",
      ]
    `);
  });

  it("knows the version of its package", () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(api.VERSION).toBe(version);
  });
});
