import type { Matrix } from "../linalg/matrix.ts";
import { canonicalCorrelationOutOfSample } from "./canonical-correlation.ts";
import { linearR2OutOfSample } from "./linear-r2.ts";
import { strongMccOutOfSample } from "./mcc.ts";
import type { RowHalves } from "./row-halves.ts";

/** Scores whose matching, maps and regressions come from one half of the rows, and whose figures come from the other. */
export interface OutOfSampleScores {
  readonly strongPearson: number;
  readonly strongSpearman: number;
  readonly weak: number;
  readonly smallestCanonical: number;
  readonly r2: number;
}

/**
 * Out-of-sample scores of `latents` against `truth`: what in-sample scores lose on new rows is their optimism.
 *
 * @param latents rows × d₁.  @param truth rows × d₂, the same rows.
 * @throws as `canonicalCorrelationOutOfSample`, among others DomainError when there are too few rows in a half.
 */
export function scoreOutOfSample(latents: Matrix, truth: Matrix, halves: RowHalves): OutOfSampleScores {
  const { mean, smallest } = canonicalCorrelationOutOfSample(latents, truth, halves);
  return {
    strongPearson: strongMccOutOfSample(latents, truth, halves, "pearson").score,
    strongSpearman: strongMccOutOfSample(latents, truth, halves, "spearman").score,
    weak: mean,
    smallestCanonical: smallest,
    r2: linearR2OutOfSample(latents, truth, halves).mean,
  };
}
