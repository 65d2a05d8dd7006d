import { cholesky, choleskyInverse } from "../linalg/cholesky.ts";
import { dot, type Matrix, matrix, multiplyVector, rowView } from "../linalg/matrix.ts";
import type { TaskMoments } from "./causal-structure.ts";
import { block } from "./task-parameters.ts";

/** Weights in units of standard deviations, with the variance of their sampling error, T × d; NaN where rows are too few. */
export interface StandardisedWeights {
  readonly weight: Matrix;
  readonly variance: Matrix;
}

/**
 * The weight of every latent beside the latents that are taken to be no effects, by least squares.
 *
 * @param tasks Moments in latent coordinates, T.
 * @param member latents above ½ enter the regression, T × d; each other one is added to it alone.
 * @param fitted 2 when h and y were centred within the task, else 1.
 */
export function standardisedWeights(tasks: readonly TaskMoments[], member: Matrix, fitted: 1 | 2): StandardisedWeights {
  const d = member.cols;
  const [weight, variance] = [matrix(tasks.length, d), matrix(tasks.length, d)];
  weight.data.fill(Number.NaN);
  variance.data.fill(Number.NaN);
  tasks.forEach((task, t) => {
    const members: number[] = [];
    const others: number[] = [];
    for (let j = 0; j < d; j++) (member.data[t * d + j] > 0.5 ? members : others).push(j);
    const own = rowView(weight, t);
    const errors = rowView(variance, t);
    regressInto(task, members, others, task.rows - members.length - fitted + 1, own, errors);
    for (let j = 0; j < d; j++) {
      const unit = task.S.data[j * d + j] / task.q;
      own[j] *= Math.sqrt(unit);
      // A target that is a function of the latents has no error but rounding.
      errors[j] = Math.max(errors[j] * unit, Number.EPSILON);
    }
  });
  return { weight, variance };
}

function regressInto(
  { S, s, q }: TaskMoments,
  members: readonly number[],
  others: readonly number[],
  degrees: number,
  weight: Float64Array,
  variance: Float64Array,
): void {
  if (degrees <= 1) return;
  const d = s.length;
  const precision = choleskyInverse(cholesky(block(S.data, members, d)));
  const covariance = entries(s, 0, members);
  const slopes = multiplyVector(precision, covariance);
  const unexplained = q - dot(slopes, covariance);
  for (let a = 0; a < members.length; a++) {
    weight[members[a]] = slopes[a];
    variance[members[a]] = (unexplained / degrees) * precision.data[a * members.length + a];
  }
  for (const j of others) {
    const shared = entries(S.data, j * d, members);
    const rest = S.data[j * d + j] - dot(shared, multiplyVector(precision, shared));
    weight[j] = (s[j] - dot(shared, slopes)) / rest;
    variance[j] = (unexplained - weight[j] ** 2 * rest) / (degrees - 1) / rest;
  }
}

/** The entries of a vector that begins at `from` in x, named by their indices. */
function entries(x: Float64Array, from: number, indices: readonly number[]): Float64Array {
  const result = new Float64Array(indices.length);
  for (let a = 0; a < indices.length; a++) result[a] = x[from + indices[a]];
  return result;
}
