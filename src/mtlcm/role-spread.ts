import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import { regulariseTask } from "./regularise-task.ts";
import { targetPosterior } from "./target-posterior.ts";
import { taskParameters } from "./task-parameters.ts";
import type { TaskPrior } from "./task-prior.ts";

/** A role that is less likely than this is left out: it moves next to nothing. */
const LEAST = 0.01;
/** All roles of so many latents are gone through, those of the least certain: 256 models, some milliseconds. */
const MOST = 8;

/**
 * How far the slopes of the posterior of y would be others, if other latents were its causes.
 *
 *     K = Σ_C P(C) (β_C − β)(β_C − β)' ,    P(C) = Π_{j∈C} p_j Π_{j∉C} (1 − p_j)
 *
 * β the slopes with the likeliest roles, β_C those with the causes C. It is the variance between models of Bayesian model averaging
 * (Hoeting et al. 1999): (z − z̄)' K (z − z̄) is what not knowing the roles adds to the variance of y given z around
 * the prediction with the likeliest. Three or five rows hardly show them.
 *
 * @param moments of the one task, in latent coordinates, as observed.
 * @param pCause p, P(c_j = 1), d.
 * @param prior from the known tasks.
 * @returns K, d × d, symmetric; 0 where all roles are certain.
 */
export function roleSpread(moments: Moments, pCause: Float64Array, prior: TaskPrior): Matrix {
  const d = moments.dim;
  const doubt = pCause.map((p) => Math.min(p, 1 - p));
  const open = [...doubt.keys()].filter((j) => doubt[j] > LEAST);
  open.sort((a, b) => doubt[b] - doubt[a]);
  open.splice(MOST);
  const slopes = slopesWith(moments, pCause, prior);
  const spread = matrix(d, d);
  for (let code = 1; code < 2 ** open.length; code++) {
    const roles = pCause.slice();
    let probability = 1;
    open.forEach((j, k) => {
      const isOther = ((code >> k) & 1) === 1;
      probability *= isOther ? doubt[j] : 1 - doubt[j];
      if (isOther) roles[j] = 1 - pCause[j];
    });
    const move = slopesWith(moments, roles, prior).map((slope, j) => slope - slopes[j]);
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) spread.data[i * d + j] += probability * move[i] * move[j];
  }
  return spread;
}

function slopesWith(moments: Moments, pCause: Float64Array, prior: TaskPrior): Float64Array {
  const task = regulariseTask(moments, pCause, prior);
  return targetPosterior(taskParameters(task.moments, 0, pCause, true), true).slopes;
}
