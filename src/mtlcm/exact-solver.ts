import { SingularMatrixError } from "../errors.ts";
import { lbfgs, type Objective } from "../linalg/lbfgs.ts";
import { inverse } from "../linalg/lu.ts";
import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import { diagonality, type VarianceBounds } from "./diagonality.ts";
import { type ExactCoordinates, exactCoordinates } from "./exact-coordinates.ts";
import { pack } from "./packed-covariances.ts";
import { profileParameters } from "./profile.ts";
import { blockCurvature, newtonDirection } from "./quasi-newton.ts";
import { residualsOf } from "./residual-covariance.ts";
import type { SecondMoments } from "./second-moments.ts";
import type { Solution, SolverStep } from "./solver.ts";

/** Steps that L-BFGS remembers: noise couples every variance to every other, which the preconditioner leaves out. */
const MEMORY = 30;

export interface ExactSolverOptions {
  /** σo, or "estimate". */
  readonly sigmaObs: number | "estimate";
  /** Stop when no derivative of the value exceeds this; default 1e-8. */
  readonly tolerance?: number;
  /** Default 500. */
  readonly maxIterations?: number;
}

/**
 * Maximum likelihood with observation noise: L-BFGS on the exact likelihood, from the closed form.
 *
 * Method: section 3.3. Worth its price where σo² is not small beside the smallest eigenvalues of the R_t.
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
  { sigmaObs, tolerance = 1e-8, maxIterations = 500 }: ExactSolverOptions,
): Generator<SolverStep, Solution> {
  const noise = sigmaObs === "estimate" ? undefined : sigmaObs ** 2;
  const from = profileParameters(moments, start.unmixing, bounds, noise ?? startingNoise(moments));
  const coordinates = exactCoordinates(moments, from.mixing, bounds, noise);
  const { decode } = coordinates;
  const first = coordinates.encode(from);
  const precondition = preconditioner(moments, start.unmixing, bounds, coordinates, first);
  const options = { tolerance, maxIterations, precondition, memory: MEMORY };
  const steps = lbfgs(insideDomain(coordinates.objective), first, options);
  for (;;) {
    const next = steps.next();
    const { iteration, value, gradientNorm, x } = next.value;
    const unmixing = inverse(decode(x).mixing);
    if (next.done === true) {
      const { converged, reason } = next.value;
      const { starts, agreed, gap } = start;
      return { unmixing, value, sigmaObs: Math.sqrt(decode(x).noise), starts, agreed, gap, converged, reason };
    }
    yield { start: start.starts - 1, iteration, phase: "lbfgs", value, gradientNorm, unmixing };
  }
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

/** Half the smallest eigenvalue of any R_t: noise adds σo² to all of them. */
function startingNoise(moments: SecondMoments): number {
  const { dim: d, matrices, weights } = residualsOf(moments);
  const smallest = Array.from(weights, (_, t) => symmetricEigen(matrix(d, d, rowView(matrices, t))).values[d - 1]);
  return Math.max(Math.min(...smallest) / 2, Number.MIN_VALUE);
}

/**
 * The inverse of an approximate Hessian at the start, where noise is neglected: the 2 × 2 blocks of joint
 * diagonalisation for E, and a diagonal for the variances.
 */
function preconditioner(
  moments: SecondMoments,
  unmixing: Matrix,
  bounds: VarianceBounds,
  coordinates: ExactCoordinates,
  x: Float64Array,
): (gradient: Float64Array) => Float64Array {
  const d = moments.dim;
  const set = pack(residualsOf(moments));
  const at = diagonality(set, unmixing, bounds);
  const blocks = blockCurvature(set, at);
  const diagonal = coordinates.curvature(x, at.residual);
  return (gradient) => {
    const result = gradient.slice();
    result.set(newtonDirection(blocks, matrix(d, d, gradient.slice(0, d * d))).data);
    diagonal.forEach((curvature, k) => {
      result[d * d + k] /= curvature;
    });
    return result;
  };
}
