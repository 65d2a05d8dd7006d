import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as api from "../src/index.ts";
import * as molecules from "../src/molecules.ts";

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
        "agreementOf",
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
        "colliderCauses",
        "consistency",
        "createRandom",
        "dci",
        "dciOfImportance",
        "decodeCheckpoint",
        "decodeModel",
        "encodeCheckpoint",
        "encodeModel",
        "errorsOver",
        "experiments",
        "findings",
        "fit",
        "fitBaseline",
        "fitInvariantPredictor",
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
        "parseSeedExperiment",
        "predict",
        "predictByIcarl",
        "predictFromLatents",
        "predictInvariantly",
        "randomHalves",
        "represent",
        "resampleTasks",
        "runCell",
        "runSeedCell",
        "scoreIndicators",
        "scoreLatents",
        "scoreOutOfSample",
        "scoreWithNullLine",
        "seedCases",
        "seedCells",
        "seedExperiments",
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

  it("has these names for molecules", () => {
    expect(Object.keys(molecules).sort()).toMatchInlineSnapshot(`
      [
        "NODE_FEATURES",
        "RecordError",
        "describeStructures",
        "drawMolecule",
        "fitAtomReferences",
        "joinGraphs",
        "moleculeData",
        "parseMolfile",
        "parseXyz",
        "referenceOf",
        "structureFromSmiles",
        "takeMolecules",
        "withoutReferences",
      ]
    `);
  });
});
