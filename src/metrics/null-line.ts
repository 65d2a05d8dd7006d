import type { Matrix } from "../linalg/matrix.ts";
import { type LatentScores, type ScoredRows, scoreLatents } from "./latent-scores.ts";

/** Scores of what was learned beside the same scores without learning. */
export interface ScoresWithNullLine {
  readonly scores: LatentScores;
  /** The scores of the raw input: where a method starts from, and the least that a table must be read against. */
  readonly nullLine: LatentScores;
}

/**
 * Scores latents and, beside them, the raw numbers they were learned from: the representation h for the second stage
 * alone, the features x for both stages.
 *
 * The null line is not near 0. For linearly mixed latents of the paper's sizes it is about .5 pooled and .8 per task
 * (method: section 6), and the more raw columns there are to choose from, the higher it gets.
 *
 * @param latents rows × d₁.  @param raw rows × p, the same rows.  @param truth rows × d₂.
 * @param about the rows' tasks and halves, as for `scoreLatents`.
 * @throws as `scoreLatents`.
 */
export function scoreWithNullLine(
  latents: Matrix,
  raw: Matrix,
  truth: Matrix,
  about: ScoredRows = {},
): ScoresWithNullLine {
  return { scores: scoreLatents(latents, truth, about), nullLine: scoreLatents(raw, truth, about) };
}

/** Share of the way from the null line to a perfect score, (score − null) / (1 − null): 0 if nothing was learned. */
export function gainOverNull(score: number, nullScore: number): number {
  return (score - nullScore) / (1 - nullScore);
}
