import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import { structureLikelihoods, structureRoom, type TaskMoments } from "./causal-structure.ts";
import {
  type IndicatorPrior,
  logSetPriors,
  type PriorStatistics,
  startingPrior,
  strengthLogOdds,
  updatedPrior,
} from "./indicator-prior.ts";
import { fitScale, type LatentVariances, latentVariances, scaleLogOdds, sizeTells } from "./latent-scale.ts";
import { type SetRoom, setPosteriors, setRoom } from "./set-posterior.ts";

/** Sets of causes are enumerated over this many latents of a task; others are settled beforehand. */
const MAX_CANDIDATES = 12;
/** Latents with these log odds, by strength alone, are not candidates where there are enough others. */
const SETTLED = 12;
const [MAX_ROUNDS, SETTLED_CHANGE] = [50, 1e-4];

/** A task with the sets of causes that are considered for it. */
interface TaskSets {
  readonly fixed: readonly number[];
  readonly candidates: readonly number[];
  /** P(C | task) by the odds of the candidates and the log of the prior probability of a set. */
  readonly posterior: ReturnType<typeof setPosteriors>;
}

/**
 * P(c_tj = 1): the probability that latent j causes the target of task t.
 *
 *     P(C | task) ∝ P(|C|) / (d choose |C|) · Π_{j∈C} p(a_j, v_j | cause) · Π_{j∉C} p(a_j, r_j | effect) · e^{ℓ(C)}
 *
 * The strength a_j says what one latent can by itself (the variance rule: effects of y are tied to it closely), ℓ what
 * only several together can (causes are independent until y is given; effects the reverse), the variances v_j and r_j
 * what the scale of a latent tells (causes vary alike in all tasks, effects with their target), and P(|C|) what tasks have
 * in common. The prior is estimated from all tasks by EM. Method: section 3.4. ℓ is left out for tasks with d + 2 rows or
 * fewer.
 *
 * The variances are used where they tell something (`sizeTells`): not when latents were standardised within every task.
 *
 * Sets are enumerated over the dozen least certain latents of a task; with d ≤ 12 these are all but those whose strength
 * and scale alone settle them. The rest follow these two.
 *
 * @param tasks Moments of every task in latent coordinates, T.
 * @param sigmaS σs, which starts the scale of the effects.
 * @param fitted 2 when h and y were centred within the task, else 1.
 * @returns T × d.
 */
export function causePosterior(tasks: readonly TaskMoments[], sigmaS: number, fitted: 1 | 2): Matrix {
  const d = tasks[0].s.length;
  const start = startingPrior(d, sigmaS);
  const strength = strengths(tasks);
  const variances = latentVariances(tasks, fitted);
  const first = estimated(tasks, strength, start);
  if (!sizeTells(variances, first.pCause)) return first.pCause;
  return estimated(tasks, strength, start, { ...first, variances }).pCause;
}

/** a_tj, T × d. */
function strengths(tasks: readonly TaskMoments[]): Matrix {
  const d = tasks[0].s.length;
  const result = matrix(tasks.length, d);
  tasks.forEach(({ S, s, q }, t) => {
    for (let j = 0; j < d; j++) {
      const share = s[j] ** 2 / (S.data[j * d + j] * q);
      result.data[t * d + j] = Math.sqrt(share / (1 - share));
    }
  });
  return result;
}

/** P(c_tj = 1), T × d, and the prior that goes with it. */
interface Estimate {
  readonly pCause: Matrix;
  readonly prior: IndicatorPrior;
}

/** P(c_tj = 1) by EM; with the sizes of latents where they are given, from an estimate without them. */
function estimated(
  tasks: readonly TaskMoments[],
  strength: Matrix,
  start: IndicatorPrior,
  size?: Estimate & { readonly variances: LatentVariances },
): Estimate {
  let prior = size?.prior ?? start;
  let scale = size && fitScale(size.variances, size.pCause);
  let sets: TaskSets[] | undefined;
  for (let round = 0; ; round++) {
    const bySize = size && scale && scaleLogOdds(size.variances, scale);
    const odds = strength.data.map((a) => strengthLogOdds(prior, a));
    const table = matrix(strength.rows, strength.cols, odds);
    if (bySize) for (let at = 0; at < table.data.length; at++) table.data[at] += bySize.data[at];
    sets ??= consideredSets(tasks, table);
    const { probabilities, statistics } = expectation(sets, strength, table, prior);
    const next = updatedPrior(statistics, start);
    if (round === MAX_ROUNDS || change(prior, next) < SETTLED_CHANGE) return { pCause: probabilities, prior };
    prior = next;
    scale = size && fitScale(size.variances, probabilities);
  }
}

/** Whether a task has hardly more rows than latents, d. */
const areFew = (rows: number, d: number) => rows <= d + 2;

/** The sets of every task; tasks with as many candidates share what weighting them takes. */
function consideredSets(tasks: readonly TaskMoments[], odds: Matrix): TaskSets[] {
  const structureRooms = new Map<number, Matrix[]>();
  const setRooms = new Map<number, SetRoom>();
  return tasks.map((task, t) => {
    const { fixed, candidates } = considered(rowView(odds, t));
    const size = candidates.length;
    // With hardly more rows than latents any set of causes explains y: there is no structure to see.
    const likelihoods = areFew(task.rows, odds.cols)
      ? new Float64Array(2 ** size)
      : structureLikelihoods(task, fixed, candidates, found(structureRooms, fixed.length + size + 1, structureRoom));
    return { fixed, candidates, posterior: setPosteriors(likelihoods, found(setRooms, size, setRoom)) };
  });
}

function found<T>(known: Map<number, T>, size: number, make: (size: number) => T): T {
  let value = known.get(size);
  if (value === undefined) {
    value = make(size);
    known.set(size, value);
  }
  return value;
}

function considered(odds: Float64Array): Pick<TaskSets, "fixed" | "candidates"> {
  if (odds.length <= MAX_CANDIDATES) {
    const candidates: number[] = [];
    for (let j = 0; j < odds.length; j++) if (odds[j] > -SETTLED) candidates.push(j);
    return { fixed: [], candidates };
  }
  const byDoubt = Array.from(odds, (_, j) => j).sort((i, j) => Math.abs(odds[i]) - Math.abs(odds[j]));
  const candidates = byDoubt.filter((j, k) => k < MAX_CANDIDATES && odds[j] > -SETTLED).sort((i, j) => i - j);
  const fixed = byDoubt.filter((j) => !candidates.includes(j) && odds[j] > 0);
  return { fixed, candidates };
}

/** The E step: P(c_tj = 1) under the current prior, and the sums that the M step needs. */
function expectation(sets: readonly TaskSets[], strength: Matrix, odds: Matrix, prior: IndicatorPrior) {
  const d = strength.cols;
  const probabilities = matrix(sets.length, d);
  const counts = new Float64Array(d + 1);
  const setPriors = logSetPriors(prior);
  const sums = { causes: 0, causeSquares: 0, effects: 0, effectSquares: 0 };
  const room = new Float64Array(d);
  sets.forEach(({ fixed, candidates, posterior }, t) => {
    const own = candidates.length === d ? room : room.subarray(0, candidates.length);
    for (let k = 0; k < own.length; k++) own[k] = odds.data[t * d + candidates[k]];
    const { bySize, byCandidate } = posterior(own, fixed.length === 0 ? setPriors : setPriors.subarray(fixed.length));
    for (const j of fixed) probabilities.data[t * d + j] = 1;
    for (let size = 0; size < bySize.length; size++) counts[fixed.length + size] += bySize[size];
    for (let k = 0; k < candidates.length; k++) probabilities.data[t * d + candidates[k]] = byCandidate[k];
    for (let at = t * d; at < (t + 1) * d; at++) {
      const a = strength.data[at];
      const p = probabilities.data[at];
      sums.causes += p;
      sums.causeSquares += p * a * a;
      sums.effects += 1 - p;
      sums.effectSquares += (1 - p) * a * a;
    }
  });
  const statistics: PriorStatistics = { ...sums, counts };
  return { probabilities, statistics };
}

function change(a: IndicatorPrior, b: IndicatorPrior): number {
  const scales = [Math.log(a.causeScale / b.causeScale), Math.log(a.effectScale / b.effectScale)];
  return Math.max(...scales.map(Math.abs), ...a.counts.map((p, m) => Math.abs(p - b.counts[m])));
}
