import { DomainError, ShapeError } from "../errors.ts";
import { type Matrix, takeColumns } from "../linalg/matrix.ts";
import { averageRanks } from "../stats/ranks.ts";
import { type CalibrationBin, calibration } from "./calibration.ts";
import type { MatchedPair } from "./mcc.ts";

/** How well probabilities of being a cause agree with the truth. */
export interface IndicatorScores {
  /** Share of (task, latent) cells on the right side of ½; exactly ½ counts as an effect. */
  readonly accuracy: number;
  /** Probability that a cause is ranked above an effect, ties half; NaN when the truth has only causes or only effects. */
  readonly auroc: number;
  /** Mean squared error of the probabilities. */
  readonly brier: number;
  /** Expected calibration error: mean over cells of |share of causes − mean probability| of their bin. */
  readonly calibrationError: number;
  /** The bins behind it, for a reliability diagram. */
  readonly bins: readonly CalibrationBin[];
  /** Share of causes in the truth: always saying "effect" has the accuracy 1 − base rate. */
  readonly baseRate: number;
  /** Number of cells scored. */
  readonly count: number;
}

/**
 * Scores P(latent causes the target) against the truth, once latents are matched (method: section 6).
 *
 * @param probability P(c = 1), tasks × d₁, columns in the order of the estimated latents.
 * @param truth c, tasks × d₂, each entry 0 or 1, columns in the order of the true latents.
 * @param pairs which estimated latent is which true one, from `strongMcc(estimate, truth)`; what is not matched is not
 *   scored.
 * @throws ShapeError when the tasks differ, or a pair names a column that does not exist; DomainError for a
 *   probability outside [0, 1], a truth other than 0 and 1, or nothing to score.
 */
export function scoreIndicators(probability: Matrix, truth: Matrix, pairs: readonly MatchedPair[]): IndicatorScores {
  if (probability.rows !== truth.rows) {
    throw new ShapeError(`scoreIndicators: ${probability.rows} tasks of probabilities, ${truth.rows} of truth`);
  }
  const p = matched("probability", probability, pairs, "left");
  const c = matched("truth", truth, pairs, "right");
  checkRanges(p, c);
  const bins = calibration(p, c);
  const mean = (term: (p: number, c: number) => number) => p.reduce((sum, x, i) => sum + term(x, c[i]), 0) / p.length;
  return {
    accuracy: mean((p, c) => (p > 0.5 === (c === 1) ? 1 : 0)),
    auroc: auroc(p, c),
    brier: mean((p, c) => (p - c) ** 2),
    calibrationError:
      bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.shareOfCauses - bin.meanProbability), 0) / p.length,
    bins,
    baseRate: mean((_, c) => c),
    count: p.length,
  };
}

function matched(name: string, table: Matrix, pairs: readonly MatchedPair[], side: "left" | "right"): Float64Array {
  const columns = pairs.map((pair) => pair[side]);
  const beyond = columns.find((j) => !(j >= 0 && j < table.cols));
  if (beyond !== undefined) {
    throw new ShapeError(`scoreIndicators: a pair names latent ${beyond}, but ${name} has ${table.cols} columns`);
  }
  return takeColumns(table, columns).data;
}

function checkRanges(p: Float64Array, c: Float64Array): void {
  if (p.length === 0) throw new DomainError("scoreIndicators: nothing to score");
  const outside = p.find((value) => !(value >= 0 && value <= 1));
  if (outside !== undefined) throw new DomainError(`scoreIndicators: a probability must be in [0, 1], got ${outside}`);
  const other = c.find((value) => value !== 0 && value !== 1);
  if (other !== undefined) throw new DomainError(`scoreIndicators: the truth must be 0 or 1, got ${other}`);
}

/** Mann and Whitney's U over the number of (cause, effect) pairs: the sum of the ranks of the causes, less its least. */
function auroc(p: Float64Array, c: Float64Array): number {
  const rankSum = averageRanks(p).reduce((sum, rank, i) => sum + rank * c[i], 0);
  const causes = c.reduce((sum, value) => sum + value, 0);
  return (rankSum - (causes * (causes + 1)) / 2) / (causes * (c.length - causes));
}
