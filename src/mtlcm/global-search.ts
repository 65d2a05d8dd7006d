import { copy, dot, type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import type { Random } from "../stats/random.ts";
import { FREE } from "./diagonality.ts";
import {
  type Diagonalisation,
  type DiagonalisationOptions,
  type DiagonalisationStep,
  diagonalise,
} from "./joint-diagonalisation.ts";
import { pack } from "./packed-covariances.ts";
import { bestPlaneRotation } from "./plane-rotation.ts";
import type { CovarianceSet } from "./residual-covariance.ts";

export interface GlobalSearchOptions extends DiagonalisationOptions {
  /** Limit on starts; default 20. */
  readonly maxStarts?: number;
  /** Stop once the best value has been found again this often; default 2. */
  readonly agreements?: number;
  /** Starting points to try before random ones. */
  readonly starts?: readonly Matrix[];
}

/** One iterate of one start. */
export interface GlobalSearchStep extends DiagonalisationStep {
  /** Which start, from 0; a re-convergence after a plane rotation counts as none of its own. */
  readonly start: number;
}

export interface GlobalSearch extends Diagonalisation {
  /** Starts made. */
  readonly starts: number;
  /** How many of them ended at the best value. */
  readonly agreed: number;
  /** L of the second-best distinct optimum minus the best; null when every start agreed. */
  readonly gap: number | null;
}

/** Values of L this close belong to the same optimum: starts are explored to |G| < 1e-5, where L is off by ~1e-9. */
const SAME_OPTIMUM = 1e-7;
const EXPLORING_TOLERANCE = 1e-5;
const MAX_ESCAPES = 20;

/**
 * The lowest minimum of L that restarts and plane rotations find.
 *
 * Starts from random orthogonal B until the best value has been found again `agreements` times or `maxStarts` is
 * reached; then rotates single planes of the best point and re-converges as long as that leads lower (method: 3.2).
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
  const { bounds, tolerance = 1e-9, maxStarts = 20, agreements = 2, starts: given = [] } = options;
  const packed = pack(set);
  const exploring = { ...options, tolerance: Math.max(tolerance, EXPLORING_TOLERANCE) };
  const values: number[] = [];
  let best: Diagonalisation | undefined;

  while (values.length < maxStarts && !agreedOn(values, agreements)) {
    const start = values.length;
    const from = given[start] ?? randomOrthogonal(set.dim, random.split(start));
    const end = yield* tagged(diagonalise(packed, from, exploring), start);
    values.push(end.value);
    if (best === undefined || end.value < best.value) best = end;
  }
  if (best === undefined) throw new RangeError("searchGlobally: maxStarts must be at least 1");

  // The scale of a row matters when variances are clamped, and then the fit has set it.
  const scaled = (at: Diagonalisation) => (bounds === FREE ? normaliseRows(at, set.weights) : at.unmixing);
  const last = values.length - 1;
  for (let round = 0; round < MAX_ESCAPES; round++) {
    const rotated = bestPlaneRotation(set, scaled(best), bounds);
    if (rotated === undefined) break;
    const end = yield* tagged(diagonalise(packed, rotated, exploring), last);
    if (end.value >= best.value - SAME_OPTIMUM) break;
    best = end;
  }
  const polished = yield* tagged(diagonalise(packed, best.unmixing, { ...options, tolerance }), last);
  return { ...polished, starts: values.length, ...agreement(values, polished.value) };
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

function agreedOn(values: readonly number[], agreements: number): boolean {
  const best = Math.min(...values);
  return values.filter((value) => value - best < SAME_OPTIMUM).length > agreements;
}

function agreement(values: readonly number[], best: number): { agreed: number; gap: number | null } {
  const gaps = values.map((value) => value - best);
  const others = gaps.filter((gap) => gap >= SAME_OPTIMUM);
  return { agreed: gaps.length - others.length, gap: others.length === 0 ? null : Math.min(...others) };
}

/** B with every row scaled to unit pooled residual variance, the scale on which rotations compare rows. */
function normaliseRows({ unmixing, residual }: Diagonalisation, weights: Float64Array): Matrix {
  const result = copy(unmixing);
  for (let j = 0; j < unmixing.rows; j++) {
    let pooled = 0;
    for (let t = 0; t < residual.rows; t++) pooled += weights[t] * residual.data[t * residual.cols + j];
    const row = rowView(result, j);
    for (let k = 0; k < row.length; k++) row[k] /= Math.sqrt(pooled);
  }
  return result;
}

/** A uniformly distributed orthogonal d × d matrix: Gram–Schmidt on rows of standard normal numbers. */
export function randomOrthogonal(d: number, random: Random): Matrix {
  const q = matrix(d, d);
  for (let i = 0; i < d; i++) {
    const row = rowView(q, i);
    for (let k = 0; k < d; k++) row[k] = random.normal();
    // Twice, because once leaves rounding errors that are as large as the row was nearly dependent.
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = rowView(q, j);
        const share = dot(row, other);
        for (let k = 0; k < d; k++) row[k] -= share * other[k];
      }
    }
    const length = Math.sqrt(dot(row, row));
    for (let k = 0; k < d; k++) row[k] /= length;
  }
  return q;
}
