import { type Matrix, matrix } from "../linalg/matrix.ts";
import { trigamma } from "../stats/polygamma.ts";
import type { TaskMoments } from "./causal-structure.ts";
import { biasOfLog, logDensityOfLog, logNormaliser, priorOfLogs, type VariancePrior } from "./variance-prior.ts";

/** How large every latent is in every task: v_tj as a cause, r_tj given y as an effect. */
export interface LatentVariances {
  /** v_tj = var z_j, unbiased, T × d. */
  readonly total: Matrix;
  /** r_tj = var(z_j | y), unbiased, T × d. */
  readonly residual: Matrix;
  /** The unbiased logs of both. */
  readonly totalLogs: LogVariances;
  readonly residualLogs: LogVariances;
  /** Degrees of freedom of v_tj and of r_tj, T. */
  readonly totalDegrees: Float64Array;
  readonly residualDegrees: Float64Array;
}

/**
 * What tasks have in common about the variances of latents. Latents differ by a factor each; beside it the variances of
 * causes, and those of effects given y, scatter around a value of their own.
 */
export interface LatentScale {
  /** log of each latent's factor, d. */
  readonly offset: Float64Array;
  /** Of v_tj, among causes. */
  readonly cause: VariancePrior;
  /** Of r_tj, among effects. */
  readonly effect: VariancePrior;
}

/**
 * The variances of the latents of all tasks.
 *
 * @param tasks Moments in latent coordinates, T.
 * @param fitted 2 when h and y were centred within the task, else 1.
 */
export function latentVariances(tasks: readonly TaskMoments[], fitted: 1 | 2): LatentVariances {
  const d = tasks[0].s.length;
  const total = matrix(tasks.length, d);
  const residual = matrix(tasks.length, d);
  const totalDegrees = Float64Array.from(tasks, ({ rows }) => rows - fitted + 1);
  const residualDegrees = Float64Array.from(tasks, ({ rows }) => rows - fitted);
  tasks.forEach(({ S, s, q, rows }, t) => {
    for (let j = 0; j < d; j++) {
      const v = S.data[j * d + j];
      total.data[t * d + j] = (v * rows) / totalDegrees[t];
      residual.data[t * d + j] = ((v - s[j] ** 2 / q) * rows) / residualDegrees[t];
    }
  });
  return {
    total,
    residual,
    totalLogs: logVariances(total, totalDegrees),
    residualLogs: logVariances(residual, residualDegrees),
    totalDegrees,
    residualDegrees,
  };
}

/**
 * Whether the sizes of latents tell causes from effects: whether the variances of effects scatter less over the tasks
 * when y is given, as they do when what y leaves of them is the same in all tasks. Those of latents that were standardised
 * within every task, or whose units change with the task, do not.
 *
 * @param pCause P(c_tj = 1) by anything but size, T × d.
 */
export function sizeTells(variances: LatentVariances, pCause: Matrix): boolean {
  const effects = pCause.data.map((p) => 1 - p);
  const scatter = (logs: LogVariances) => {
    const around = kind(logs, new Float64Array(logs.logs.cols), effects);
    return kind(logs, refined([around]), effects).spread;
  };
  return scatter(variances.residualLogs) < scatter(variances.totalLogs);
}

/** Offsets and the rest of a scale are fitted in turn; they hardly depend on each other. */
const OFFSET_ROUNDS = 5;

/**
 * The scale given P(c_tj = 1), by the moments of logarithms; one observation of each kind, whose log is off by 1, is
 * counted before the data, so that few tasks cannot make variances exact.
 *
 * @param variances from `latentVariances`.
 * @param pCause P(c_tj = 1), T × d.
 */
export function fitScale(variances: LatentVariances, pCause: Matrix): LatentScale {
  const { totalLogs, residualLogs } = variances;
  const effects = pCause.data.map((p) => 1 - p);
  let offset: Float64Array = new Float64Array(pCause.cols);
  for (let round = 0; ; round++) {
    const asCause = kind(totalLogs, offset, pCause.data);
    const asEffect = kind(residualLogs, offset, effects);
    if (round === OFFSET_ROUNDS) {
      const [cause, effect] = [asCause, asEffect].map(({ mean, spread }) => priorOfLogs(mean, spread));
      return { offset, cause, effect };
    }
    offset = refined([asCause, asEffect]);
  }
}

/** log p(v_tj | cause) − log p(r_tj | effect), T × d. */
export function scaleLogOdds(variances: LatentVariances, { offset, cause, effect }: LatentScale): Matrix {
  const { total, residual, totalDegrees, residualDegrees } = variances;
  const odds = logDensities(total, totalDegrees, offset, cause);
  const asEffect = logDensities(residual, residualDegrees, offset, effect);
  asEffect.data.forEach((l, at) => {
    odds.data[at] -= l;
  });
  return odds;
}

function logDensities({ rows, cols, data }: Matrix, degrees: Float64Array, offset: Float64Array, prior: VariancePrior) {
  const factor = offset.map((o) => Math.exp(-o));
  const result = matrix(rows, cols);
  let normaliser = 0;
  for (let t = 0, at = 0; t < rows; t++) {
    if (t === 0 || degrees[t] !== degrees[t - 1]) normaliser = logNormaliser(prior, degrees[t]);
    for (let j = 0; j < cols; j++, at++) {
      result.data[at] = logDensityOfLog(prior, data[at] * factor[j], degrees[t], normaliser);
    }
  }
  return result;
}

/** How far the logs of a latent are from those of its kind: weighted sums of distances and weights, d. */
interface Distances {
  readonly distance: Float64Array;
  readonly weight: Float64Array;
}

/** Variances of one kind: the mean and the variance of the logs of the true ones. */
interface Kind extends Distances {
  readonly mean: number;
  readonly spread: number;
}

/** Unbiased logs of variances, T × d, and the sampling variance of those of each task, T. */
export interface LogVariances {
  readonly logs: Matrix;
  readonly noise: Float64Array;
}

function logVariances({ rows, cols, data }: Matrix, degrees: Float64Array): LogVariances {
  const logs = matrix(rows, cols);
  const noise = new Float64Array(rows);
  let bias = 0;
  for (let t = 0, at = 0; t < rows; t++) {
    const isSame = t > 0 && degrees[t] === degrees[t - 1];
    noise[t] = isSame ? noise[t - 1] : trigamma(degrees[t] / 2);
    if (!isSame) bias = biasOfLog(degrees[t]);
    for (let j = 0; j < cols; j++, at++) logs.data[at] = Math.log(data[at]) - bias;
  }
  return { logs, noise };
}

function kind({ logs, noise }: LogVariances, offset: Float64Array, member: Float64Array): Kind {
  const { rows, cols: d, data } = logs;
  let count = 1;
  let sum = 0;
  let sampling = 0;
  for (let t = 0, at = 0; t < rows; t++) {
    for (let j = 0; j < d; j++, at++) {
      count += member[at];
      sum += member[at] * (data[at] - offset[j]);
      sampling += member[at] * noise[t];
    }
  }
  const mean = sum / count;
  let squares = 1;
  for (let t = 0, at = 0; t < rows; t++) {
    for (let j = 0; j < d; j++, at++) squares += member[at] * (data[at] - offset[j] - mean) ** 2;
  }
  const spread = Math.max(0, (squares - sampling) / count);
  const distance = new Float64Array(d);
  const weight = new Float64Array(d);
  for (let t = 0, at = 0; t < rows; t++) {
    for (let j = 0; j < d; j++, at++) {
      const w = member[at] / (spread + noise[t]);
      weight[j] += w;
      distance[j] += w * (data[at] - mean);
    }
  }
  return { mean, spread, distance, weight };
}

/** Each latent's offset as the mean of its distances, one observation at 0 counted before them. */
function refined([first, ...others]: readonly Distances[]): Float64Array {
  return first.weight.map((own, j) => {
    const weight = others.reduce((sum, k) => sum + k.weight[j], own + 1);
    return others.reduce((sum, k) => sum + k.distance[j], first.distance[j]) / weight;
  });
}
