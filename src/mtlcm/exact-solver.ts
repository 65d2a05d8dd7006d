import { SingularMatrixError } from "../errors.ts";
import { cholesky, choleskySolve } from "../linalg/cholesky.ts";
import { conjugateGradients } from "../linalg/conjugate-gradients.ts";
import { lbfgs, type Objective } from "../linalg/lbfgs.ts";
import { inverse, logAbsDeterminant } from "../linalg/lu.ts";
import { type Matrix, matrix, multiply, multiplyTransposed, rowView, transpose } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import { congruence } from "./congruence.ts";
import type { VarianceBounds } from "./diagonality.ts";
import { noiseScore } from "./noise-score.ts";
import { noisyCurvature } from "./noisy-curvature.ts";
import { type NoisyInformation, noisyInformation } from "./noisy-information.ts";
import { type NoisyCovarianceSet, noisyLikelihood } from "./noisy-likelihood.ts";
import { type ResidualCovariances, residualsOf } from "./residual-covariance.ts";
import type { SecondMoments } from "./second-moments.ts";
import type { Solution, SolverStep } from "./solver.ts";

export interface ExactSolverOptions {
  /** σo, or "estimate". */
  readonly sigmaObs: number | "estimate";
  /** Where the estimation of σo starts; by default where the closed form's leftovers put it. */
  readonly startingSigmaObs?: number;
  /** Stop when no derivative of the value exceeds this; default 1e-8. */
  readonly tolerance?: number;
  /** Default 500. */
  readonly maxIterations?: number;
}

/** Steps with one preconditioner, after which it is computed again where they led. */
const ROUND = 15;
/** Up to so many latents the whole information is computed and factorised, d⁴ numbers; beyond, equations with it are solved by iteration … */
const DENSE_LIMIT = 12;
/** … to this share of the right side, which is near enough for a direction. */
const ITERATION = { tolerance: 0.03, maxIterations: 40 };
/** Added to the diagonal of the preconditioner: latents that the data hardly tell apart make it nearly singular. */
const LIFT = 1e-7;

/**
 * Maximum likelihood with observation noise: L-BFGS on the exact likelihood, from the closed form.
 *
 * Method: section 3.3. In rounds: each takes the latents found so far as its coordinates, A = A₀ (I + E), in which rounding is smallest,
 * and preconditions with the expected information there. A variance may end at its bound, 0 where free: that is an
 * optimum like any other.
 *
 * @param moments S, s and q of every task.
 * @param start The closed form's solution, whose count of starts is passed on.
 * @yields Every accepted iterate.
 * @returns The minimum, with σo as given or estimated.
 */
export function* solveExactly(
  moments: SecondMoments,
  start: Solution,
  bounds: VarianceBounds,
  { sigmaObs, startingSigmaObs, tolerance = 1e-8, maxIterations = 500 }: ExactSolverOptions,
): Generator<SolverStep, Solution> {
  const residuals = residualsOf(moments);
  const estimated = sigmaObs === "estimate";
  const given = estimated ? startingSigmaObs : sigmaObs;
  let noise = given === undefined ? startingNoise(residuals, start.unmixing) : given ** 2;
  let { unmixing } = start;
  for (let done = 0; ; ) {
    const round = exactRound(residuals, unmixing, noise, estimated, bounds);
    const limit = Math.min(ROUND, maxIterations - done);
    const steps = lbfgs(round.objective, round.first, {
      tolerance,
      maxIterations: limit,
      precondition: round.precondition,
      memory: ROUND,
    });
    for (;;) {
      const next = steps.next();
      const { iteration, value, gradientNorm, x } = next.value;
      ({ unmixing, noise } = round.decode(x));
      if (next.done !== true) {
        yield { start: start.starts - 1, iteration: done + iteration, phase: "lbfgs", value, gradientNorm, unmixing };
        continue;
      }
      done += iteration;
      const { converged, reason } = next.value;
      if (reason === "iterations" && done < maxIterations) break;
      const { starts, agreed, gap } = start;
      return { unmixing, value, starts, agreed, gap, converged, reason, sigmaObs: Math.sqrt(noise) };
    }
  }
}

/** The likelihood as a function of x = [ E ; σo / σ₀ ] around a point, and what goes with it. */
interface ExactRound {
  readonly objective: Objective;
  readonly first: Float64Array;
  readonly precondition: (gradient: Float64Array) => Float64Array;
  readonly decode: (x: Float64Array) => { unmixing: Matrix; noise: number };
}

function exactRound(
  residuals: ResidualCovariances,
  reference: Matrix,
  noise: number,
  estimated: boolean,
  bounds: VarianceBounds,
): ExactRound {
  const d = residuals.dim;
  const set: NoisyCovarianceSet = {
    ...residuals,
    matrices: congruence(residuals.matrices, reference),
    noiseShape: multiplyTransposed(reference, reference),
  };
  const size = d * d + (estimated ? 1 : 0);
  const first = new Float64Array(size);
  if (estimated) first[d * d] = 1;
  const noiseAt = (x: Float64Array) => (estimated ? noise * x[d * d] ** 2 : noise);
  const shift = -logAbsDeterminant(reference);
  const change = (x: Float64Array) => {
    const result = matrix(d, d, x.slice(0, d * d));
    for (let j = 0; j < d; j++) result.data[j * d + j] += 1;
    return inverse(result);
  };
  const at = noisyLikelihood(set, change(first), noise, bounds);
  let latest = at.variance;
  return {
    first,
    precondition:
      d > DENSE_LIMIT
        ? iterative(noisyInformation(at, set.noiseShape, set.weights, bounds), size, 2 * noise, bounds)
        : dense(noisyCurvature(at, set.noiseShape, set.weights, bounds), size, 2 * noise, bounds),
    decode: (x) => ({ unmixing: multiply(change(x), reference), noise: noiseAt(x) }),
    objective: insideDomain((x) => {
      const back = change(x);
      const { value, unmixingSlope, noiseSlope, variance } = noisyLikelihood(set, back, noiseAt(x), bounds, latest);
      latest = variance;
      const gradient = new Float64Array(size);
      multiply(transpose(back), unmixingSlope).data.forEach((slope, k) => {
        gradient[k] = -slope;
      });
      if (estimated) gradient[d * d] = 2 * noise * x[d * d] * noiseSlope;
      return { value: value + shift, gradient };
    }),
  };
}

/** H⁻¹ for the whole information H. Free variances leave the scale of a latent open, which is given curvature 1. */
function dense(
  curvature: Matrix,
  size: number,
  noiseScale: number,
  { upper }: VarianceBounds,
): (gradient: Float64Array) => Float64Array {
  const all = curvature.rows;
  const d = Math.sqrt(all - 1);
  const lifted = matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) lifted.data[i * size + j] = curvature.data[i * all + j] * unit(i) * unit(j);
    lifted.data[i * size + i] += LIFT * (1 + lifted.data[i * size + i]);
    if (upper === Number.POSITIVE_INFINITY && i < d * d && i % (d + 1) === 0) lifted.data[i * size + i] += 1;
  }
  const factor = cholesky(lifted);
  return (gradient) => choleskySolve(factor, gradient);

  function unit(k: number): number {
    return k < d * d ? 1 : noiseScale;
  }
}

/** H⁻¹ for the information H by conjugate gradients, preconditioned with its 2 × 2 blocks; lifted like the whole. */
function iterative(
  information: NoisyInformation,
  size: number,
  noiseScale: number,
  { upper }: VarianceBounds,
): (gradient: Float64Array) => Float64Array {
  const { own, crossed } = information;
  const d = own.rows;
  const lift = new Float64Array(size);
  for (let k = 0; k < d * d; k++) {
    lift[k] = LIFT * (1 + own.data[k]) + (upper === Number.POSITIVE_INFINITY && k % (d + 1) === 0 ? 1 : 0);
  }
  const ownNoise = noiseScale ** 2 * information.noise;
  if (size > d * d) lift[d * d] = LIFT * (1 + ownNoise);
  const times = (x: Float64Array) => {
    const unscaled = new Float64Array(d * d + 1);
    unscaled.set(x);
    unscaled[d * d] *= noiseScale;
    const result = information.times(unscaled).subarray(0, size);
    if (size > d * d) result[d * d] *= noiseScale;
    for (let k = 0; k < size; k++) result[k] += lift[k] * x[k];
    return result;
  };
  const blocks = (r: Float64Array) => {
    const result = new Float64Array(size);
    for (let i = 0; i < d; i++) {
      result[i * d + i] = r[i * d + i] / (own.data[i * d + i] + lift[i * d + i]);
      for (let j = 0; j < i; j++) {
        const [ij, ji] = [i * d + j, j * d + i];
        const [a, b, c] = [own.data[ij] + lift[ij], own.data[ji] + lift[ji], crossed.data[ij]];
        const determinant = a * b - c * c;
        result[ij] = (b * r[ij] - c * r[ji]) / determinant;
        result[ji] = (a * r[ji] - c * r[ij]) / determinant;
      }
    }
    if (size > d * d) result[d * d] = r[d * d] / (ownNoise + lift[d * d]);
    return result;
  };
  return (gradient) => conjugateGradients(times, gradient, blocks, ITERATION);
}

/** A covariance that is not positive definite is a point outside the domain, from which the line search steps back. */
function insideDomain(objective: Objective): Objective {
  return (x) => {
    try {
      return objective(x);
    } catch (error) {
      if (error instanceof SingularMatrixError) return { value: Number.POSITIVE_INFINITY, gradient: x };
      throw error;
    }
  };
}

/**
 * The score's estimate, a first step towards the most likely level; where it is not above 0, half the smallest eigenvalue of any R_t, to all of
 * which noise adds σo².
 */
function startingNoise(residuals: ResidualCovariances, unmixing: Matrix): number {
  const { noise } = noiseScore(residuals, unmixing);
  if (noise > 0) return noise;
  const { dim: d, matrices, weights } = residuals;
  const smallest = Array.from(weights, (_, t) => symmetricEigen(matrix(d, d, rowView(matrices, t))).values[d - 1]);
  return Math.max(Math.min(...smallest) / 2, Number.MIN_VALUE);
}
