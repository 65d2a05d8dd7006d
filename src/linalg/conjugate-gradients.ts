import { dot } from "./matrix.ts";

export interface ConjugateGradientOptions {
  /** Stop when the residual, as the preconditioner measures it, is this share of that of x = 0. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/**
 * An approximate solution x of H x = b, H symmetric positive semidefinite and known by its products.
 *
 * Preconditioned conjugate gradients from x = 0 (Golub & Van Loan, 4th ed., Algorithm 11.5.1). Wherever it stops b'x > 0, so that −x is
 * a way down where b is a gradient.
 *
 * @param times H p for any p.
 * @param b n numbers, not all 0.
 * @param precondition M⁻¹ r, M symmetric positive definite and like H.
 */
export function conjugateGradients(
  times: (p: Float64Array) => Float64Array,
  b: Float64Array,
  precondition: (r: Float64Array) => Float64Array,
  { tolerance, maxIterations }: ConjugateGradientOptions,
): Float64Array {
  const x = new Float64Array(b.length);
  const r = b.slice();
  const first = precondition(r);
  const p = first.slice();
  let size = dot(r, first);
  const enough = tolerance ** 2 * size;
  for (let iteration = 0; iteration < maxIterations && size > enough; iteration++) {
    const image = times(p);
    const curvature = dot(p, image);
    // Flat to rounding: nothing more is to be learnt, and after no step at all the preconditioner alone has to do.
    if (!(curvature > 0)) return iteration === 0 ? first : x;
    const step = size / curvature;
    for (let k = 0; k < x.length; k++) {
      x[k] += step * p[k];
      r[k] -= step * image[k];
    }
    const next = precondition(r);
    const before = size;
    size = dot(r, next);
    for (let k = 0; k < p.length; k++) p[k] = next[k] + (size / before) * p[k];
  }
  return x;
}
