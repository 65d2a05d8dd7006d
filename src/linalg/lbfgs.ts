import { ShapeError } from "../errors.ts";
import { type CurvaturePair, inverseHessianTimes, remember } from "./curvature-memory.ts";
import { searchLine } from "./line-search.ts";
import { dot } from "./matrix.ts";

/** A function to minimise: its value and gradient at x. A value that is not finite means "outside the domain". */
export type Objective = (x: Float64Array) => { readonly value: number; readonly gradient: Float64Array };

export interface LbfgsOptions {
  /** Stop when no entry of the gradient exceeds this; default 1e-8. */
  readonly tolerance?: number;
  /** Number of (s, y) pairs remembered; default 10. */
  readonly memory?: number;
  /** Default 500. */
  readonly maxIterations?: number;
  /** H₀⁻¹ g: an approximate inverse Hessian applied to a vector; default the scaled identity s'y / y'y. */
  readonly precondition?: (gradient: Float64Array) => Float64Array;
}

/** One accepted iterate. */
export interface LbfgsStep {
  readonly iteration: number;
  readonly value: number;
  /** max |∂f/∂x_i|. */
  readonly gradientNorm: number;
  readonly x: Float64Array;
}

export interface LbfgsResult extends LbfgsStep {
  readonly converged: boolean;
  /** Why it stopped: the gradient is small, no lower point on the line, or the limit of iterations. */
  readonly reason: "gradient" | "line search" | "iterations";
}

/**
 * Minimises a smooth function by limited-memory BFGS, one step at a time.
 *
 * Two-loop recursion of Nocedal & Wright, Numerical Optimization, 2nd ed., Algorithm 7.4, with a weak Wolfe line search.
 * Not converging is a result, not an exception.
 *
 * @param objective f and ∇f.
 * @param start x₀, n numbers, inside the domain; not written to.
 * @yields Every accepted iterate.
 * @returns The last iterate, whether it converged, and why it stopped.
 * @throws ShapeError when the gradient does not have n numbers.
 */
export function* lbfgs(
  objective: Objective,
  start: Float64Array,
  { tolerance = 1e-8, memory = 10, maxIterations = 500, precondition }: LbfgsOptions = {},
): Generator<LbfgsStep, LbfgsResult> {
  let x: Float64Array = start.slice();
  let { value, gradient }: { value: number; gradient: Float64Array } = objective(x);
  if (gradient.length !== x.length) {
    throw new ShapeError(`lbfgs: x has ${x.length} numbers, the gradient ${gradient.length}`);
  }
  const pairs: CurvaturePair[] = [];

  for (let iteration = 0; ; iteration++) {
    const step = { iteration, value, gradientNorm: largest(gradient), x };
    if (step.gradientNorm < tolerance) return { ...step, converged: true, reason: "gradient" };
    if (iteration === maxIterations) return { ...step, converged: false, reason: "iterations" };

    const direction = inverseHessianTimes(gradient, pairs, precondition).map((value) => -value);
    const first = pairs.length === 0 && precondition === undefined ? Math.min(1, 1 / norm(gradient)) : 1;
    const found = searchLine(objective, x, value, gradient, direction, first);
    if (found === undefined) {
      // A stale memory can spoil the direction; steepest descent gets one more chance before giving up.
      if (pairs.length === 0) return { ...step, converged: false, reason: "line search" };
      pairs.length = 0;
      continue;
    }

    remember(pairs, memory, difference(found.x, x), difference(found.gradient, gradient));
    ({ x, value, gradient } = found);
    yield { iteration: iteration + 1, value, gradientNorm: largest(gradient), x };
  }
}

const norm = (x: Float64Array) => Math.sqrt(dot(x, x));
const largest = (x: Float64Array) => x.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
const difference = (x: Float64Array, y: Float64Array) => x.map((value, i) => value - y[i]);
