import { MIN_OBSERVED } from "../data/multi-task-data.ts";
import { ConfigError, DataError, ShapeError } from "../errors.ts";
import { identity, type Matrix, matrix, multiplyVector, rowView, takeRows, transpose } from "../linalg/matrix.ts";
import { type IndicatorOptions, indicatorsOf } from "../mtlcm/indicators.ts";
import type { MtlcmFit } from "../mtlcm/mtlcm.ts";
import { regulariseTask, type ShrinkageStrength } from "../mtlcm/regularise-task.ts";
import { roleSpread } from "../mtlcm/role-spread.ts";
import { type TargetPosterior, targetPosterior } from "../mtlcm/target-posterior.ts";
import { taskParameters } from "../mtlcm/task-parameters.ts";
import { taskPrior } from "../mtlcm/task-prior.ts";
import type { Mtrn } from "../mtrn/mtrn.ts";
import { HEADS } from "../mtrn/objective.ts";
import { type Moments, momentsOf } from "../stats/moments.ts";
import { joinNumbers, joinRows, joinTasks } from "../stats/moments-join.ts";
import { takeTasks } from "../stats/moments-tasks.ts";
import type { FittedModel } from "./fitted-model.ts";
import { regressors } from "./regressors.ts";

/** How a task came to a model that was fitted without it. */
export interface Adaptation {
  readonly task: string;
  /** Rows with a target. */
  readonly rows: number;
  /** How strongly its estimates lean on the known tasks. */
  readonly strength: ShrinkageStrength;
  /**
   * K, d × d: what not knowing which latents are causes adds to the variance of y, as a quadratic form of z − z̄ (`roleSpread`).
   * Absent in files of earlier versions.
   */
  readonly roleSpread?: Matrix;
  /** Variance of y over the rows themselves, where its own is partly that of the known tasks. Absent in files of earlier versions. */
  readonly shownVariance?: number;
}

/**
 * The model with one more task, learned from a few rows: causes, effects and weights with standard errors, in closed
 * form. Encoder, unmixing, certificate and all other tasks stay as they are.
 *
 * Which latents are causes is decided as in the fit, with the prior that all tasks share. The task's slopes and variances
 * are shrunk towards the known tasks by as much as these differ among themselves (empirical Bayes, `regulariseTask`);
 * the result says by how much. With many rows it is what a fit with that task would have said of it, given the latents.
 *
 * The task gets a head in the regression network as well: the posterior mean, written in terms of the features.
 *
 * @param latents z of the labelled rows, as `transform` and `latentsOf` return them, rows × d.
 * @param target y of the same rows; NaN leaves a row out.
 * @param taskName a name that no task of the model has.
 * @throws ConfigError for a name that is taken; DataError for fewer than 3 targets, constant ones and infinite ones;
 *   ShapeError when latents, targets and model do not fit together.
 */
export function adapt(model: FittedModel, latents: Matrix, target: ArrayLike<number>, taskName: string): FittedModel {
  const { mtlcm, mtrn, moments: known } = model;
  if (model.taskNames.includes(taskName)) throw new ConfigError(`the model has a task '${taskName}' already`);
  const own = ownMoments(known.dim, latents, target, taskName);
  const indicators = indicatorsWith(model, own);
  const causes = regressors(model, indicators.pEffect);
  const prior = taskPrior(fittedTasks(model), regressorTable(model));
  const task = regulariseTask(own, causes, prior);
  const shownVariance = own.varY[0] as number;
  const posterior = targetPosterior({ ...taskParameters(task.moments, 0, causes, true), shownY: shownVariance }, true);
  const rows = own.count[0] as number;
  return {
    ...model,
    taskNames: [...model.taskNames, taskName],
    mtrn: mtrn && withHead(mtrn, model, task.moments, posterior),
    mtlcm: withTask(mtlcm, task.moments, indicators),
    moments: joinTasks(known, task.moments),
    adaptations: [
      ...model.adaptations,
      { task: taskName, rows, strength: task.strength, roleSpread: roleSpread(own, causes, prior), shownVariance },
    ],
  };
}

function ownMoments(dim: number, latents: Matrix, target: ArrayLike<number>, column: string): Moments {
  if (latents.cols !== dim) throw new ShapeError(`adapt: a model of ${dim} latents, and rows of ${latents.cols}`);
  if (latents.rows !== target.length) {
    throw new ShapeError(`adapt: ${latents.rows} rows of latents, but ${target.length} targets`);
  }
  const observed = Array.from(target, (_, row) => row).filter((row) => !Number.isNaN(target[row]));
  const y = Float64Array.from(observed, (row) => target[row] as number);
  const infinite = y.findIndex((value) => !Number.isFinite(value));
  if (infinite >= 0) throw new DataError("the target is infinite", { row: (observed[infinite] as number) + 1, column });
  if (y.length < MIN_OBSERVED) {
    throw new DataError(`this task has ${y.length} observed targets; at least ${MIN_OBSERVED} are needed`, { column });
  }
  if (y.every((value) => value === y[0])) {
    throw new DataError(`the target is ${y[0]} in every row; a constant says nothing about latents`, { column });
  }
  const one = { layout: "long", values: y, task: new Int32Array(y.length), taskNames: [column] } as const;
  return momentsOf(takeRows(latents, observed), one);
}

/** What each latent is to the new task, from its own moments and what the fitted tasks have in common. */
function indicatorsWith(model: FittedModel, own: Moments): NewIndicators {
  const { sigmaS = 0.1, indicators = model.layout === "long" ? "combined" : "variance-rule" } = model.provenance
    .configuration as Partial<IndicatorOptions>;
  const all = joinTasks(fittedTasks(model), own);
  const { pCause, pEffect } = indicatorsOf(all, identity(all.dim), { sigmaS, intercept: true, indicators });
  const last = pCause.rows - 1;
  return { pCause: rowView(pCause, last).slice(), pEffect: rowView(pEffect, last).slice() };
}

/** Probabilities of one task, d each. */
interface NewIndicators {
  readonly pCause: Float64Array;
  readonly pEffect: Float64Array;
}

/** Moments of the tasks that the model was fitted to. */
function fittedTasks({ moments, taskNames, adaptations }: FittedModel): Moments {
  return takeTasks(
    moments,
    Array.from({ length: taskNames.length - adaptations.length }, (_, t) => t),
  );
}

/** What counts as a cause in every task, T × d. */
function regressorTable(model: FittedModel): Matrix {
  const { rows, cols, data } = model.mtlcm.pEffect;
  return matrix(rows, cols, regressors(model, data));
}

function withTask(mtlcm: MtlcmFit, moments: Moments, { pCause, pEffect }: NewIndicators): MtlcmFit {
  const d = moments.dim;
  const row = (numbers: Float64Array) => matrix(1, d, numbers);
  const own = indicatorsOf(moments, identity(d), { sigmaS: 0.1, intercept: true, indicators: "variance-rule" });
  const { causes, weights, precision, unexplained, rows } = taskParameters(moments, 0, pCause, true);
  const [weight, weightSe] = [new Float64Array(d), new Float64Array(d)];
  causes.forEach((j, c) => {
    weight[j] = weights[c] as number;
    weightSe[j] = Math.sqrt((unexplained / rows) * (precision.data[c * causes.length + c] as number));
  });
  return {
    ...mtlcm,
    residualVariance: joinRows(mtlcm.residualVariance, own.residualVariance),
    pCause: joinRows(mtlcm.pCause, row(pCause)),
    pEffect: joinRows(mtlcm.pEffect, row(pEffect)),
    effect: joinRows(mtlcm.effect, own.effect),
    effectSe: joinRows(mtlcm.effectSe, own.effectSe),
    weight: joinRows(mtlcm.weight, row(weight)),
    weightSe: joinRows(mtlcm.weightSe, row(weightSe)),
    shrinkage: joinNumbers(mtlcm.shrinkage, [0]),
  };
}

/** ȳ + β'(z − z̄) with z = B (P (f − m) − μ), as a head of the standardised target on the features f. */
function withHead(mtrn: Mtrn, { mtlcm }: FittedModel, moments: Moments, posterior: TargetPosterior): Mtrn {
  const { mean: m, map } = mtrn.projection;
  const [level, scale] = [moments.meanY[0] as number, Math.sqrt(moments.varY[0] as number)];
  const onRepresentation = multiplyVector(transpose(mtlcm.unmixing), posterior.slopes);
  const onFeatures = multiplyVector(transpose(map), onRepresentation);
  const atMean = posterior.mean(
    multiplyVector(
      mtlcm.unmixing,
      mtlcm.mean.map((value) => -value),
    ),
  );
  const intercept = atMean - onFeatures.reduce((sum, slope, k) => sum + slope * (m[k] as number), 0);
  const weight = mtrn.weights[`${HEADS}.weight`] as Float32Array;
  const bias = mtrn.weights[`${HEADS}.bias`] as Float32Array;
  return {
    ...mtrn,
    targetScaling: {
      mean: joinNumbers(mtrn.targetScaling.mean, [level]),
      scale: joinNumbers(mtrn.targetScaling.scale, [scale]),
    },
    weights: {
      ...mtrn.weights,
      [`${HEADS}.weight`]: Float32Array.from([...weight, ...onFeatures.map((slope) => slope / scale)]),
      [`${HEADS}.bias`]: Float32Array.from([...bias, (intercept - level) / scale]),
    },
    headVariance: joinNumbers(mtrn.headVariance, [posterior.variance(moments.meanH.data)]),
  };
}
