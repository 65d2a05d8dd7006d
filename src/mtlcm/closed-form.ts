import { cholesky, invertLowerTriangular } from "../linalg/cholesky.ts";
import { logAbsDeterminant } from "../linalg/lu.ts";
import { type Matrix, multiply } from "../linalg/matrix.ts";
import type { Random } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { FREE, type VarianceBounds } from "./diagonality.ts";
import { type GlobalSearch, type GlobalSearchOptions, searchGlobally } from "./global-search.ts";
import { type CovarianceSet, pooledCovariance } from "./residual-covariance.ts";
import type { Solution, SolverStep } from "./solver.ts";
import { mapSteps } from "./steps.ts";

/**
 * The maximum likelihood unmixing without observation noise: whitening by the pooled residual covariance, then a global
 * search for the joint diagonaliser (method: section 3.2).
 *
 * With clamped variances the free solution is the first start, since both have the same optimum where no clamp binds.
 *
 * @param set R_t and π_t, in the coordinates of h.
 * @yields Every iterate, its B and its value in the coordinates of h.
 * @returns The best point, likewise: `unmixing` applies to h, `value` is the negative log-likelihood per row in nats.
 * @throws SingularMatrixError when the pooled residual covariance is singular, as when h has dependent columns.
 */
export function* solveClosedForm(
  set: CovarianceSet,
  bounds: VarianceBounds,
  options: Omit<GlobalSearchOptions, "bounds" | "starts">,
  random: Random,
): Generator<SolverStep, Solution> {
  const whitening = invertLowerTriangular(cholesky(pooledCovariance(set)));
  const white = { ...set, matrices: congruence(set.matrices, whitening) };
  const shift = (set.dim / 2) * Math.log(2 * Math.PI) - logAbsDeterminant(whitening);
  const toData = <Point extends { unmixing: Matrix; value: number }>(point: Point): Point => ({
    ...point,
    unmixing: multiply(point.unmixing, whitening),
    value: point.value + shift,
  });
  const solved = ({ starts, agreed, gap, converged, reason, ...point }: GlobalSearch): Solution => {
    const { unmixing, value } = toData(point);
    return { unmixing, value, starts, agreed, gap, converged, reason };
  };

  let search = searchGlobally(white, { ...options, bounds: FREE }, random.split("free"));
  const free = yield* mapSteps(search, toData);
  if (bounds === FREE) return solved(free);
  search = searchGlobally(white, { ...options, bounds, starts: [free.unmixing] }, random.split("clamped"));
  return solved(yield* mapSteps(search, toData));
}
