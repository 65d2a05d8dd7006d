import { dot } from "./matrix.ts";

/** A step s and the change y of the gradient over it, with 1 / s'y. */
export interface CurvaturePair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/**
 * H⁻¹ g, where H is the Hessian as far as recent steps have revealed it.
 *
 * Two-loop recursion, Algorithm 7.4 of Nocedal & Wright, Numerical Optimization, 2nd ed.
 *
 * @param gradient g.
 * @param pairs The latest pairs, oldest first.
 * @param precondition H₀⁻¹ applied to a vector; default the identity scaled by s'y / y'y of the newest pair.
 */
export function inverseHessianTimes(
  gradient: Float64Array,
  pairs: readonly CurvaturePair[],
  precondition?: (gradient: Float64Array) => Float64Array,
): Float64Array {
  let q: Float64Array = gradient.slice();
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    alphas[k] = pairs[k].rho * dot(pairs[k].s, q);
    addScaled(q, -alphas[k], pairs[k].y);
  }
  const newest = pairs.at(-1);
  if (precondition !== undefined) q = precondition(q);
  else if (newest !== undefined) q = q.map((value) => value / (newest.rho * dot(newest.y, newest.y)));
  pairs.forEach((pair, k) => {
    addScaled(q, alphas[k] - pair.rho * dot(pair.y, q), pair.s);
  });
  return q;
}

/** Adds a pair and forgets the oldest beyond `memory`; keeps it only if s'y > 0, so that H stays positive definite. */
export function remember(pairs: CurvaturePair[], memory: number, s: Float64Array, y: Float64Array): void {
  const curvature = dot(s, y);
  if (!(curvature > Number.EPSILON * Math.sqrt(dot(s, s) * dot(y, y)))) return;
  pairs.push({ s, y, rho: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}

function addScaled(x: Float64Array, factor: number, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] += factor * y[i];
}
