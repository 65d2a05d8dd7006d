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
  const all = observations({ weight, variance }, member);
  const known = withWeight(all);
  const related = fitted(known, weight.rows, { share: 1, scale: SCALE, background: 0 });
  const some = fitted(known, weight.rows, { ...START, scale: SCALE });
  const count = known.count.reduce((sum, c) => sum + c, 1);
  // Two parameters more, the share and the background: by BIC half a log of the number of observations each.
  const someUnrelated = 1 / (1 + Math.exp(related.likelihood - some.likelihood + Math.log(count)));
  const { share, scale, background } = some;
  const oddsOf = logOdds(all, some);
  const probability = all.square.map((square, k) => {
    const single = Number.isNaN(square) ? share : 1 / (1 + Math.exp(-oddsOf(k)));
    return 1 - someUnrelated * (1 - single);
  });
  const prior: RelationPrior = { share, scale, background, someUnrelated };
  return { pRelated: matrix(weight.rows, weight.cols, probability), prior };
}

/** Of every weight its square, the variance of its error, what other latents explain of the target, and how much it counts. */
interface Observations {
  readonly square: Float64Array;
  readonly noise: Float64Array;
  readonly others: Float64Array;
  readonly count: Float64Array;
}

function observations({ weight, variance }: StandardisedWeights, member: Matrix): Observations {
  const { rows, cols: d, data } = weight;
  const square = data.map((b) => b * b);
  const explained = square.map((b2, at) => (member.data[at] > 0.5 ? Math.max(0, b2 - variance.data[at]) : 0));
  const others = new Float64Array(rows * d);
  for (let t = 0; t < rows; t++) {
    for (let j = t * d; j < (t + 1) * d; j++) {
      for (let i = t * d; i < (t + 1) * d; i++) if (i !== j) others[j] += explained[i];
    }
  }
  return { square, noise: variance.data, others, count: member.data };
}

/** The observations that there are: not those of tasks with too few rows. */
function withWeight({ square, noise, others, count }: Observations): Observations {
  const isKnown = (_: number, k: number) => !Number.isNaN(square[k]);
  return {
    square: square.filter(isKnown),
    noise: noise.filter(isKnown),
    others: others.filter(isKnown),
    count: count.filter(isKnown),
  };
}

type Law = Pick<RelationPrior, "share" | "scale" | "background">;

/** EM from a law on; a share of 1 stays. */
function fitted(seen: Observations, tasks: number, start: Law): Law & { likelihood: number } {
  const { square, noise, others, count } = seen;
  let law = start;
  for (let round = 0; ; round++) {
    const oddsOf = logOdds(seen, law);
    const [spread, floor] = [law.scale ** 2, law.background ** 2];
    let [related, relatedSquares, other, touched, otherSquares] = [0, 0, 0, 0, 0];
    for (let k = 0; k < square.length; k++) {
      const p = count[k] / (1 + Math.exp(-oddsOf(k)));
      const q = count[k] - p;
      related += p;
      relatedSquares += p * expectedSquare(square[k], noise[k], spread);
      other += q;
      if (others[k] > 0) {
        touched += q;
        otherSquares += (q * expectedSquare(square[k], noise[k], floor * others[k])) / others[k];
      }
    }
    const next = {
      share: law.share === 1 ? 1 : (related + 1) / (related + other + 2),
      scale: Math.sqrt((relatedSquares + tasks * SCALE ** 2) / (related + tasks)),
      background: law.share === 1 ? 0 : Math.min(MAX_BACKGROUND, Math.sqrt(otherSquares / (touched + 1))),
    };
    const change = Math.max(
      Math.abs(next.share - law.share),
      Math.abs(next.scale - law.scale),
      Math.abs(next.background - law.background),
    );
    if (round === MAX_ROUNDS || change < SETTLED_CHANGE) return { ...law, likelihood: logLikelihood(seen, law) };
    law = next;
  }
}

/** log P(related) − log P(unrelated) of an observation under a law. */
function logOdds({ square, noise, others }: Observations, { share, scale, background }: Law): (k: number) => number {
  const [prior, spread, floor] = [Math.log(share / (1 - share)), scale ** 2, background ** 2];
  return (k) => {
    const [related, other] = [spread + noise[k], floor * others[k] + noise[k]];
    return prior + (Math.log(other / related) + square[k] / other - square[k] / related) / 2;
  };
}

/** Σ count · log density of the mixture. */
function logLikelihood(seen: Observations, law: Law): number {
  const { share, scale } = law;
  const oddsOf = logOdds(seen, law);
  return seen.square.reduce((sum, square, k) => {
    const variance = scale ** 2 + seen.noise[k];
    const related = Math.log(share) - (Math.log(variance) + square / variance) / 2;
    return sum + seen.count[k] * (share === 1 ? related : related + Math.log1p(Math.exp(-oddsOf(k))));
  }, 0);
}

/** E β² given β̂ under N(0, spread). */
function expectedSquare(square: number, noise: number, spread: number): number {
  const kept = spread / (spread + noise);
  return kept * (kept * square + noise);
}
