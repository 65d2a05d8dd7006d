import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { StandardisedWeights } from "./standardised-weights.ts";

/**
 * What tasks have in common about weights β_tj = w_tj √(v_j/q): those of related latents are N(0, scale²), those of the
 * others N(0, background² m_tj) with m_tj = Σ_{i≠j} β_ti², what other latents that are no effects explain of the target.
 */
export interface RelationPrior {
  /** Share of latents that are related to a target. */
  readonly share: number;
  /** ω₁. */
  readonly scale: number;
  /** ω₀: how much of other latents gets into a latent; 0 where sampling alone explains the weights of unrelated ones. */
  readonly background: number;
  /** Probability that there are unrelated latents at all. */
  readonly someUnrelated: number;
}

/** Before any data: a related latent explains a quarter of the variance of its target. One is counted for every task. */
const SCALE = 0.5;
/** The background explains no more than 1 % of what the other latents do; wider, it would be relations. */
const MAX_BACKGROUND = 0.1;
const START = { share: 0.5, background: 0.02 };
const [MAX_ROUNDS, SETTLED_CHANGE] = [500, 1e-4];

/**
 * P(w_tj ≠ 0): the probability that the latent j has to do with the target of task t, given that it is not an effect of it.
 *
 *     β̂_tj ~ share · N(0, ω₁² + se²) + (1 − share) · N(0, ω₀² m_tj + se²)
 *
 * by EM over all tasks (a local false discovery rate with an empirical null, Efron 2004). The background is what a latent
 * takes over from others when the unmixing is not exact; in large tables it is significant by any test and still nothing.
 * That there are unrelated latents at all is weighed by BIC against all weights being N(0, ω₁²).
 *
 * @param weights from `standardisedWeights`.
 * @param member how much a latent counts, T × d: the probability that it is not an effect.
 */
export function relations({ weight, variance }: StandardisedWeights, member: Matrix) {
  const d = weight.cols;
  const explained = weight.data.map((b, at) => (member.data[at] > 0.5 ? Math.max(0, b * b - variance.data[at]) : 0));
  const pairs = Array.from(weight.data, (b, at) => {
    const row = explained.subarray(at - (at % d), at - (at % d) + d);
    const others = row.reduce((sum, share, j) => sum + (j === at % d ? 0 : share), 0);
    return { square: b * b, noise: variance.data[at], others, count: member.data[at] };
  });
  const known = pairs.filter(({ square }) => !Number.isNaN(square));
  const all = fitted(known, weight.rows, { share: 1, scale: SCALE, background: 0 });
  const some = fitted(known, weight.rows, { ...START, scale: SCALE });
  const count = known.reduce((sum, pair) => sum + pair.count, 1);
  // Two parameters more, the share and the background: by BIC half a log of the number of observations each.
  const someUnrelated = 1 / (1 + Math.exp(all.likelihood - some.likelihood + Math.log(count)));
  const { share, scale, background } = some;
  const probability = pairs.map((pair) => {
    const related = Number.isNaN(pair.square) ? share : 1 / (1 + Math.exp(-logOdds(pair, some)));
    return 1 - someUnrelated * (1 - related);
  });
  const prior: RelationPrior = { share, scale, background, someUnrelated };
  return { pRelated: matrix(weight.rows, weight.cols, Float64Array.from(probability)), prior };
}

/** A squared weight, the variance of its error, what other latents explain of the target, and how much it counts. */
interface Pair {
  readonly square: number;
  readonly noise: number;
  readonly others: number;
  readonly count: number;
}

type Law = Pick<RelationPrior, "share" | "scale" | "background">;

/** EM from a law on; a share of 1 stays. */
function fitted(pairs: readonly Pair[], tasks: number, start: Law): Law & { likelihood: number } {
  let law = start;
  for (let round = 0; ; round++) {
    const sums = { related: 0, relatedSquares: 0, other: 0, touched: 0, otherSquares: 0, likelihood: 0 };
    for (const pair of pairs) {
      const odds = logOdds(pair, law);
      const p = pair.count / (1 + Math.exp(-odds));
      sums.related += p;
      sums.relatedSquares += p * expectedSquare(pair, law.scale ** 2);
      sums.other += pair.count - p;
      if (pair.others > 0) {
        sums.touched += pair.count - p;
        sums.otherSquares += ((pair.count - p) * expectedSquare(pair, law.background ** 2 * pair.others)) / pair.others;
      }
      sums.likelihood += pair.count * logMixture(pair, law, odds);
    }
    const next = {
      share: law.share === 1 ? 1 : (sums.related + 1) / (sums.related + sums.other + 2),
      scale: Math.sqrt((sums.relatedSquares + tasks * SCALE ** 2) / (sums.related + tasks)),
      background: law.share === 1 ? 0 : Math.min(MAX_BACKGROUND, Math.sqrt(sums.otherSquares / (sums.touched + 1))),
    };
    const change = Math.max(
      Math.abs(next.share - law.share),
      Math.abs(next.scale - law.scale),
      Math.abs(next.background - law.background),
    );
    if (round === MAX_ROUNDS || change < SETTLED_CHANGE) return { ...law, likelihood: sums.likelihood };
    law = next;
  }
}

function logDensity({ square, noise }: Pair, spread: number): number {
  const variance = spread + noise;
  return -(Math.log(variance) + square / variance) / 2;
}

function logOdds(pair: Pair, { share, scale, background }: Law): number {
  return Math.log(share / (1 - share)) + logDensity(pair, scale ** 2) - logDensity(pair, background ** 2 * pair.others);
}

/** The log density of a weight, from the log odds that it is a relation. */
function logMixture(pair: Pair, { share, scale }: Law, odds: number): number {
  return share === 1
    ? logDensity(pair, scale)
    : Math.log(share) + logDensity(pair, scale) + Math.log1p(Math.exp(-odds));
}

/** E β² given β̂ under N(0, spread). */
function expectedSquare({ square, noise }: Pair, spread: number): number {
  const kept = spread / (spread + noise);
  return kept * (kept * square + noise);
}
