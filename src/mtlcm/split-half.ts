import { DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import { takeTasks } from "../stats/moments-tasks.ts";
import type { Random } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { type MatchedUnmixing, matchUnmixing } from "./matching.ts";
import { fitMtlcm, type MtlcmOptions } from "./mtlcm.ts";
import { residualCovariances } from "./residual-covariance.ts";

/** Rows a task must have in a half. */
const MIN_ROWS = 5;

/** One half's latents, seen on the rows of the other half. */
export interface CrossFit {
  /** Λ_t = B R_t B', T × d²: B from one half, R_t from the other, latents in the order of the whole fit. */
  readonly lambda: Matrix;
  /** ν_t of the evaluating half, T. */
  readonly degrees: Float64Array;
  /** π_t of the evaluating half, T. */
  readonly weights: Float64Array;
}

export interface SplitHalf {
  readonly roles: readonly [CrossFit, CrossFit];
  /** |corr| of the two halves' versions of each latent over all rows, d. */
  readonly agreement: Float64Array;
  /** Tasks with rows enough in both halves to be evaluated. */
  readonly tasks: number;
}

/**
 * Fits each half of the rows by itself, from starts of its own, and evaluates it on the other half.
 *
 * Tasks with fewer than 5 rows in a half are left out: they have no three degrees of freedom to be judged by.
 *
 * @param groups Moments of disjoint groups of rows; the halves are the first and the second half of the list.
 * @param whole Unmixing of the fit to all rows, whose order and signs the halves take over.
 * @throws DataError when fewer than two groups are given, or no task is large enough.
 */
export function splitHalf(groups: readonly Moments[], whole: Matrix, options: MtlcmOptions, random: Random): SplitHalf {
  if (groups.length < 2) throw new DataError("the certificate needs two groups of rows or more to split");
  const middle = groups.length >> 1;
  const halves = [mergeMoments(groups.slice(0, middle)), mergeMoments(groups.slice(middle))] as const;
  const large = halves[0].taskNames.flatMap((_, t) => (halves.every(isLargeEnough(t)) ? [t] : []));
  if (large.length === 0) {
    throw new DataError(`no task has ${MIN_ROWS} rows in each half; the certificate needs at least one`);
  }
  const [first, second] = halves.map((half) => takeTasks(half, large));
  const { taskWeights: weights } = options;
  const ownOptions = weights === undefined ? options : { ...options, taskWeights: large.map((t) => weights[t]) };
  const covariance = mergeMoments(halves).pooled.covariance;
  const fits = [first, second].map((half, k) =>
    matchUnmixing(whole, fitMtlcm(half, ownOptions, random.split(k)).unmixing, covariance),
  );
  return {
    roles: [crossFit(fits[0], second, options), crossFit(fits[1], first, options)],
    agreement: matchUnmixing(fits[0].unmixing, fits[1].unmixing, covariance).correlation,
    tasks: large.length,
  };
}

const isLargeEnough =
  (t: number) =>
  ({ count, varY }: Moments): boolean =>
    count[t] >= MIN_ROWS && varY[t] > 0;

function crossFit({ unmixing }: MatchedUnmixing, half: Moments, { intercept = true }: MtlcmOptions): CrossFit {
  const { matrices, degrees, weights } = residualCovariances(half, intercept);
  return { lambda: congruence(matrices, unmixing), degrees, weights };
}
