import type { FittedModel } from "./fitted-model.ts";

/**
 * The probability that a latent is no effect of a target, for a row or the whole of the table of pEffect: what a
 * prediction from all latents takes for its regressors where it is above ½. An unrelated latent among them has a weight
 * near 0 and does no harm.
 *
 * Wide data: 1 for every latent, so that the posterior is the regression on all of them. There latents are uncorrelated
 * in every task alike, which contradicts that effects of a target depend on each other through it; the joint normal of
 * latents and target, which assumes nothing of the kind, is then the better model.
 */
export function regressors({ layout }: Pick<FittedModel, "layout">, pEffect: Float64Array): Float64Array {
  return pEffect.map((p) => (layout === "wide" ? 1 : 1 - p));
}
