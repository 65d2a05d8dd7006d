import { ShapeError } from "../errors.ts";
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

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
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
  const pairs: Pair[] = [];

  for (let iteration = 0; ; iteration++) {
    const step = { iteration, value, gradientNorm: largest(gradient), x };
    if (step.gradientNorm < tolerance) return { ...step, converged: true, reason: "gradient" };
    if (iteration === maxIterations) return { ...step, converged: false, reason: "iterations" };

    const direction = descentDirection(gradient, pairs, precondition);
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

function descentDirection(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: LbfgsOptions["precondition"],
): Float64Array {
  let q: Float64Array = gradient.slice();
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    alphas[k] = pairs[k].rho * dot(pairs[k].s, q);
    addScaled(q, -alphas[k], pairs[k].y);
  }
  const last = pairs.at(-1);
  if (precondition !== undefined) q = precondition(q);
  else if (last !== undefined) scale(q, 1 / (last.rho * dot(last.y, last.y)));
  pairs.forEach((pair, k) => {
    addScaled(q, alphas[k] - pair.rho * dot(pair.y, q), pair.s);
  });
  return scale(q, -1);
}

/** Keeps the pair only when it carries positive curvature, so that the implied Hessian stays positive definite. */
function remember(pairs: Pair[], memory: number, s: Float64Array, y: Float64Array): void {
  const curvature = dot(s, y);
  if (!(curvature > Number.EPSILON * norm(s) * norm(y))) return;
  pairs.push({ s, y, rho: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}

const norm = (x: Float64Array) => Math.sqrt(dot(x, x));
const largest = (x: Float64Array) => x.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
const difference = (x: Float64Array, y: Float64Array) => x.map((value, i) => value - y[i]);

function addScaled(x: Float64Array, factor: number, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] += factor * y[i];
}

function scale(x: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < x.length; i++) x[i] *= factor;
  return x;
}
