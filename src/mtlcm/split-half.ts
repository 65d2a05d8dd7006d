import { DataError } from "../errors.ts";
import { type Matrix, matrix, multiplyTransposed } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import { takeTasks } from "../stats/moments-tasks.ts";
import type { Random } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { sharesRows } from "./indicators.ts";
import { type MatchedUnmixing, matchUnmixing } from "./matching.ts";
import { fitUnmixing, type MtlcmFit, type MtlcmOptions } from "./mtlcm.ts";
import { noiseScore, seenNoise } from "./noise-score.ts";
import { scaled } from "./noisy-likelihood.ts";
import { residualCovariances } from "./residual-covariance.ts";
import { secondMoments } from "./second-moments.ts";

/** Rows a task must have in a half. */
const MIN_ROWS = 5;
/** Tasks there must be to be halved: with fewer a half tells nothing apart. */
const MIN_TASKS = 6;

/** One half's latents, seen on the rows of the other half. */
export interface CrossFit {
  /** Λ_t = B R_t B', T × d²: B from one half, R_t from the other, latents in the order of the whole fit. */
  readonly lambda: Matrix;
  /** ν_t of the evaluating half, T. */
  readonly degrees: Float64Array;
  /** n_t of the evaluating half, T. */
  readonly rows: Float64Array;
  /** π_t of the evaluating half, T. */
  readonly weights: Float64Array;
  /** ρ_tj², the share of each latent's variance that y_t explains on the evaluating half, T × d. */
  readonly explained: Matrix;
  /** N = σo² B B', d × d: the noise that the latents carry, as the half that chose B sees it. */
  readonly noise: Matrix;
}

/** Observation noise of a fit. */
export interface NoiseLevel {
  /** σo², 0 where no noise is seen. */
  readonly level: number;
  /** σo² as estimated, whether or not it is far enough from 0 to be seen; below 0 by chance. */
  readonly estimate: number;
  /** By the exact likelihood. */
  readonly exact: boolean;
  /** Of half of the rows of every task, not of half of the tasks. */
  readonly rows: boolean;
}

export interface SplitHalf {
  readonly roles: readonly [CrossFit, CrossFit];
  /** |corr| of the two halves' versions of each latent over all rows, d. */
  readonly agreement: Float64Array;
  /** σo² as each half sees it by itself, and whether by the exact likelihood. */
  readonly noiseLevels: readonly [NoiseLevel, NoiseLevel];
  /** Tasks large enough to be evaluated. */
  readonly tasks: number;
  /** What was halved. */
  readonly split: "rows" | "tasks";
}

/**
 * Fits each half of the data by itself, from starts of its own, and evaluates it on the other half.
 *
 * Tasks with fewer than 5 rows in a half are left out: they have no three degrees of freedom to be judged by. Where that
 * leaves out most tasks the tasks are halved instead of their rows: an unmixing from one half of the tasks is judged on the
 * other, whose rows did not choose it either.
 *
 * @param groups Moments of disjoint groups of rows; the halves are the first and the second half of the list.
 * @param whole Unmixing of the fit to all rows, whose order and signs the halves take over.
 * @throws DataError when fewer than two groups are given, or no task is large enough.
 */
export function splitHalf(groups: readonly Moments[], whole: Matrix, options: MtlcmOptions, random: Random): SplitHalf {
  if (groups.length < 2) throw new DataError("the certificate needs two groups of rows or more to split");
  const { covariance } = mergeMoments(groups).pooled;
  const { halves, split, tasks } = halve(groups, random);
  const fits = halves.map(({ moments, members }, k) => {
    const { taskWeights: weights } = options;
    const own = weights === undefined ? options : { ...options, taskWeights: members.map((t) => weights[t]) };
    const fit = fitUnmixing(moments, own, random.split(k));
    const level = { ...noiseOf(fit, moments, options), exact: fit.solver.name === "lbfgs", rows: split === "rows" };
    return { ...matchUnmixing(whole, fit.unmixing, covariance), noise: level.level, level };
  });
  return {
    roles: [crossFit(fits[0], halves[1].moments, options), crossFit(fits[1], halves[0].moments, options)],
    agreement: matchUnmixing(fits[0].unmixing, fits[1].unmixing, covariance).correlation,
    noiseLevels: [fits[0].level, fits[1].level],
    tasks,
    split,
  };
}

/** One half of the data, and which tasks it holds. */
interface Half {
  readonly moments: Moments;
  readonly members: readonly number[];
}

function halve(groups: readonly Moments[], random: Random) {
  const middle = groups.length >> 1;
  const rows = [mergeMoments(groups.slice(0, middle)), mergeMoments(groups.slice(middle))] as const;
  const all = rows[0].taskNames.map((_, t) => t);
  const members = all.filter((t) => rows.every(isLargeEnough(t)));
  const half = (moments: Moments, own: readonly number[]): Half => ({ moments: takeTasks(moments, own), members: own });

  const whole = mergeMoments(groups);
  const small = all.filter((t) => isLargeEnough(t)(whole));
  if (members.length >= all.length / 2 || small.length < MIN_TASKS) {
    if (members.length === 0) {
      throw new DataError(
        `no task has ${MIN_ROWS} rows in each half, and fewer than ${MIN_TASKS} have ${MIN_ROWS} in all; the certificate ` +
          "needs the one or the other",
      );
    }
    const halves = [half(rows[0], members), half(rows[1], members)] as const;
    return { halves, split: "rows", tasks: members.length } as const;
  }
  const order = random.split("tasks").permutation(small.length);
  const dealt = (side: 0 | 1) => small.filter((_, k) => order[k] % 2 === side);
  const halves = [half(whole, dealt(0)), half(whole, dealt(1))] as const;
  return { halves, split: "tasks", tasks: small.length } as const;
}

const isLargeEnough =
  (t: number) =>
  ({ count, varY }: Moments): boolean =>
    count[t] >= MIN_ROWS && varY[t] > 0;

/** σo² of the exact likelihood, else as the score has it; 0 in wide data, where other things look the same. */
export function noiseOf(
  { solver, unmixing }: Pick<MtlcmFit, "solver" | "unmixing">,
  half: Moments,
  { intercept = true }: MtlcmOptions,
): Pick<NoiseLevel, "level" | "estimate"> {
  if (solver.name !== "closed-form" && solver.sigmaObs !== undefined) {
    return { level: solver.sigmaObs ** 2, estimate: solver.sigmaObs ** 2 };
  }
  if (sharesRows(half)) return { level: 0, estimate: 0 };
  const score = noiseScore(residualCovariances(half, intercept), unmixing);
  return { level: seenNoise(score), estimate: score.noise };
}

function crossFit(
  { unmixing, noise }: MatchedUnmixing & { readonly noise: number },
  half: Moments,
  { intercept = true }: MtlcmOptions,
): CrossFit {
  const { matrices, degrees, weights } = residualCovariances(half, intercept);
  return {
    lambda: congruence(matrices, unmixing),
    degrees,
    rows: half.count,
    weights,
    explained: explainedShare(half, unmixing, intercept),
    noise: scaled(multiplyTransposed(unmixing, unmixing), noise),
  };
}

function explainedShare(half: Moments, unmixing: Matrix, intercept: boolean): Matrix {
  const { S, s, q } = secondMoments(half, intercept);
  const d = unmixing.rows;
  const [total, shared] = [congruence(S, unmixing), multiplyTransposed(s, unmixing)];
  const share = shared.data.map((covariance, at) => {
    const t = Math.floor(at / d);
    return covariance ** 2 / (total.data[t * d * d + (at % d) * (d + 1)] * q[t]);
  });
  return matrix(q.length, d, share);
}
