/**
 * What tasks have in common about causes and effects, by the strength a = √(R² / (1 − R²)) of the relation of a latent
 * with y: strengths of causes and of effects are normal with mean 0, on scales of their own.
 */
export interface IndicatorPrior {
  /** Scale of a among causes, and among effects. */
  readonly causeScale: number;
  readonly effectScale: number;
  /** P(|C| = m), m = 0 … d: how many causes a target has. */
  readonly counts: Float64Array;
}

/** Before any data: causes of a target leave most of it unexplained; an effect keeps a variance of σs². */
const CAUSE_SCALE = 0.5;

/** The prior before the data were seen: every number of causes equally likely. */
export function startingPrior(d: number, sigmaS: number): IndicatorPrior {
  return { causeScale: CAUSE_SCALE, effectScale: 1 / sigmaS, counts: new Float64Array(d + 1).fill(1 / (d + 1)) };
}

/** log p(a | cause) − log p(a | effect). */
export function strengthLogOdds({ causeScale, effectScale }: IndicatorPrior, a: number): number {
  return Math.log(effectScale / causeScale) - (a * a) / 2 / causeScale ** 2 + (a * a) / 2 / effectScale ** 2;
}

/** log of the prior probability of one particular set of m causes out of d: P(m) / (d choose m). */
export function logSetPriors({ counts }: IndicatorPrior): Float64Array {
  const d = counts.length - 1;
  let logBinomial = 0;
  return counts.map((probability, m) => {
    if (m > 0) logBinomial += Math.log((d - m + 1) / m);
    return Math.log(probability) - logBinomial;
  });
}

/** Sums over tasks of posterior expectations, from which the prior is estimated. */
export interface PriorStatistics {
  /** Expected number of causes and of effects, and the sums of their a². */
  readonly causes: number;
  readonly causeSquares: number;
  readonly effects: number;
  readonly effectSquares: number;
  /** Expected number of tasks with m causes, d + 1. */
  readonly counts: Float64Array;
}

/**
 * The most likely prior given posterior expectations (the M step), with the starting prior counted as one observation of
 * each kind, so that few tasks cannot drive a scale to zero or rule a number of causes out.
 */
export function updatedPrior(statistics: PriorStatistics, start: IndicatorPrior): IndicatorPrior {
  const { causes, causeSquares, effects, effectSquares, counts } = statistics;
  const tasks = counts.reduce((sum, count) => sum + count, 0);
  return {
    causeScale: Math.sqrt((causeSquares + start.causeScale ** 2) / (causes + 1)),
    effectScale: Math.sqrt((effectSquares + start.effectScale ** 2) / (effects + 1)),
    counts: counts.map((count, m) => (count + start.counts[m]) / (tasks + 1)),
  };
}
