import type { FittedModel } from "./fitted-model.ts";

/**
 * P(c_j = 1) for the latents of a task, as a prediction from all of them takes it, d.
 *
 * Long data: as the fit found it. Wide data: 1 for every latent, so that the posterior is the regression on all of them.
 * There latents are uncorrelated in every task alike, which contradicts that effects of a target depend on each other
 * through it; the joint normal of latents and target, which assumes nothing of the kind, is then the better model.
 */
export function regressors({ layout }: Pick<FittedModel, "layout">, pCause: Float64Array): Float64Array {
  return layout === "wide" ? new Float64Array(pCause.length).fill(1) : pCause;
}
