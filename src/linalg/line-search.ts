import type { Objective } from "./lbfgs.ts";
import { dot } from "./matrix.ts";

/** A point on the line, with the function's value and gradient there. */
export interface LinePoint {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
/** Relative error to be expected of a value that is a sum of many terms. */
const ROUNDING = 1e-13;
const MAX_EVALUATIONS = 50;

/**
 * A point along a descent direction that satisfies the weak Wolfe conditions, or undefined when there is none in reach.
 *
 *     f(x + t p) ≤ f(x) + 1e-4 t p'∇f(x)   and   p'∇f(x + t p) ≥ .9 p'∇f(x)
 *
 * Bracketing and bisection of Lewis & Overton 2013, §4: it needs no smoothness beyond what BFGS itself needs, and a value
 * that is not finite counts as too high, so that barriers are respected. Close to a minimum differences in f drown in
 * rounding; where f has not risen by more than that, a slope reduced to .9 of its size is enough (Hager & Zhang 2005).
 *
 * @param first The first t tried, > 0.
 */
export function searchLine(
  objective: Objective,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  first: number,
): LinePoint | undefined {
  const slope = dot(gradient, direction);
  if (!(slope < 0)) return undefined;
  const rounding = ROUNDING * (1 + Math.abs(value));
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let t = first;
  for (let evaluation = 0; evaluation < MAX_EVALUATIONS; evaluation++) {
    const trial = x.map((xi, i) => xi + t * direction[i]);
    const at = objective(trial);
    const slopeThere = dot(at.gradient, direction);
    if (at.value <= value + rounding && Math.abs(slopeThere) <= CURVATURE * -slope) return { x: trial, ...at };
    if (!(at.value <= value + SUFFICIENT_DECREASE * t * slope)) high = t;
    else if (!(slopeThere >= CURVATURE * slope)) low = t;
    else return { x: trial, ...at };
    t = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return undefined;
}
