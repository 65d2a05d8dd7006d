import type { Matrix } from "../linalg/matrix.ts";
import { type CanonicalCorrelation, canonicalCorrelation } from "./canonical-correlation.ts";
import { type Dci, dci } from "./dci.ts";
import { type LinearR2, linearR2 } from "./linear-r2.ts";
import { type Mcc, strongMcc } from "./mcc.ts";
import { type PerTaskMcc, strongMccPerTask } from "./mcc-per-task.ts";
import { type OutOfSampleScores, scoreOutOfSample } from "./out-of-sample.ts";
import type { RowHalves } from "./row-halves.ts";

/** Every score of a set of latents against the truth; the pooled strong MCC is the primary one. */
export interface LatentScores {
  /** Strong MCC over all rows. */
  readonly pooled: { readonly pearson: Mcc; readonly spearman: Mcc };
  /** Strong MCC task by task; only where the rows belong to tasks. */
  readonly perTask?: { readonly pearson: PerTaskMcc; readonly spearman: PerTaskMcc };
  /** Weak: canonical correlations, their mean and the smallest. */
  readonly weak: CanonicalCorrelation;
  /** R² of the truth by linear regression on the latents. */
  readonly r2: LinearR2;
  /** Disentanglement and completeness. */
  readonly dci: Dci;
  /** The same fitted on one half of the rows and scored on the other; only where halves were given. */
  readonly outOfSample?: OutOfSampleScores;
}

/** What the rows of a score have besides latents. */
export interface ScoredRows {
  /** Index of the task of every row, for long data: adds the scores within tasks. */
  readonly task?: Int32Array | undefined;
  /** Two sets of rows, such as `randomHalves`: adds the scores out of sample. */
  readonly halves?: RowHalves | undefined;
}

/**
 * All scores of `latents` against `truth` on the same rows (method: section 6).
 *
 * @param latents rows × d₁.  @param truth rows × d₂.
 * @throws as `strongMcc`, `strongMccPerTask`, `canonicalCorrelation`, `linearR2` and, given halves, `scoreOutOfSample`.
 */
export function scoreLatents(latents: Matrix, truth: Matrix, { task, halves }: ScoredRows = {}): LatentScores {
  return {
    pooled: { pearson: strongMcc(latents, truth, "pearson"), spearman: strongMcc(latents, truth, "spearman") },
    ...(task && {
      perTask: {
        pearson: strongMccPerTask(latents, truth, task, "pearson"),
        spearman: strongMccPerTask(latents, truth, task, "spearman"),
      },
    }),
    weak: canonicalCorrelation(latents, truth),
    r2: linearR2(latents, truth),
    dci: dci(latents, truth),
    ...(halves && { outOfSample: scoreOutOfSample(latents, truth, halves) }),
  };
}
