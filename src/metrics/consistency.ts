import { DomainError, ShapeError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { rankColumns } from "../stats/ranks.ts";
import { canonicalCorrelation } from "./canonical-correlation.ts";
import { strongMcc } from "./mcc.ts";

/** The ways in which two runs are compared. */
export type AgreementScore = "strongPearson" | "strongSpearman" | "weak" | "smallestCanonical";

/** How well two runs agree on the same rows. `weak` is the mean canonical correlation. */
export interface RunPair extends Readonly<Record<AgreementScore, number>> {
  /** Positions of the two runs in the list given. */
  readonly first: number;
  readonly second: number;
}

/** Median and range over pairs of runs. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Agreement of repeated runs: what can be said of identifiability where there is no truth. */
export interface Consistency {
  /** Every pair of runs once. */
  readonly pairs: readonly RunPair[];
  readonly spread: Readonly<Record<AgreementScore, Spread>>;
}

/**
 * Agreement of the latents of several runs (seeds, splits) on the same rows, for all pairs (method: section 6).
 *
 * Consistency is necessary for identifiability and does not show correctness: a method may return the same wrong
 * latents every time.
 *
 * @param runs latents of two runs or more, each rows × d with the same rows and the same d.
 * @throws DomainError when there are fewer than two runs, or an entry is NaN or infinite; ShapeError naming the first
 *   run whose rows or d differ from those of run 0.
 */
export function consistency(runs: readonly Matrix[]): Consistency {
  if (runs.length < 2) throw new DomainError(`consistency: two runs or more are needed, got ${runs.length}`);
  checkShapes(runs);
  const ranks = runs.map(rankColumns);
  const pairs = runs.flatMap((_, first) =>
    runs.slice(first + 1).map((_, offset) => {
      const second = first + 1 + offset;
      const { mean: weak, smallest: smallestCanonical } = canonicalCorrelation(runs[first], runs[second]);
      return {
        first,
        second,
        strongPearson: strongMcc(runs[first], runs[second], "pearson").score,
        strongSpearman: strongMcc(ranks[first], ranks[second], "pearson").score,
        weak,
        smallestCanonical,
      };
    }),
  );
  const spread = (score: AgreementScore) => spreadOf(pairs.map((pair) => pair[score]));
  return {
    pairs,
    spread: {
      strongPearson: spread("strongPearson"),
      strongSpearman: spread("strongSpearman"),
      weak: spread("weak"),
      smallestCanonical: spread("smallestCanonical"),
    },
  };
}

function checkShapes(runs: readonly Matrix[]): void {
  const [{ rows, cols }] = runs;
  runs.forEach((run, i) => {
    if (run.cols !== cols) {
      throw new ShapeError(`consistency: run ${i} has ${run.cols} latents, run 0 has ${cols}; compare runs of equal d`);
    }
    if (run.rows !== rows) {
      throw new ShapeError(`consistency: run ${i} has ${run.rows} rows, run 0 has ${rows}; transform the same rows`);
    }
  });
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    lowest: sorted[0],
    highest: sorted[sorted.length - 1],
  };
}
