import { cholesky, invertLowerTriangular } from "../linalg/cholesky.ts";
import { type Matrix, multiply } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import { congruence } from "./congruence.ts";
import { FREE } from "./diagonality.ts";
import { sameOptimum } from "./global-search.ts";
import { type Diagonalisation, type DiagonalisationStep, diagonalise } from "./joint-diagonalisation.ts";
import { matchUnmixing, unitVariance } from "./matching.ts";
import type { MtlcmOptions } from "./mtlcm.ts";
import { pack } from "./packed-covariances.ts";
import { farRotations, rotateRows } from "./plane-rotation.ts";
import { boundsOf, regular } from "./refit.ts";
import { pooledCovariance, residualsOf } from "./residual-covariance.ts";
import { riseErrorOfGroups, riseErrorOfTasks } from "./rise-error.ts";
import { finish } from "./steps.ts";

/** Another minimum of the objective that the data do not tell from the one that was found. */
export interface RivalSolution {
  /** The latents that are others there, ascending; latents of unresolved groups are not counted. */
  readonly latents: readonly number[];
  /** The lowest |correlation| of these with their match there. */
  readonly correlation: number;
  /** Negative log-likelihood per row there less that of the fit, in nats … */
  readonly rise: number;
  /** … and the standard error of this difference, by the sampling of the rows. */
  readonly standardError: number;
}

/** A rise below so many standard errors may be chance. */
const WITHIN_ERROR = 2;
/** Rotations from which the solver is started again, those of least rise: a tenth of the time of fit and certificate at d = 20. */
const MAX_CANDIDATES = 6;
/** Latents that correlate this much with their match count as the same. */
const SAME_LATENT = 0.99;
/** The value is then known to far less than its sampling error. */
const TOLERANCE = 1e-4;

/**
 * Other minima of the joint diagonalisation that fit the data as well, as far as they can be told.
 *
 * Pair separation and refits from the fit see how flat its own minimum is. This looks beyond: it starts again from the far
 * rotations of single planes that raise the objective least. One counts when its rise is below two standard errors
 * of the difference (Vuong 1989). Like `searchGlobally` it is a search: a minimum that no rotation of one plane leads to is not found.
 *
 * @param groups Moments of disjoint groups of rows that together are the rows of the fit.
 * @param unmixing B of the fit by the closed form, d × d.
 * @param layout "wide" when the rows are shared by the tasks.
 * @param unresolved Groups of latents of which only the span is identified: rotations inside them are no other solution.
 * @returns Those of least rise first; empty where none is found.
 */
export function rivalSolutions(
  groups: readonly Moments[],
  unmixing: Matrix,
  layout: "long" | "wide",
  options: MtlcmOptions,
  unresolved: readonly (readonly number[])[],
): RivalSolution[] {
  const whole = mergeMoments(groups);
  const moments = regular(whole, options);
  const set = residualsOf(moments);
  const factor = cholesky(pooledCovariance(set));
  const whitening = invertLowerTriangular(factor);
  const white = { ...set, matrices: congruence(set.matrices, whitening) };
  const [packed, pooled, bounds] = [pack(white), pooledCovariance(white), boundsOf(options)];
  const solving = { bounds, tolerance: TOLERANCE };
  const fit = finish(diagonalise(packed, multiply(unmixing, factor), solving));
  const level = bounds === FREE ? unitVariance(fit.unmixing, pooled) : fit.unmixing;
  const isSame = sameOptimum(pooled);

  const known = [fit];
  const rivals: RivalSolution[] = [];
  const together = (i: number, j: number) => unresolved.some((group) => group.includes(i) && group.includes(j));
  const candidates = farRotations(white, level, bounds).filter(({ i, j }) => !together(i, j));
  for (const { i, j, angle } of candidates.slice(0, MAX_CANDIDATES)) {
    const steps = diagonalise(packed, rotateRows(level, i, j, angle), solving);
    const end = unlessKnown(steps, (at) => known.some(isSame(at)));
    if (end === undefined) continue;
    known.push(end);
    const [own, other] = [fit, end].map((at) => multiply(at.unmixing, whitening)) as [Matrix, Matrix];
    const { correlation } = matchUnmixing(own, other, whole.pooled.covariance);
    const latents = Array.from(correlation.keys()).filter(
      (k) => correlation[k] < SAME_LATENT && !unresolved.some((group) => group.includes(k)),
    );
    const rise = end.value - fit.value;
    const error =
      layout === "wide"
        ? riseErrorOfGroups(groups, moments, [own, other], options)
        : riseErrorOfTasks(set, [own, other], bounds);
    if (latents.length === 0 || !(rise < WITHIN_ERROR * error)) continue;
    const lowest = Math.min(...latents.map((k) => correlation[k]));
    rivals.push({ latents, correlation: lowest, rise, standardError: error });
  }
  return rivals.sort((a, b) => a.rise - b.rise);
}

/** Where the steps end; undefined as soon as they come to a minimum that is known. */
function unlessKnown(
  steps: Generator<DiagonalisationStep, Diagonalisation>,
  isKnown: (at: DiagonalisationStep) => boolean,
): Diagonalisation | undefined {
  for (;;) {
    const next = steps.next();
    if (isKnown(next.value)) return undefined;
    if (next.done === true) return next.value;
  }
}
