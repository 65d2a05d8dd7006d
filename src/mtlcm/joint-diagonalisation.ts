import type { Matrix } from "../linalg/matrix.ts";
import { sweep } from "./coordinate-sweep.ts";
import { type Diagonality, diagonality, gradientNorm, relativeGradient, type VarianceBounds } from "./diagonality.ts";
import type { PackedCovariances } from "./packed-covariances.ts";
import { backtrack, newtonDirection } from "./quasi-newton.ts";

export interface DiagonalisationOptions {
  readonly bounds: VarianceBounds;
  /** Stop when max |G_ij| is below this; default 1e-9. */
  readonly tolerance?: number;
  /** Limit on sweeps and quasi-Newton steps together; default 500. */
  readonly maxIterations?: number;
}

/** One iterate of the solver, complete enough to draw. */
export interface DiagonalisationStep extends Diagonality {
  readonly iteration: number;
  readonly phase: "sweep" | "newton";
  /** max |G_ij|. */
  readonly gradientNorm: number;
}

export interface Diagonalisation extends DiagonalisationStep {
  readonly converged: boolean;
  readonly reason: "gradient" | "line search" | "iterations";
}

/** Sweeps hand over to quasi-Newton steps once the gradient is this small. */
const NEWTON_GRADIENT = 0.1;
/** … or after this many sweeps, whose linear tail a quasi-Newton step need not wait for. */
const MAX_SWEEPS = 40;

/**
 * Joint diagonalisation by maximum likelihood: the B that makes every B R_t B' as diagonal as it can be.
 *
 * Exact block coordinate sweeps from any start, then quasi-Newton steps with backtracking on L (method: section 3.2).
 * L does not rise from one step to the next. It has local minima: see `searchGlobally`.
 *
 * @param set R_t and π_t, best whitened by their pooled matrix, in which the start and the curvature are well scaled.
 * @param start B₀, d × d, invertible.
 * @yields Every iterate, the start first.
 * @returns The last iterate, whether max |G_ij| < tolerance was reached, and if not, why.
 * @throws SingularMatrixError when the R_t are singular or B₀ is.
 */
export function* diagonalise(
  set: PackedCovariances,
  start: Matrix,
  { bounds, tolerance = 1e-9, maxIterations = 500 }: DiagonalisationOptions,
): Generator<DiagonalisationStep, Diagonalisation> {
  let at = diagonality(set, start, bounds);
  let phase: DiagonalisationStep["phase"] = "sweep";
  for (let iteration = 0; ; iteration++) {
    const gradient = relativeGradient(set, at);
    const step = { ...at, iteration, phase, gradientNorm: gradientNorm(gradient) };
    yield step;
    if (step.gradientNorm < tolerance) return { ...step, converged: true, reason: "gradient" };
    if (iteration === maxIterations) return { ...step, converged: false, reason: "iterations" };

    if (phase === "sweep" && (step.gradientNorm < NEWTON_GRADIENT || iteration >= MAX_SWEEPS)) phase = "newton";
    if (phase === "sweep") at = diagonality(set, sweep(set, at), bounds);
    else {
      const next = backtrack(set, at, newtonDirection(set, at, gradient), bounds);
      if (next === undefined) return { ...step, converged: false, reason: "line search" };
      at = next;
    }
  }
}

/** Runs a generator of steps to its end and returns its result. */
export function finish<Step, Result>(steps: Generator<Step, Result>): Result {
  let next = steps.next();
  while (next.done !== true) next = steps.next();
  return next.value;
}
