import { addMisfit, type Misfit, misfit } from "./fit-ratio.ts";
import type { CrossFit } from "./split-half.ts";

/** The misfit of two halves, each judged by the other's unmixing, together. */
export function crossFittedMisfit(roles: readonly [CrossFit, CrossFit]): Misfit {
  const [first, second] = roles.map(({ lambda, degrees, noise }) => misfit(lambda, degrees, noise));
  return addMisfit(first, second);
}
