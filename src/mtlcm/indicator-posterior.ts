import { type Matrix, matrix } from "../linalg/matrix.ts";
import { structureLikelihoods, type TaskMoments } from "./causal-structure.ts";
import {
  type IndicatorPrior,
  logSetPriors,
  type PriorStatistics,
  startingPrior,
  strengthLogOdds,
  updatedPrior,
} from "./indicator-prior.ts";

/** Sets of causes are enumerated over this many latents of a task; others are settled beforehand. */
const MAX_CANDIDATES = 12;
/** Latents with these log odds, by strength alone, are not candidates where there are enough others. */
const SETTLED = 12;
const [MAX_ROUNDS, SETTLED_CHANGE] = [50, 1e-4];

/** A task with the sets of causes that are considered for it. */
interface TaskSets {
  /** a_j, d. */
  readonly strength: Float64Array;
  readonly fixed: readonly number[];
  readonly candidates: readonly number[];
  /** ℓ of every set, from `structureLikelihoods`. */
  readonly likelihoods: Float64Array;
}

/**
 * P(c_tj = 1): the probability that latent j causes the target of task t.
 *
 *     P(C | task) ∝ P(|C|) / (d choose |C|) · Π_{j∈C} p(a_j | cause) · Π_{j∉C} p(a_j | effect) · e^{ℓ(C)}
 *
 * The strength a_j says what one latent can by itself (the variance rule: effects of y are tied to it closely), ℓ what
 * only several together can (causes are independent until y is given; effects the reverse), and P(|C|) what tasks have in
 * common. The prior is estimated from all tasks by EM. Method: section 3.4. ℓ is left out for tasks with d + 2 rows or
 * fewer.
 *
 * Sets are enumerated over the dozen least certain latents of a task; with d ≤ 12 these are all but those whose strength
 * alone settles them. The rest follow their strength.
 *
 * @param tasks Moments of every task in latent coordinates, T.
 * @param sigmaS σs, which starts the scale of the effects.
 * @returns T × d.
 */
export function causePosterior(tasks: readonly TaskMoments[], sigmaS: number): Matrix {
  const d = tasks[0].s.length;
  const start = startingPrior(d, sigmaS);
  const sets = tasks.map((task) => considered(task, start));
  let prior = start;
  for (let round = 0; ; round++) {
    const { probabilities, statistics } = expectation(sets, prior, d);
    const next = updatedPrior(statistics, start);
    if (round === MAX_ROUNDS || change(prior, next) < SETTLED_CHANGE) return probabilities;
    prior = next;
  }
}

function considered(task: TaskMoments, start: IndicatorPrior): TaskSets {
  const d = task.s.length;
  const strength = task.s.map((s, j) => {
    const share = s ** 2 / (task.S.data[j * d + j] * task.q);
    return Math.sqrt(share / (1 - share));
  });
  const odds = strength.map((a) => strengthLogOdds(start, a));
  const byDoubt = Array.from({ length: d }, (_, j) => j).sort((i, j) => Math.abs(odds[i]) - Math.abs(odds[j]));
  const candidates = byDoubt.filter((j, k) => k < MAX_CANDIDATES && odds[j] > -SETTLED).sort((i, j) => i - j);
  const fixed = byDoubt.filter((j) => !candidates.includes(j) && odds[j] > 0);
  // With hardly more rows than latents any set of causes explains y: there is no structure to see.
  const likelihoods =
    task.rows > d + 2 ? structureLikelihoods(task, fixed, candidates) : new Float64Array(2 ** candidates.length);
  return { strength, fixed, candidates, likelihoods };
}

/** The E step: P(c_tj = 1) under the current prior, and the sums that the M step needs. */
function expectation(sets: readonly TaskSets[], prior: IndicatorPrior, d: number) {
  const probabilities = matrix(sets.length, d);
  const counts = new Float64Array(d + 1);
  const setPriors = logSetPriors(prior);
  const sums = { causes: 0, causeSquares: 0, effects: 0, effectSquares: 0 };
  sets.forEach(({ strength, fixed, candidates, likelihoods }, t) => {
    const odds = candidates.map((j) => strengthLogOdds(prior, strength[j]));
    const posterior = setPosterior(likelihoods, odds, setPriors.subarray(fixed.length));
    for (const j of fixed) probabilities.data[t * d + j] = 1;
    posterior.bySize.forEach((p, size) => {
      counts[fixed.length + size] += p;
    });
    candidates.forEach((j, k) => {
      probabilities.data[t * d + j] = posterior.byCandidate[k];
    });
    strength.forEach((a, j) => {
      const p = probabilities.data[t * d + j];
      sums.causes += p;
      sums.causeSquares += p * a * a;
      sums.effects += 1 - p;
      sums.effectSquares += (1 - p) * a * a;
    });
  });
  const statistics: PriorStatistics = { ...sums, counts };
  return { probabilities, statistics };
}

/**
 * P(C | task) summed by the number of candidates in C and by candidate.
 *
 * Sets are taken in the order of their codes, so that each extends one that is known by its highest candidate; the sums
 * by candidate fold the list in halves, highest candidate first. Both take a pass, not one for each candidate.
 */
function setPosterior(likelihoods: Float64Array, odds: readonly number[], setPriors: Float64Array) {
  const sets = likelihoods.length;
  const byOdds = new Float64Array(sets);
  const size = new Uint8Array(sets);
  odds.forEach((log, k) => {
    const half = 1 << k;
    for (let code = 0; code < half; code++) {
      byOdds[half + code] = byOdds[code] + log;
      size[half + code] = size[code] + 1;
    }
  });
  let largest = Number.NEGATIVE_INFINITY;
  for (let code = 0; code < sets; code++) {
    byOdds[code] += likelihoods[code] + setPriors[size[code]];
    if (byOdds[code] > largest) largest = byOdds[code];
  }
  let total = 0;
  for (let code = 0; code < sets; code++) {
    byOdds[code] = Math.exp(byOdds[code] - largest);
    total += byOdds[code];
  }
  const bySize = new Float64Array(odds.length + 1);
  for (let code = 0; code < sets; code++) bySize[size[code]] += byOdds[code] / total;
  const byCandidate = new Float64Array(odds.length);
  for (let k = odds.length - 1; k >= 0; k--) {
    const half = 1 << k;
    let sum = 0;
    for (let code = 0; code < half; code++) {
      sum += byOdds[half + code];
      byOdds[code] += byOdds[half + code];
    }
    byCandidate[k] = sum / total;
  }
  return { bySize, byCandidate };
}

function change(a: IndicatorPrior, b: IndicatorPrior): number {
  const scales = [Math.log(a.causeScale / b.causeScale), Math.log(a.effectScale / b.effectScale)];
  return Math.max(...scales.map(Math.abs), ...a.counts.map((p, m) => Math.abs(p - b.counts[m])));
}
