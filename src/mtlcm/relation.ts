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
  const known = thatCount(all);
  const related = fitted(known, weight.rows, { share: 1, scale: SCALE, background: 0 });
  const some = fitted(known, weight.rows, { ...START, scale: SCALE });
  const count = known.count.reduce((sum, c) => sum + c, 1);
  // Two parameters more, the share and the background: by BIC half a log of the number of observations each.
  const someUnrelated = 1 / (1 + Math.exp(related.likelihood - some.likelihood + Math.log(count)));
  const { share, scale, background } = some;
  const odds = logOddsOf(some);
  const probability = all.square.map((square, k) => {
    const single = Number.isNaN(square)
      ? share
      : 1 / (1 + Math.exp(-logOdds(odds, square, all.noise[k], all.others[k])));
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

/** A latent that counts less than this is an effect beyond doubt, and says nothing about weights. */
const NEGLIGIBLE = 1e-15;

/** The observations that say something: not those of tasks with too few rows, nor those of effects. */
function thatCount({ square, noise, others, count }: Observations): Observations {
  const chosen = new Int32Array(square.length);
  let chosenCount = 0;
  for (let k = 0; k < square.length; k++) {
    if (!Number.isNaN(square[k]) && count[k] > NEGLIGIBLE) chosen[chosenCount++] = k;
  }
  const pick = (x: Float64Array) => {
    const result = new Float64Array(chosenCount);
    for (let k = 0; k < chosenCount; k++) result[k] = x[chosen[k]];
    return result;
  };
  return { square: pick(square), noise: pick(noise), others: pick(others), count: pick(count) };
}

type Law = Pick<RelationPrior, "share" | "scale" | "background">;

/** EM from a law on; a share of 1 stays. */
function fitted(seen: Observations, tasks: number, start: Law): Law & { likelihood: number } {
  let law = start;
  for (let round = 0; ; round++) {
    const next = updated(seen, tasks, law);
    const change = Math.max(
      Math.abs(next.share - law.share),
      Math.abs(next.scale - law.scale),
      Math.abs(next.background - law.background),
    );
    if (round === MAX_ROUNDS || change < SETTLED_CHANGE) return { ...law, likelihood: logLikelihood(seen, law) };
    law = next;
  }
}

/** One step of EM. */
function updated({ square, noise, others, count }: Observations, tasks: number, law: Law): Law {
  const odds = logOddsOf(law);
  let related = 0;
  let relatedSquares = 0;
  let other = 0;
  let touched = 0;
  let otherSquares = 0;
  for (let k = 0; k < square.length; k++) {
    const p = count[k] / (1 + Math.exp(-logOdds(odds, square[k], noise[k], others[k])));
    const q = count[k] - p;
    related += p;
    relatedSquares += p * expectedSquare(square[k], noise[k], odds.spread);
    other += q;
    if (others[k] > 0) {
      touched += q;
      otherSquares += (q * expectedSquare(square[k], noise[k], odds.floor * others[k])) / others[k];
    }
  }
  return {
    share: law.share === 1 ? 1 : (related + 1) / (related + other + 2),
    scale: Math.sqrt((relatedSquares + tasks * SCALE ** 2) / (related + tasks)),
    background: law.share === 1 ? 0 : Math.min(MAX_BACKGROUND, Math.sqrt(otherSquares / (touched + 1))),
  };
}

/** What the odds of an observation take from a law: log share/(1 − share), ω₁² and ω₀². */
interface Odds {
  readonly prior: number;
  readonly spread: number;
  readonly floor: number;
}

function logOddsOf({ share, scale, background }: Law): Odds {
  return { prior: Math.log(share / (1 - share)), spread: scale ** 2, floor: background ** 2 };
}

/** log P(related) − log P(unrelated) of an observation. */
function logOdds({ prior, spread, floor }: Odds, square: number, noise: number, others: number): number {
  const related = spread + noise;
  const other = floor * others + noise;
  return prior + (Math.log(other / related) + square / other - square / related) / 2;
}

/** Σ count · log density of the mixture. */
function logLikelihood({ square, noise, others, count }: Observations, law: Law): number {
  const { share, scale } = law;
  const odds = logOddsOf(law);
  let sum = 0;
  for (let k = 0; k < square.length; k++) {
    const variance = scale ** 2 + noise[k];
    const related = Math.log(share) - (Math.log(variance) + square[k] / variance) / 2;
    const rest = share === 1 ? 0 : Math.log1p(Math.exp(-logOdds(odds, square[k], noise[k], others[k])));
    sum += count[k] * (related + rest);
  }
  return sum;
}

/** E β² given β̂ under N(0, spread). */
function expectedSquare(square: number, noise: number, spread: number): number {
  const kept = spread / (spread + noise);
  return kept * (kept * square + noise);
}
