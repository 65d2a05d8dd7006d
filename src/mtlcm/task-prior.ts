import { type Matrix, rowView } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import { taskParameters } from "./task-parameters.ts";
import { type VariancePrior, variancePrior } from "./variance-prior.ts";

/** What the known tasks say about the next one, before its rows are seen. Slopes are in units of standard deviations. */
export interface TaskPrior {
  /** Mean of w_j² var z_j / q over causes; 1 when no task has a cause, which shrinks little. */
  readonly weightSquare: number;
  /** Mean of γ_j² q / var z_j over effects; 1 when no task has an effect. */
  readonly effectSquare: number;
  /** Of τ/q, the share of y that its causes leave unexplained. */
  readonly unexplained: VariancePrior;
  /** Of r_j, the variance of an effect given y. */
  readonly residual: VariancePrior;
  /** Of q, the variance of y. */
  readonly target: VariancePrior;
}

/**
 * The prior of a new task, estimated from the known ones (empirical Bayes): slopes are normal around 0, variances
 * scatter around a common value.
 *
 * The mean squares of the slopes include the sampling error of the known tasks, so new slopes are shrunk a little less
 * than they could be. Tasks with no more rows than causes + 1, or 2, say nothing.
 *
 * @param moments of the known tasks in latent coordinates.
 * @param pCause P(c_tj = 1), T × d.
 */
export function taskPrior(moments: Moments, pCause: Matrix): TaskPrior {
  const d = moments.dim;
  const unexplained: number[] = [];
  const unexplainedDegrees: number[] = [];
  const residual: number[] = [];
  const residualDegrees: number[] = [];
  const target: number[] = [];
  const targetDegrees: number[] = [];
  const weightSquares: number[] = [];
  const effectSquares: number[] = [];
  moments.taskNames.forEach((_, t) => {
    const task = taskParameters(moments, t, rowView(pCause, t), false);
    if (!(task.rows > 2) || Number.isNaN(task.unexplained)) return;
    const { rows, varY, causes, effects } = task;
    const variance = (j: number) => moments.covH.data[t * d * d + j * d + j];
    unexplained.push((task.unexplained / varY) * ((rows - 1) / rows));
    unexplainedDegrees.push(rows - causes.length - 1);
    target.push((varY * rows) / (rows - 1));
    targetDegrees.push(rows - 1);
    causes.forEach((j, c) => void weightSquares.push((task.weights[c] ** 2 * variance(j)) / varY));
    effects.forEach((j, e) => {
      residual.push(task.residual[e]);
      residualDegrees.push(rows - 2);
      effectSquares.push((task.slopes[e] ** 2 * varY) / variance(j));
    });
  });
  return {
    weightSquare: mean(weightSquares),
    effectSquare: mean(effectSquares),
    unexplained: variancePrior(unexplained, unexplainedDegrees),
    residual: variancePrior(residual, residualDegrees),
    target: variancePrior(target, targetDegrees),
  };
}

function mean(numbers: readonly number[]): number {
  if (numbers.length === 0) return 1;
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}
