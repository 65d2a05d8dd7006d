import { cholesky } from "../linalg/cholesky.ts";
import { inverse } from "../linalg/lu.ts";
import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import type { Random } from "../stats/random.ts";
import { fromIndicators, indicatorGradient } from "./indicator-parameters.ts";
import { marginalLikelihood } from "./marginal-likelihood.ts";
import { pooledCovariance, residualsOf } from "./residual-covariance.ts";
import type { SecondMoments } from "./second-moments.ts";
import type { Solution, SolverStep } from "./solver.ts";
import { randomOrthogonal } from "./starting-points.ts";

export interface AdamSolverOptions {
  /** σs and σo, both fixed. */
  readonly sigmaS: number;
  readonly sigmaObs: number;
  /** Limit on steps; default 5000. */
  readonly maxIterations?: number;
}

const [FIRST_RATE, LAST_RATE] = [0.1, 5e-3];
const [BETA_1, BETA_2, EPSILON] = [0.9, 0.999, 1e-8];
/** The rate is halved after this many steps without an improvement by a relative 1e-6, as on a plateau. */
const PATIENCE = 100;
const [DECAY, IMPROVEMENT] = [0.5, 1e-6];

/**
 * The paper's recipe for stage 2: Adam on A, the logits of c, and γ; the rate falls from .1 to .005 on plateaus.
 *
 * For comparison: it reaches the minimum that `solveExactly` reaches, later. Unlike the released code it evaluates the
 * likelihood of all rows at every step, which moments make cheap, and starts from a random rotation of the whitened
 * representation (Chen et al. 2024, appendix; Kingma & Ba 2015).
 *
 * @param moments S, s and q of every task.
 * @param random Source of the start.
 * @yields Every iterate.
 * @returns The best iterate; converged when the value had stopped falling at the lowest rate.
 */
export function* solveByAdam(
  moments: SecondMoments,
  { sigmaS, sigmaObs, maxIterations = 5000 }: AdamSolverOptions,
  random: Random,
): Generator<SolverStep, Solution> {
  const d = moments.dim;
  const tasks = moments.q.length;
  const evaluate = (x: Float64Array) => {
    const { mixing, logits, gamma } = partsOf(x, d, tasks);
    const parameters = { mixing, ...fromIndicators({ logits, gamma }, sigmaS), noise: sigmaObs ** 2 };
    const { value, gradient } = marginalLikelihood(moments, parameters);
    const own = indicatorGradient({ logits, gamma }, gradient, sigmaS);
    return { value, gradient: Float64Array.of(...gradient.mixing.data, ...own.logits.data, ...own.gamma.data) };
  };

  const x = new Float64Array(d * d + 2 * tasks * d);
  x.set(multiply(cholesky(pooledCovariance(residualsOf(moments))), randomOrthogonal(d, random)).data);
  const [first, second] = [new Float64Array(x.length), new Float64Array(x.length)];
  let rate = FIRST_RATE;
  let waited = 0;
  let best = { value: Number.POSITIVE_INFINITY, unmixing: matrix(d, d) };
  const ended = (converged: boolean): Solution => ({
    ...best,
    starts: 1,
    agreed: 1,
    gap: null,
    converged,
    reason: converged ? "plateau" : "iterations",
    sigmaObs,
  });

  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const { value, gradient } = evaluate(x);
    const unmixing = inverse(partsOf(x, d, tasks).mixing);
    const gradientNorm = gradient.reduce((max, g) => Math.max(max, Math.abs(g)), 0);
    yield { start: 0, iteration, phase: "adam", value, gradientNorm, unmixing };

    waited = value < best.value - IMPROVEMENT * Math.abs(best.value) || iteration === 0 ? 0 : waited + 1;
    if (value < best.value) best = { value, unmixing };
    if (waited > PATIENCE) {
      if (rate <= LAST_RATE) return ended(true);
      rate = Math.max(LAST_RATE, rate * DECAY);
      waited = 0;
    }
    for (let k = 0; k < x.length; k++) {
      first[k] = BETA_1 * first[k] + (1 - BETA_1) * gradient[k];
      second[k] = BETA_2 * second[k] + (1 - BETA_2) * gradient[k] ** 2;
      const mean = first[k] / (1 - BETA_1 ** (iteration + 1));
      const square = second[k] / (1 - BETA_2 ** (iteration + 1));
      x[k] -= (rate * mean) / (Math.sqrt(square) + EPSILON);
    }
  }
  return ended(false);
}

/** Views of A, the logits and γ in one vector. */
function partsOf(x: Float64Array, d: number, tasks: number): Record<"mixing" | "logits" | "gamma", Matrix> {
  const [a, b] = [d * d, d * d + tasks * d];
  return {
    mixing: matrix(d, d, x.subarray(0, a)),
    logits: matrix(tasks, d, x.subarray(a, b)),
    gamma: matrix(tasks, d, x.subarray(b)),
  };
}
