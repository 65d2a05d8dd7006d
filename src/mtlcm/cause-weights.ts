import { cholesky, choleskyInverse } from "../linalg/cholesky.ts";
import { type Matrix, matrix, multiplyVector } from "../linalg/matrix.ts";
import type { TaskMoments } from "./causal-structure.ts";
import { block } from "./task-parameters.ts";

/**
 * The weights of every task's causes, by least squares of y on all of them together.
 *
 *     w = S_CC⁻¹ s_C ,   se² = τ / (n − |C| − 1) · (S_CC⁻¹)_jj ,   τ = q − s_C' w
 *
 * @param tasks Moments in latent coordinates, T.
 * @param pCause P(c = 1), T × d; latents above ½ are the causes.
 * @param fitted 2 when h and y were centred within the task, else 1.
 * @returns Both T × d, 0 for latents that are not causes; NaN for the causes of a task that has too few rows for them.
 * @throws SingularMatrixError when the causes of a task are linearly dependent.
 */
export function causeWeights(tasks: readonly TaskMoments[], pCause: Matrix, fitted: 1 | 2) {
  const d = pCause.cols;
  const weight = matrix(tasks.length, d);
  const weightSe = matrix(tasks.length, d);
  tasks.forEach(({ S, s, q, rows }, t) => {
    const causes: number[] = [];
    for (let j = 0; j < d; j++) if (pCause.data[t * d + j] > 0.5) causes.push(j);
    const k = causes.length;
    const degrees = rows - k - (fitted - 1);
    if (degrees <= 0) {
      for (const j of causes) weight.data[t * d + j] = weightSe.data[t * d + j] = Number.NaN;
      return;
    }
    const precision = choleskyInverse(cholesky(block(S.data, causes, d)));
    const covariance = new Float64Array(k);
    for (let a = 0; a < k; a++) covariance[a] = s[causes[a]];
    const slopes = multiplyVector(precision, covariance);
    let unexplained = q;
    for (let a = 0; a < k; a++) unexplained -= slopes[a] * covariance[a];
    for (let a = 0; a < k; a++) {
      weight.data[t * d + causes[a]] = slopes[a];
      weightSe.data[t * d + causes[a]] = Math.sqrt((unexplained / degrees) * precision.data[a * k + a]);
    }
  });
  return { weight, weightSe };
}
