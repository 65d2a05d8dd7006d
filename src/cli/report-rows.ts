import { z } from "zod";
import { withoutReferences } from "../data/molecules/atom-references.ts";
import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import { takeMolecules } from "../data/molecules/take-molecules.ts";
import { type MultiTaskData, multiTaskData, takeRows } from "../data/multi-task-data.ts";
import { DataError, TaskprismError } from "../errors.ts";
import { type Matrix, takeRows as takeMatrixRows } from "../linalg/matrix.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import { predict, predictFromLatents } from "../model/predict.ts";
import { locate, type RunFolder, readConfig } from "../node/index.ts";
import { evenly } from "../report/charts/order.ts";
import type { RunRows } from "../report/report.ts";
import type { Targets } from "../stats/targets.ts";
import { loadData } from "./fit-data.ts";
import { planFromConfig } from "./fit-plan.ts";
import type { Progress } from "./progress.ts";
import { readUnmixInput } from "./unmix-input.ts";

/** Rows that charts of single rows are drawn from: more would change no density that an eye can see. */
const MOST_ROWS = 20_000;

/** Probability of the intervals whose residuals are drawn; any other would give the same standard deviations. */
const LEVEL = 0.9;

/** The rows that a run was fitted to, with their predictions; undefined where they are not there any more, with a note, or never were. */
export async function readRunRows(
  run: RunFolder,
  model: FittedModel,
  latents: Matrix,
  progress: Progress,
): Promise<RunRows | undefined> {
  try {
    return await (model.mtrn === null ? rowsOfUnmix(run, model, latents) : rowsOfFit(run, model, progress));
  } catch (error) {
    if (!(error instanceof TaskprismError)) throw error;
    progress.note(`note: charts of features and residuals are left out: ${error.message}`);
    return undefined;
  }
}

async function rowsOfFit(run: RunFolder, model: FittedModel, progress: Progress): Promise<RunRows> {
  const plan = planFromConfig(await readConfig(run), locate(run, "config"));
  // What was left out when the run was made has been said then.
  const { data, fingerprint } = await loadData(plan, run.path, { ...progress, note() {} });
  checkFingerprint(model, fingerprint);
  const at = sampled(data.features.rows);
  const sample = sampleOf(model, data, at);
  const { atomReferences: _, ...relative } = model;
  const rowTasks = rowTasksOf(sample.targets);
  const predictions = await predict(relative, sample.features, { method: "heads", level: LEVEL, rowTasks });
  return { data: sample, at, predictions, level: LEVEL, method: "heads" };
}

const fileName = z.string().optional();
const unmixFiles = z.object({
  representation: fileName,
  target: fileName,
  task: fileName,
  targets: fileName,
  moments: fileName,
});

/** Of stage 2 alone: the representation as the features, predictions by the causal model. Moments have no rows. */
async function rowsOfUnmix(run: RunFolder, model: FittedModel, latents: Matrix): Promise<RunRows | undefined> {
  const { data, fingerprint } = await readUnmixInput(unmixFiles.parse(await readConfig(run)));
  if (data === undefined) return undefined;
  checkFingerprint(model, fingerprint);
  const { rows, cols, data: values, columnNames } = data.representation;
  const all = multiTaskData({
    features: { rows, cols, data: Float32Array.from(values) },
    featureNames: columnNames ?? Array.from({ length: cols }, (_, j) => `h${j}`),
    targets: data.targets,
  });
  const at = sampled(rows);
  const sample = takeRows(all, at);
  const rowTasks = rowTasksOf(sample.targets);
  const predictions = predictFromLatents(model, takeMatrixRows(latents, at), { level: LEVEL, rowTasks });
  return { data: sample, at, predictions, level: LEVEL, method: "posterior" };
}

function checkFingerprint({ provenance }: FittedModel, fingerprint: string): void {
  if (fingerprint !== provenance.fingerprint) throw new DataError("the tables have changed since");
}

const sampled = (rows: number) => Int32Array.from(evenly([...Array(rows).keys()], MOST_ROWS));

const rowTasksOf = (targets: Targets) =>
  targets.layout === "long" ? Array.from(targets.task, (t) => targets.taskNames[t] as string) : undefined;

/** Some rows of the data, with the targets that the model was fitted to: relative to their atoms where that is so. */
function sampleOf({ atomReferences }: FittedModel, data: MultiTaskData | MoleculeData, at: Int32Array) {
  if (!("description" in data)) return takeRows(data, at);
  const sample = takeMolecules(data, at);
  if (!atomReferences) return sample;
  return { ...sample, targets: withoutReferences(sample.targets, atomReferences, sample.features) };
}
