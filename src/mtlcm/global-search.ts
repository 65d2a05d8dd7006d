import { type Matrix, multiply, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import type { Random } from "../stats/random.ts";
import { FREE } from "./diagonality.ts";
import {
  type Diagonalisation,
  type DiagonalisationOptions,
  type DiagonalisationStep,
  diagonalise,
} from "./joint-diagonalisation.ts";
import { unitVariance } from "./matching.ts";
import { pack } from "./packed-covariances.ts";
import { bestPlaneRotation, MIN_GAIN } from "./plane-rotation.ts";
import { type CovarianceSet, pooledCovariance } from "./residual-covariance.ts";
import type { SolverStep } from "./solver.ts";
import { startingPoint } from "./starting-points.ts";

export interface GlobalSearchOptions extends DiagonalisationOptions {
  /** Limit on starts; default 20. */
  readonly maxStarts?: number;
  /** Stop once the best point has been found again this often; default 1. */
  readonly agreements?: number;
  /** Starting points to try before random ones. */
  readonly starts?: readonly Matrix[];
}

/** One iterate of one start; a re-convergence after a plane rotation counts as part of the last one. */
export type GlobalSearchStep = SolverStep;

export interface GlobalSearch extends Diagonalisation {
  /** Starts made. */
  readonly starts: number;
  /** How many of them ended at the best point; 0 when only a plane rotation led there. */
  readonly agreed: number;
  /** L of the best other optimum minus the best; null when every start agreed. */
  readonly gap: number | null;
}

/** Two starts ended at the same optimum when every latent of one correlates this much with its match in the other. */
const SAME_LATENT = 0.999;
/** Starts are explored to |G| < 1e-5 and |E| < .003, which tells optima apart; the best is then converged fully. */
const EXPLORING_TOLERANCE = 1e-5;
const MAX_ESCAPES = 20;

/**
 * The lowest minimum of L that restarts and plane rotations find.
 *
 * Starts from generalised eigenvectors and random rotations in turn until the best point has been found again `agreements`
 * times or `maxStarts` is reached; a start that has come to an optimum of an earlier one is not converged again. Then rotates single planes of the best point and re-converges as long as that leads lower (method: 3.2).
 *
 * @param set R_t and π_t, whitened by their pooled matrix.
 * @param random Source of the starts; one split per start.
 * @yields Every iterate of every start.
 * @returns The best point, converged to `tolerance`, and how often it was found.
 * @throws SingularMatrixError when the R_t are singular.
 */
export function* searchGlobally(
  set: CovarianceSet,
  options: GlobalSearchOptions,
  random: Random,
): Generator<GlobalSearchStep, GlobalSearch> {
  const { bounds, tolerance = 1e-9, maxStarts = 20, agreements = 1, starts: given = [] } = options;
  const packed = pack(set);
  const exploring = { ...options, tolerance: Math.max(tolerance, EXPLORING_TOLERANCE) };
  const pooled = pooledCovariance(set);
  const isSame = sameOptimum(pooled);
  const ends: Diagonalisation[] = [];
  let best: Diagonalisation;
  do {
    const start = ends.length;
    const from = given[start] ?? startingPoint(set, start, random.split(start));
    ends.push(yield* untilKnown(tagged(diagonalise(packed, from, exploring), start), ends, isSame));
    best = ends.reduce((lowest, end) => (end.value < lowest.value ? end : lowest));
  } while (ends.length < maxStarts && ends.filter(isSame(best)).length <= agreements);

  // The scale of a row matters when variances are clamped, and then the fit has set it.
  const scaled = (at: Diagonalisation) => (bounds === FREE ? unitVariance(at.unmixing, pooled) : at.unmixing);
  const last = ends.length - 1;
  for (let round = 0; round < MAX_ESCAPES; round++) {
    const rotated = bestPlaneRotation(set, scaled(best), bounds);
    if (rotated === undefined) break;
    const end = yield* tagged(diagonalise(packed, rotated, exploring), last);
    if (end.value > best.value - MIN_GAIN) break;
    best = end;
  }
  const polished = yield* tagged(diagonalise(packed, best.unmixing, { ...options, tolerance }), last);
  const others = ends.filter((end) => !isSame(polished)(end));
  return {
    ...polished,
    starts: ends.length,
    agreed: ends.length - others.length,
    gap: others.length === 0 ? null : Math.min(...others.map((end) => end.value)) - polished.value,
  };
}

/** The same steps until they come to an optimum that is known, which is then where they end. */
function* untilKnown(
  steps: Generator<GlobalSearchStep, Diagonalisation>,
  known: readonly Diagonalisation[],
  isSame: ReturnType<typeof sameOptimum>,
): Generator<GlobalSearchStep, Diagonalisation> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    yield next.value;
    const { value } = next.value;
    const end = known.filter(isSame(next.value)).find((other) => other.value <= value);
    if (end !== undefined) return end;
  }
}

function* tagged(
  steps: Generator<DiagonalisationStep, Diagonalisation>,
  start: number,
): Generator<GlobalSearchStep, Diagonalisation> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    yield { ...next.value, start };
  }
}

type Point = Pick<Diagonalisation, "unmixing">;

/** Whether two points have the same latents, up to order and sign, as seen in the pooled residual covariance. */
export function sameOptimum(pooled: Matrix) {
  return (a: Point) => {
    const seen = multiply(unitVariance(a.unmixing, pooled), pooled);
    return (b: Point) => {
      const correlation = multiplyTransposed(seen, unitVariance(b.unmixing, pooled));
      const matches = Array.from({ length: correlation.rows }, (_, j) =>
        rowView(correlation, j).findIndex((r) => Math.abs(r) > SAME_LATENT),
      );
      return !matches.includes(-1) && new Set(matches).size === matches.length;
    };
  };
}
