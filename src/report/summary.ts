import type { FittedModel } from "../model/fitted-model.ts";
import { MAX_RESIDUAL_CORRELATION } from "../mtlcm/certificate.ts";
import { explainedByNetwork } from "./charts/target-fit.ts";

/** A name and its value, as text. */
export type Fact = readonly [name: string, value: string];

/** What a reader should know who reads nothing else. */
export function summarySentences(model: FittedModel): string[] {
  const { mtlcm, mtrn, featureNames, taskNames, layout, certificate, moments } = model;
  const d = mtlcm.explained.length;
  const read = model.molecules ? "molecules" : `${featureNames.length} columns`;
  const source = mtrn ? read : "a given representation";
  const explained = explainedByNetwork(model);
  return [
    `${d} latents behind ${taskNames.length} targets, found from ${source} and ${moments.pooled.count.toLocaleString("en")} rows of ${layout} data.`,
    certificate.verdict,
    certificate.predictedMcc === null
      ? `The certificate predicts no correlation with the truth; between halves of the rows the latents agree to ${certificate.splitHalfMcc.toFixed(4)}.`
      : `${layout === "wide" ? "When rows are drawn again the latents agree with themselves to" : `Expected correlation with the truth${mtrn ? ", as the encoder carries it" : ""} (predicted MCC):`} ${certificate.predictedMcc.toFixed(4)}; between halves of the rows they agree to ${certificate.splitHalfMcc.toFixed(4)}.`,
    ...(explained === undefined
      ? []
      : [
          `The network explains ${(100 * mean(explained)).toFixed(0)} % of the variance of a target of new rows, averaged over targets.`,
        ]),
    ...mtlcm.notes,
  ];
}

/** The numbers of the certificate. */
export function certificateFacts({ certificate, mtlcm, layout }: FittedModel): Fact[] {
  const { fitRatio, residualCorrelation, modelHolds, predictedMcc, splitHalfMcc } = certificate;
  const { starts, agreed, converged } = mtlcm.solver;
  return [
    ["Does the model hold?", holds(modelHolds)],
    ["Fit ratio (1 is expected; many rows make much of trifles)", fitRatio.toPrecision(3)],
    [`Residual correlation (below ${MAX_RESIDUAL_CORRELATION} the model holds)`, residualCorrelation.toPrecision(2)],
    [
      layout === "wide" ? "MCC with itself when rows are redrawn" : "Predicted MCC",
      predictedMcc?.toFixed(4) ?? "not stated",
    ],
    ["Split-half MCC", splitHalfMcc.toFixed(4)],
    ["Starting points that agreed", `${agreed} of ${starts}`],
    ["Solver converged", converged ? "yes" : "no"],
  ];
}

function holds(modelHolds: boolean | null): string {
  if (modelHolds === null) return "not tested: the encoder was refined for it";
  return modelHolds ? "yes" : "no";
}

/** Where models come from, their options last: a name and one value for each model. */
export function provenanceFacts(models: readonly FittedModel[]): string[][] {
  const columns = models.map((model) => new Map(originOf(model)));
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  return names.map((name) => [name, ...columns.map((column) => column.get(name) ?? "–")]);
}

function originOf({ provenance, mtrn }: FittedModel): Fact[] {
  const { version, seed, engine, device, fingerprint, configuration } = provenance;
  return [
    ["taskprism", version],
    ["seed", String(seed)],
    ["engine", engine === null ? "none: stage 2 only" : `${engine} on ${device}`],
    ["data (SHA-256)", `${fingerprint.slice(0, 16)}…`],
    ...(mtrn === null ? [] : [["encoder", encoderOf(mtrn.architecture)] satisfies Fact]),
    ...Object.entries(configuration)
      .filter(([name, value]) => value !== undefined && value !== null && !STATED.has(name))
      .map(([name, value]): Fact => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]),
  ];
}

const encoderOf = ({ inputDim, hidden, featureDim }: NonNullable<FittedModel["mtrn"]>["architecture"]) =>
  [inputDim, ...hidden, featureDim].join("–");

/** Options that stand among the facts already. */
const STATED = new Set(["seed", "fingerprint"]);

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
