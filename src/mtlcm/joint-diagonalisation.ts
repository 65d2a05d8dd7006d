import { type CurvaturePair, inverseHessianTimes, remember } from "../linalg/curvature-memory.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { sweep } from "./coordinate-sweep.ts";
import { type Diagonality, diagonality, largestEntry, relativeGradient, type VarianceBounds } from "./diagonality.ts";
import { type PackedCovariances, weightedSums } from "./packed-covariances.ts";
import { type BlockCurvature, backtrack, blockCurvature, newtonDirection, roundingOf } from "./quasi-newton.ts";
import type { StopReason } from "./solver.ts";

export interface DiagonalisationOptions {
  readonly bounds: VarianceBounds;
  /** Stop when max |G_ij| is below this and max |E_ij| below its root; default 1e-9. */
  readonly tolerance?: number;
  /** Limit on sweeps and quasi-Newton steps together; default 500. */
  readonly maxIterations?: number;
}

/** One iterate of the solver, complete enough to draw. */
export interface DiagonalisationStep extends Diagonality {
  readonly iteration: number;
  readonly phase: "sweep" | "newton";
  /** max |G_ij|, the slope of L. */
  readonly gradientNorm: number;
  /** max |E_ij|: how much of one latent another still has to shed, as far as the curvature can tell. */
  readonly distance: number;
}

export interface Diagonalisation extends DiagonalisationStep {
  readonly converged: boolean;
  /** Why it stopped; "rounding" when L no longer changes in double precision before the tolerance is reached. */
  readonly reason: StopReason;
}

/** Sweeps hand over to quasi-Newton steps once the gradient is this small … */
const NEWTON_GRADIENT = 0.1;
/** … and the last sweep lowered L by less than this: far from any optimum slopes are small too, by averaging … */
const NEWTON_GAIN = 0.1;
/** … or after this many: their linear tail is not worth waiting for. */
const MAX_SWEEPS = 40;
/** Steps that the quasi-Newton phase remembers. */
const MEMORY = 10;
/** So many steps in a row that leave L unchanged at working precision end the fit: the optimum is flat to rounding. */
const MAX_IDLE = 20;

/**
 * Joint diagonalisation by maximum likelihood: the B that makes every B R_t B' as diagonal as it can be.
 *
 * Exact block coordinate sweeps from any start, then quasi-Newton steps with backtracking on L (method: section 3.2).
 * The block-diagonal Hessian is exact only where the R_t can be diagonalised, and its convergence is slow where they
 * cannot; so it preconditions L-BFGS in the relative coordinates of B, as Ablin, Cardoso & Gramfort 2018 do for ICA.
 * L does not rise from one step to the next. It has local minima: see `searchGlobally`.
 *
 * @param set R_t and π_t, best whitened by their pooled matrix, in which the start and the curvature are well scaled.
 * @param start B₀, d × d, invertible.
 * @yields Every iterate, the start first.
 * @returns The last iterate, whether the tolerance was reached, and if not, why.
 * @throws SingularMatrixError when the R_t are singular or B₀ is.
 */
export function* diagonalise(
  set: PackedCovariances,
  start: Matrix,
  { bounds, tolerance = 1e-9, maxIterations = 500 }: DiagonalisationOptions,
): Generator<DiagonalisationStep, Diagonalisation> {
  const pairs: CurvaturePair[] = [];
  let at = diagonality(set, start, bounds);
  let sums = weightedSums(set, at.variance);
  let gradient = relativeGradient(at, sums);
  let phase: DiagonalisationStep["phase"] = "sweep";
  let gain = Number.POSITIVE_INFINITY;
  let idle = 0;
  for (let iteration = 0; ; iteration++) {
    const curvature = blockCurvature(set, at);
    const distance = largestEntry(newtonDirection(curvature, gradient));
    const step = { ...at, iteration, phase, gradientNorm: largestEntry(gradient), distance };
    yield step;
    if (step.gradientNorm < tolerance && distance < Math.sqrt(tolerance))
      return { ...step, converged: true, reason: "gradient" };
    if (idle >= MAX_IDLE) return { ...step, converged: false, reason: "rounding" };
    if (iteration === maxIterations) return { ...step, converged: false, reason: "iterations" };

    if ((step.gradientNorm < NEWTON_GRADIENT && gain < NEWTON_GAIN) || iteration >= MAX_SWEEPS) phase = "newton";
    if (phase === "sweep") {
      const swept = diagonality(set, sweep(at, sums), bounds);
      gain = at.value - swept.value;
      at = swept;
      sums = weightedSums(set, at.variance);
      gradient = relativeGradient(at, sums);
      continue;
    }
    // A memory gone stale can spoil the direction; the curvature alone gets one more chance before giving up.
    const move = (memory: readonly CurvaturePair[]) =>
      backtrack(set, at, quasiNewtonDirection(gradient, memory, curvature), bounds);
    const moved = move(pairs) ?? move([]);
    if (moved === undefined) return { ...step, converged: false, reason: "line search" };
    const reached = relativeGradient(moved.reached, weightedSums(set, moved.reached.variance));
    remember(pairs, MEMORY, moved.move, difference(reached.data, gradient.data));
    idle = at.value - moved.reached.value > roundingOf(at.value) ? 0 : idle + 1;
    at = moved.reached;
    gradient = reached;
  }
}

function quasiNewtonDirection(gradient: Matrix, pairs: readonly CurvaturePair[], curvature: BlockCurvature): Matrix {
  const square = (data: Float64Array) => matrix(gradient.rows, gradient.cols, data);
  return square(inverseHessianTimes(gradient.data, pairs, (g) => newtonDirection(curvature, square(g)).data));
}

const difference = (x: Float64Array, y: Float64Array) => x.map((value, k) => value - y[k]);
