import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { type Matrix, takeRows } from "../linalg/matrix.ts";
import { type FittedModel, latentNames } from "../model/fitted-model.ts";
import type { Predictions } from "../model/predict.ts";
import type { Chart } from "./chart.ts";
import { matchedLatents, runAgreement } from "./charts/agreement.ts";
import { causeProbabilities, targetCorrelations, unrelatedProbabilities } from "./charts/causes-and-effects.ts";
import { latentCertainty, latentLeakage, pairSeparation } from "./charts/certificate.ts";
import { correlationMatrix, type NamedLatents } from "./charts/correlation-matrix.ts";
import { doubles, featureRelations } from "./charts/feature-relations.ts";
import { latentImportance } from "./charts/latent-importance.ts";
import { type LoggedStep, solverDescent, trainingLoss } from "./charts/loss-curves.ts";
import { MOST_STRIPS, moleculeStrip } from "./charts/molecule-strip.ts";
import { intervalCalibration, residualDensity, standardisedResiduals } from "./charts/prediction-quality.ts";
import { targetFit } from "./charts/target-fit.ts";
import { certificateFacts, provenanceFacts, summarySentences } from "./summary.ts";

/** A run as a report reads it. */
export interface ReportedRun {
  readonly name: string;
  readonly model: FittedModel;
  /** rows × d; read for the comparison with other runs or the truth only. */
  readonly latents: Matrix;
  readonly steps: readonly LoggedStep[];
  /** One a row where rows are molecules. */
  readonly smiles?: readonly string[] | undefined;
  /** The rows that the run was fitted to, and what it predicts of them; absent where they cannot be read any more. */
  readonly rows?: RunRows | undefined;
}

/** Rows of a run, all or a sample, with their predictions. */
export interface RunRows {
  readonly data: MultiTaskData | MoleculeData;
  /** Which rows of the run these are. */
  readonly at: Int32Array;
  readonly predictions: Predictions;
  /** Probability of the predictions' intervals. */
  readonly level: number;
  /** "posterior": the causal model's, of a run that began with a given representation, which then stands for the features. */
  readonly method: "heads" | "posterior";
}

/** A report as data: what it says, in order. */
export interface Report {
  readonly title: string;
  readonly summary: readonly string[];
  readonly sections: readonly ReportSection[];
}

export interface ReportSection {
  /** Names the section in links: kebab-case, unique. */
  readonly id: string;
  readonly title: string;
  /** Sentences before the charts. */
  readonly text: readonly string[];
  readonly charts: readonly Chart[];
  /** Names and values after the charts: one value, or one for each of `runNames`. */
  readonly facts: readonly (readonly string[])[];
  readonly runNames?: readonly string[];
}

/**
 * What there is to say about runs: the first in full, and how the others agree with it.
 *
 * @param runs one or more; with several, all have the same rows and the same number of latents.
 * @param truth the true latents of the rows of the first run, where they are known.
 */
export async function reportOf(runs: readonly [ReportedRun, ...ReportedRun[]], truth?: NamedLatents): Promise<Report> {
  const [run] = runs;
  const several = runs.length > 1;
  return {
    title: several ? `${runs.length} runs: ${runs.map(({ name }) => name).join(", ")}` : `Run ${run.name}`,
    summary: summarySentences(run.model),
    sections: [
      ...(several ? [agreementSection(runs)] : []),
      ...(truth === undefined ? [] : [recoverySection(run, truth)]),
      await latentSection(run),
      targetSection(run),
      certificateSection(run),
      trainingSection(run),
      provenanceSection(runs),
    ].filter(({ charts, facts }) => charts.length + facts.length > 0),
  };
}

function agreementSection(runs: readonly ReportedRun[]): ReportSection {
  const [first, second] = runs as readonly [ReportedRun, ReportedRun];
  return {
    id: "agreement",
    title: "Agreement of the runs",
    text: runs.length > 2 ? [`Latents side by side are those of ${first.name} and ${second.name}.`] : [],
    charts: [runAgreement(runs), matchedLatents(first, second)],
    facts: [],
  };
}

function recoverySection({ model, latents, rows }: ReportedRun, truth: NamedLatents): ReportSection {
  const found = { title: "latents", values: latents, names: latentNames(latents.cols) };
  const raw = rows &&
    !isMolecules(rows.data) && { title: "columns", values: doubles(rows.data.features), names: rows.data.featureNames };
  const recovery = correlationMatrix(found, truth);
  const nullLine = raw && {
    ...correlationMatrix(raw, { ...truth, values: takeRows(truth.values, (rows as RunRows).at) }),
    id: "null-line",
  };
  return {
    id: "recovery",
    title: "Recovery of the truth",
    text: [
      `MCC predicted without the truth: ${model.certificate.predictedMcc?.toFixed(4) ?? "nothing, as the model does not hold or is not tested, or latents are not told apart"}.`,
      ...(nullLine ? [] : [`The null line is left out: ${withoutColumns(model)}.`]),
    ],
    charts: [
      recovery,
      ...(nullLine
        ? [
            {
              ...nullLine,
              title: `The null line: ${model.mtrn ? "the columns themselves, without any learning" : "the representation as it was given"}`,
            },
          ]
        : []),
    ],
    facts: [],
  };
}

/** Why there are no columns to hold against the truth. */
function withoutColumns({ molecules }: FittedModel): string {
  return molecules ? "molecules have no columns" : "the rows of the run could not be read";
}

async function latentSection({ model, latents, rows, smiles }: ReportedRun): Promise<ReportSection> {
  const strips = smiles === undefined ? 0 : Math.min(latents.cols, MOST_STRIPS);
  const left = smiles === undefined ? 0 : latents.cols - strips;
  const molecules: Chart[] = [];
  for (let j = 0; j < strips; j++) molecules.push(await moleculeStrip(model, latents, smiles as readonly string[], j));
  return {
    id: "latents",
    title: "The latents",
    text:
      left > 0
        ? [`Molecules are drawn along the ${strips} latents that explain most, not along the other ${left}.`]
        : [],
    charts: [
      latentImportance(model),
      ...(rows && !isMolecules(rows.data)
        ? [featureRelations(rows.data, takeRows(latents, rows.at), model.mtrn ? "the table" : "the representation")]
        : []),
      ...molecules,
    ],
    facts: [],
  };
}

function targetSection({ model, rows }: ReportedRun): ReportSection {
  const residuals = rows && standardisedResiduals(rows.predictions, rows.level, rows.data.targets, model.moments);
  return {
    id: "targets",
    title: "The targets",
    text: [],
    charts: defined([
      targetCorrelations(model),
      causeProbabilities(model),
      unrelatedProbabilities(model),
      targetFit(model),
      residuals && residualDensity(residuals, rows.method),
      residuals && intervalCalibration(residuals),
    ]),
    facts: [],
  };
}

function certificateSection({ model }: ReportedRun): ReportSection {
  return {
    id: "certificate",
    title: "The certificate",
    text: [model.certificate.verdict],
    charts: defined([
      latentCertainty(model),
      latentLeakage(model),
      pairSeparation(model.certificate, model.mtlcm.explained.length),
    ]),
    facts: certificateFacts(model),
  };
}

function trainingSection({ steps }: ReportedRun): ReportSection {
  const charts = defined([trainingLoss(steps), solverDescent(steps)]);
  return { id: "training", title: "How the fit went", text: [], charts, facts: [] };
}

function provenanceSection(runs: readonly ReportedRun[]): ReportSection {
  const facts = provenanceFacts(runs.map(({ model }) => model));
  const runNames = runs.map(({ name }) => name);
  const several = runs.length > 1 && { runNames };
  return { id: "provenance", title: "Where this comes from", text: [], charts: [], facts, ...several };
}

const isMolecules = (data: MultiTaskData | MoleculeData): data is MoleculeData => "description" in data;

const defined = <T>(list: readonly (T | undefined)[]): T[] => list.filter((item) => item !== undefined);
