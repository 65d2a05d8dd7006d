import { referenceOf } from "../data/molecules/atom-references.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import { dot, type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import { quadraticForm } from "../mtlcm/quadratic-form.ts";
import { targetPosterior } from "../mtlcm/target-posterior.ts";
import { taskParameters } from "../mtlcm/task-parameters.ts";
import type { EncoderInput } from "../mtrn/architecture.ts";
import { headsOf } from "../mtrn/heads.ts";
import { encode, type Mtrn } from "../mtrn/mtrn.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import { normalQuantile } from "../stats/normal-quantile.ts";
import type { FittedModel } from "./fitted-model.ts";
import { regressors } from "./regressors.ts";
import { transform } from "./transform.ts";

/** Which targets to predict of latents, and from what. */
export interface LatentPredictOptions {
  /** Predict these tasks for every row; by default all tasks, in a model of wide data. */
  readonly tasks?: readonly string[] | undefined;
  /** Predict each row for its own task: one name a row. What a model of long data needs, unless `tasks` are named. */
  readonly rowTasks?: readonly string[] | undefined;
  /** From the causes of a target alone: what stays valid when the relation of its effects to it changes. */
  readonly causalOnly?: boolean | undefined;
  /** Probability that an interval holds the target, in (0, 1); .9. */
  readonly level?: number | undefined;
}

/** Which targets to predict, and how. */
export interface PredictOptions extends LatentPredictOptions, RuntimeOptions {
  /**
   * "posterior" (default): the posterior of the causal model given the latents. "heads": the regression network's own
   * prediction, from features of which the latents are a part.
   */
  readonly method?: "posterior" | "heads" | undefined;
}

/** Predictions in the units of the targets: one column for every task, or a single one for the rows' own tasks. */
export interface Predictions {
  /** The task of each column; null when every row was predicted for its own. */
  readonly taskNames: readonly string[] | null;
  /**
   * Rows × columns; NaN for a task with too few rows for its causes, and for a target that was fitted relative to its atoms
   * in a molecule with an element that no molecule of the fit had.
   */
  readonly mean: Matrix;
  /** Ends of the intervals. */
  readonly lower: Matrix;
  readonly upper: Matrix;
}

/** What predicts one task from the numbers of a row. */
interface Predictor {
  mean(x: Float64Array): number;
  variance(x: Float64Array): number;
}

/**
 * The targets of new rows, with intervals.
 *
 *     mean ± Φ⁻¹((1 + level)/2) · √variance
 *
 * "posterior" is that of the task's causal model in long data, and the regression on all latents in wide data
 * (`regressors`). Intervals are Gaussian. "posterior": their variance includes the estimation of means and slopes (`targetPosterior`).
 * "heads": it is that of new rows around the head, measured in training, and the same for every row.
 *
 * @param features the columns named by model.featureNames, in that order; or molecules, made graphs by model.molecules.
 * @throws ConfigError for a task that the model does not know, tasks missing in a model of long data, an option that is
 *   out of range, and a model without an encoder; ShapeError when the table has other columns than the model reads.
 */
export async function predict(
  model: FittedModel,
  features: EncoderInput,
  options: PredictOptions = {},
): Promise<Predictions> {
  const { method = "posterior", causalOnly = false, device, threads, ...rest } = options;
  const runtime = { ...(device && { device }), ...(threads && { threads }) };
  if (method === "posterior") {
    checkOptions(model, features.rows, options);
    const latents = await transform(model, features, runtime);
    return withReferences(model, features, predictFromLatents(model, latents, { ...rest, causalOnly }), options);
  }
  if (causalOnly) throw new ConfigError('causalOnly needs the method "posterior": heads do not know causes');
  if (model.mtrn === null) throw new ConfigError("this model was fitted to a given representation and has no heads");
  checkOptions(model, features.rows, options);
  const inputs = await encode(model.mtrn, features, runtime);
  return withReferences(model, features, predictRows(model, inputs, headPredictors(model.mtrn), options), options);
}

/**
 * `predict` from latents instead of features, by the causal model: for models that were fitted to a given representation.
 *
 * @param latents z, rows × d, as `transform` and `latentsOf` return them.
 * A target of molecules that was fitted relative to its atoms is predicted so: latents do not say what the atoms are.
 *
 * @throws ConfigError as `predict`; ShapeError when the rows have not d numbers.
 */
export function predictFromLatents(
  model: FittedModel,
  latents: Matrix,
  options: LatentPredictOptions = {},
): Predictions {
  const d = model.moments.dim;
  if (latents.cols !== d) throw new ShapeError(`predict: a model of ${d} latents, and rows of ${latents.cols}`);
  checkOptions(model, latents.rows, options);
  const adapted = new Map(model.adaptations.map((adaptation) => [adaptation.task, adaptation]));
  const posterior = (t: number): Predictor => {
    const { pCause, pEffect } = model.mtlcm;
    const causes = options.causalOnly ? rowView(pCause, t) : regressors(model, rowView(pEffect, t));
    const adaptation = adapted.get(model.taskNames[t] as string);
    const estimated = taskParameters(model.moments, t, causes, adaptation !== undefined);
    const parameters = { ...estimated, shownY: adaptation?.shownVariance ?? estimated.shownY };
    const known = targetPosterior(parameters, !options.causalOnly);
    const spread = adaptation?.roleSpread;
    if (spread === undefined || options.causalOnly) return known;
    const away = (z: Float64Array) => z.map((value, j) => value - (parameters.meanZ[j] as number));
    return { mean: (z) => known.mean(z), variance: (z) => known.variance(z) + quadraticForm(spread.data, away(z)) };
  };
  return predictRows(model, latents, posterior, options);
}

/** Adds what the atoms of each molecule add up to, to targets that were fitted relative to that. */
function withReferences(
  { atomReferences, taskNames }: FittedModel,
  features: EncoderInput,
  predictions: Predictions,
  { rowTasks }: PredictOptions,
): Predictions {
  if (atomReferences === undefined || !("atomStart" in features)) return predictions;
  const columns = predictions.taskNames ?? [...new Set(rowTasks)];
  const sums = new Map(columns.map((name) => [name, referenceOf(atomReferences, features, taskNames.indexOf(name))]));
  const shifted = ({ rows, cols, data }: Matrix) =>
    matrix(
      rows,
      cols,
      data.map((value, at) => {
        const [row, column] = [Math.floor(at / cols), at % cols];
        const name = (predictions.taskNames?.[column] ?? rowTasks?.[row]) as string;
        return value + ((sums.get(name) as Float64Array)[row] as number);
      }),
    );
  const { mean, lower, upper } = predictions;
  return { ...predictions, mean: shifted(mean), lower: shifted(lower), upper: shifted(upper) };
}

function headPredictors(mtrn: Mtrn): (task: number) => Predictor {
  const { slopes, intercepts } = headsOf(mtrn);
  return (t) => ({
    mean: (f) => (intercepts[t] as number) + dot(rowView(slopes, t), f),
    variance: () => mtrn.headVariance[t] as number,
  });
}

function predictRows(
  { taskNames }: FittedModel,
  inputs: Matrix,
  predictorOf: (task: number) => Predictor,
  { tasks = taskNames, rowTasks, level = 0.9 }: LatentPredictOptions,
): Predictions {
  const index = new Map(taskNames.map((name, t) => [name, t]));
  const predictors = new Map<string, Predictor>();
  for (const name of rowTasks ?? tasks) {
    if (!predictors.has(name)) predictors.set(name, predictorOf(index.get(name) as number));
  }
  const columns = rowTasks ? 1 : tasks.length;
  const halfWidth = normalQuantile((1 + level) / 2);
  const [mean, lower, upper] = [0, 1, 2].map(() => matrix(inputs.rows, columns)) as [Matrix, Matrix, Matrix];
  for (let i = 0; i < inputs.rows; i++) {
    const x = rowView(inputs, i);
    for (let c = 0; c < columns; c++) {
      const predictor = predictors.get((rowTasks ? rowTasks[i] : tasks[c]) as string) as Predictor;
      const at = i * columns + c;
      const centre = predictor.mean(x);
      const reach = halfWidth * Math.sqrt(predictor.variance(x));
      mean.data[at] = centre;
      lower.data[at] = centre - reach;
      upper.data[at] = centre + reach;
    }
  }
  return { taskNames: rowTasks ? null : tasks, mean, lower, upper };
}

function checkOptions(model: FittedModel, rows: number, { tasks, rowTasks, level = 0.9 }: LatentPredictOptions): void {
  if (!(level > 0 && level < 1)) throw new ConfigError(`level must be above 0 and below 1, got ${level}`);
  if (tasks && rowTasks) throw new ConfigError("give either tasks, for every row, or rowTasks, one for each row");
  if (!tasks && !rowTasks && model.layout === "long") {
    throw new ConfigError("a model of long data needs the task of each row, or the tasks to predict for every row");
  }
  if (rowTasks && rowTasks.length !== rows) {
    throw new ShapeError(`predict: ${rows} rows, but the tasks of ${rowTasks.length}`);
  }
  const known = new Set(model.taskNames);
  const unknown = (rowTasks ?? tasks ?? []).findIndex((name) => !known.has(name));
  if (unknown < 0) return;
  const where = rowTasks ? `row ${unknown + 1}: ` : "";
  throw new ConfigError(`${where}the model knows no task '${(rowTasks ?? tasks)?.[unknown]}'`);
}
