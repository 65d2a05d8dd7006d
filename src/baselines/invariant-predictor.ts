import { ShapeError } from "../errors.ts";
import { cholesky, choleskySolve } from "../linalg/cholesky.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { LongTargets } from "../stats/targets.ts";

/** One linear predictor a task that reads the causes of its target alone. */
export interface InvariantPredictor {
  /** tasks × d; 0 for latents that are not causes. */
  readonly weights: Matrix;
  /** One a task. */
  readonly intercepts: Float64Array;
}

/**
 * The invariant predictor, the third phase of iCaRL (Lu et al. 2021): least squares of every target on its causes. What the target
 * causes predicts it better where it was seen, and no longer where that mechanism changes; causes keep their say.
 * @param latents - rows × d
 * @param causes - tasks × d; a latent is a cause where the number exceeds ½
 * @throws ShapeError when sizes differ; SingularMatrixError where a task's causes are collinear or its rows too few
 */
export function fitInvariantPredictor(latents: Matrix, targets: LongTargets, causes: Matrix): InvariantPredictor {
  const { rows: tasks, cols: d } = causes;
  if (tasks !== targets.taskNames.length || d !== latents.cols || latents.rows !== targets.values.length) {
    throw new ShapeError(
      `fitInvariantPredictor: causes are ${tasks} × ${d}, for ${targets.taskNames.length} tasks, ${latents.cols} latents`,
    );
  }
  const weights = matrix(tasks, d);
  const intercepts = new Float64Array(tasks);
  for (let t = 0; t < tasks; t++) {
    const read = Array.from({ length: d }, (_, j) => j).filter((j) => causes.data[t * d + j] > 0.5);
    const size = read.length + 1;
    const [gram, moment] = [matrix(size, size), new Float64Array(size)];
    for (let row = 0; row < latents.rows; row++) {
      if (targets.task[row] !== t) continue;
      const x = [...read.map((j) => latents.data[row * d + j]), 1];
      for (let a = 0; a < size; a++) {
        moment[a] += x[a] * targets.values[row];
        for (let b = 0; b < size; b++) gram.data[a * size + b] += x[a] * x[b];
      }
    }
    const solution = choleskySolve(cholesky(gram), moment);
    read.forEach((j, k) => {
      weights.data[t * d + j] = solution[k];
    });
    intercepts[t] = solution[size - 1];
  }
  return { weights, intercepts };
}

/** The predicted target of every row, for its own task. */
export function predictInvariantly(
  { weights, intercepts }: InvariantPredictor,
  latents: Matrix,
  task: Int32Array,
): Float64Array {
  const { cols: d } = weights;
  return Float64Array.from(task, (t, row) => {
    let sum = intercepts[t];
    for (let j = 0; j < d; j++) sum += weights.data[t * d + j] * latents.data[row * d + j];
    return sum;
  });
}
