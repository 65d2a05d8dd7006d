import { type BaselineData, fitBaseline } from "../../baselines/baseline.ts";
import { baselineNamed } from "../../baselines/baselines.ts";
import { fitAtomReferences, referenceOf } from "../../data/molecules/atom-references.ts";
import type { MoleculeData } from "../../data/molecules/molecule-data.ts";
import { takeMolecules } from "../../data/molecules/take-molecules.ts";
import { type MultiTaskData, takeRows } from "../../data/multi-task-data.ts";
import { splitRows } from "../../data/split-rows.ts";
import { ConfigError } from "../../errors.ts";
import { type Matrix, matrix, takeColumns } from "../../linalg/matrix.ts";
import { fit as fitBothStages } from "../../model/fit.ts";
import { predict } from "../../model/predict.ts";
import { latentsOf, unmix } from "../../model/unmix.ts";
import { encode, represent } from "../../mtrn/mtrn.ts";
import { createRandom } from "../../stats/random.ts";
import type { WideTargets } from "../../stats/targets.ts";
import type { SeedCell } from "./cells.ts";
import { trainsOnTables } from "./config.ts";

/** What one training found, on the rows that it has not seen. */
export interface SeedCellResult {
  readonly id: string;
  readonly rows: { readonly train: number; readonly test: number };
  /** Latents of the test rows: one entry for every d and method, by its label. */
  readonly found: readonly SeedLatents[];
  /** Mean absolute error of every target on the test rows, T, in the units of the targets. */
  readonly error: TargetErrors;
  readonly heldOutLoss: number | null;
  readonly epochs: number;
  /** By the clock, which depends on what else the machine does. */
  readonly seconds: { readonly training: number; readonly total: number };
}

/** What one method found with one d. */
export interface SeedLatents {
  readonly latentDim: number;
  readonly method: string;
  readonly latents: Matrix;
  /** Of the method alone, by the clock; null where it is a part of the training. */
  readonly seconds: number | null;
}

/** Of the network's heads, of the mean of the training rows, and of the counts of the elements where rows are molecules. */
export interface TargetErrors {
  readonly heads: Float64Array;
  readonly mean: Float64Array;
  readonly composition: Float64Array | null;
}

/**
 * Trains on the training rows, finds latents by every method and for every d, and applies all of it to the test rows.
 * @param data the same for all cells; wide targets
 */
export async function runSeedCell(cell: SeedCell, data: MultiTaskData | MoleculeData): Promise<SeedCellResult> {
  const { id, seed, latentDims, methods, training, updates, testShare, splitSeed } = cell;
  const started = performance.now();
  const split = splitRows(data.targets, testShare, createRandom(splitSeed).split("test"));
  const [train, test] = [take(data, split.train), take(data, split.heldOut)];
  const latentDim = Math.max(...latentDims);
  const runtime = { threads: 1 };
  const fitted = await fitBothStages(train, { ...training, latentDim, seed, ...runtime });
  const trained = (performance.now() - started) / 1000;
  const { model, representation, targets } = fitted;
  if (model.mtrn === null) throw new Error("a fit has a network");
  const [features, testFeatures] = [
    await encode(model.mtrn, train.features, runtime),
    await encode(model.mtrn, test.features, runtime),
  ];
  const testRepresentation = await represent(model.mtrn, test.features, runtime);

  const found: SeedLatents[] = [];
  for (const d of latentDims) {
    const leading = [...new Array(d).keys()];
    const h = { fit: takeColumns(representation, leading), test: takeColumns(testRepresentation, leading) };
    for (const { method, label, options } of methods) {
      const random = createRandom(seed).split(method).split(d);
      const began = performance.now();
      const add = (latents: Matrix, timed = true) =>
        found.push({
          latentDim: d,
          method: label,
          latents,
          seconds: timed ? (performance.now() - began) / 1000 : null,
        });
      if (method === "mtlcm") {
        const { mtlcm } = d === latentDim ? model : unmix(h.fit, targets, {}, random);
        add(latentsOf(mtlcm, h.test), d !== latentDim);
        continue;
      }
      const baseline = baselineNamed(method);
      const own = { ...options, latentDim: d };
      if (trainsOnTables(method)) {
        const how = { steps: updates, ...own, ...runtime };
        const { model: fittedModel } = await fitBaseline(baseline, tableOf(train), how, random);
        add(await baseline.transform(fittedModel, tableOf(test), runtime));
        continue;
      }
      const inputs = method === "pca" ? { fit: features, test: testFeatures } : h;
      const { model: fittedModel } = await fitBaseline(baseline, { inputs: inputs.fit, targets }, own, random);
      add(await baseline.transform(fittedModel, { inputs: inputs.test }));
    }
  }
  const { mean: predicted } = await predict(model, test.features, { method: "heads", ...runtime });
  return {
    id,
    rows: { train: split.train.length, test: split.heldOut.length },
    found,
    error: errorsOf(predicted, train, test),
    heldOutLoss: fitted.training.heldOutLoss,
    epochs: fitted.training.settings.epochs,
    seconds: { training: trained, total: (performance.now() - started) / 1000 },
  };
}

function take<T extends MultiTaskData | MoleculeData>(data: T, rows: Int32Array): T {
  return (isMolecules(data) ? takeMolecules(data, rows) : takeRows(data as MultiTaskData, rows)) as T;
}

/** What methods with networks of their own read: the table as it is. */
function tableOf(data: MultiTaskData | MoleculeData): BaselineData {
  if (isMolecules(data))
    throw new ConfigError("methods with networks of their own read tables of numbers, not molecules");
  return { inputs: (data as MultiTaskData).features, targets: data.targets };
}

const isMolecules = (data: MultiTaskData | MoleculeData): data is MoleculeData => "description" in data;

function errorsOf(
  predicted: Matrix,
  train: MultiTaskData | MoleculeData,
  test: MultiTaskData | MoleculeData,
): TargetErrors {
  const { values, taskNames } = test.targets as WideTargets;
  const means = columnMeans((train.targets as WideTargets).values);
  const references =
    isMolecules(train) && isMolecules(test) ? fitAtomReferences(train.features, train.targets, "all") : null;
  const sums = references && taskNames.map((_, t) => referenceOf(references, (test as MoleculeData).features, t));
  return {
    heads: meanAbsoluteErrors(values, (i, t) => predicted.data[i * values.cols + t] as number),
    mean: meanAbsoluteErrors(values, (_, t) => means[t] as number),
    composition: sums && meanAbsoluteErrors(values, (i, t) => sums[t]?.[i] as number),
  };
}

/** Over observed targets whose prediction is a number. */
function meanAbsoluteErrors(values: Matrix, prediction: (row: number, task: number) => number): Float64Array {
  const errors = matrix(values.rows, values.cols);
  for (let at = 0; at < values.data.length; at++) {
    const [row, task] = [Math.floor(at / values.cols), at % values.cols];
    errors.data[at] = Math.abs((values.data[at] as number) - prediction(row, task));
  }
  return columnMeans(errors);
}

/** Means of the numbers in each column, NaN left out. */
function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const sum = new Float64Array(cols);
  const count = new Float64Array(cols);
  for (let at = 0; at < rows * cols; at++) {
    const value = data[at] as number;
    if (Number.isNaN(value)) continue;
    sum[at % cols] = (sum[at % cols] as number) + value;
    count[at % cols] = (count[at % cols] as number) + 1;
  }
  return sum.map((total, t) => total / (count[t] as number));
}
