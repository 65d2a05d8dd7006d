import { ConfigError } from "../errors.ts";
import { type Matrix, matrix, multiply, rowView } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { bootstrapAngles } from "./bootstrap-angles.ts";
import { type Coupling, contamination, couplings, predictedCorrelations } from "./contamination.ts";
import { crossFittedMisfit } from "./cross-fitted-misfit.ts";
import { excessOver, fitRatio, residualCorrelation } from "./fit-ratio.ts";
import { type MixingPartner, mixingPartners } from "./mixing.ts";
import { type MtlcmFit, type MtlcmOptions, RANK_TOLERANCE } from "./mtlcm.ts";
import { type NoiseInLatents, noiseInLatents, noNoise } from "./noise-in-latents.ts";
import { scaled } from "./noisy-likelihood.ts";
import { judgePairs, type PairSeparation, separationScores, unresolvedGroups } from "./pair-separation.ts";
import { projectMoments, rankReduction } from "./rank-reduction.ts";
import { type RivalSolution, rivalSolutions } from "./rival-solutions.ts";
import { excessOverSimulated } from "./simulated-misfit.ts";
import { type CrossFit, splitHalf } from "./split-half.ts";
import { unseenLatents, withoutUnseen } from "./unseen-latents.ts";
import { latentVerdicts, overallVerdict } from "./verdict.ts";

export interface CertificateOptions extends MtlcmOptions {
  /** Bootstrap samples for wide data; default 50. */
  readonly replicates?: number;
}

/** How well the latents of a fit are identified. The keys are a stable contract: they are written to certificate.json. */
export interface Certificate {
  readonly layout: "long" | "wide";
  /** Departure from the model on held-out rows, in units of what sampling explains: near 1 where the model holds. */
  readonly fitRatio: number;
  /** The same as a correlation of two latents given y, root mean square, beyond sampling; it does not grow with n. */
  readonly residualCorrelation: number;
  /**
   * Residual correlation below .1, for with many rows any ratio is reached by trifles; or fit ratio below 1.6, or below 2
   * with no more beyond a residual correlation of .1 than three standard deviations of chance, and in long data no more than
   * data simulated from the fit show (`excessOverSimulated`). Never where the solver saw noise that does not explain its misfit. null where it cannot be tested, because the encoder was trained for it
   * (`refinedCertificate`).
   */
  readonly modelHolds: boolean | null;
  /** Every pair i < j: evidence that the two can be told apart. */
  readonly pairs: readonly PairSeparation[];
  /** Sets of latents that cannot be told apart: each spans an identified subspace. */
  readonly groups: readonly (readonly number[])[];
  /**
   * Other solutions that fit the data as well, with other latents; empty where none was found, absent where none was looked for:
   * where the solver was not the closed form, and in files of earlier fits.
   */
  readonly rivals?: readonly RivalSolution[];
  /** Mean of the latents' predicted correlations; null where one is not stated. */
  readonly predictedMcc: number | null;
  readonly latents: readonly LatentCertificate[];
  /** Mean |corr| of the latents that two halves of the data find by themselves. */
  readonly splitHalfMcc: number;
  /** What was halved for all this: the rows of every task, or, where tasks have hardly ten rows, the tasks. */
  readonly split: "rows" | "tasks";
  /** Of a refined encoder: what its latents were certified before. */
  readonly beforeRefinement?: BeforeRefinement;
  /** The conclusion, in a sentence. */
  readonly verdict: string;
}

/** The certificate of the latents of stage 1, without its details. */
export type BeforeRefinement = Pick<
  Certificate,
  "fitRatio" | "residualCorrelation" | "modelHolds" | "predictedMcc" | "splitHalfMcc" | "verdict"
>;

export interface LatentCertificate {
  /**
   * Expected |correlation| with the true latent (long data), or with itself when rows are redrawn (wide data); null
   * where the model does not hold, the latent cannot be told apart from another, or a rival solution has another one instead.
   */
  readonly predictedCorrelation: number | null;
  /** Share of its variance that is observation noise, as far as the rows show it; 0 for wide data. */
  readonly noiseShare: number;
  /**
   * Share of its variance that may be noise in h that does not show, alike in all columns: an upper bound, with 97.5 %
   * confidence; 0 where the rows would show it, absent for wide data.
   */
  readonly hiddenNoise?: number;
  /** Share of its variance that noise has made the closed form take from other latents; absent where none is seen. */
  readonly noiseLeakage?: number;
  /** |correlation| of the versions of it that two halves of the data find. */
  readonly splitHalfCorrelation: number;
  /** The latents that it cannot be told apart from, and those that leak into it notably, the worst first. */
  readonly mixesWith: readonly MixingPartner[];
  /**
   * How much of every latent is expected in this one, as a standard deviation in units of its own, d; null where nothing
   * bounds it, 0 for itself. Absent in files of earlier fits.
   */
  readonly leakage?: readonly (number | null)[];
  /** The conclusion on it, in a sentence. */
  readonly verdict: string;
}

/** Fit ratios above this say that the model does not hold: 1.0 to 1.3 are found where it does, 9 and more where not. */
const MAX_FIT_RATIO = 2;
/**
 * From here on up to that they say so where they are no chance. Below, tasks of few rows may make an unmixing inexact enough:
 * whether they do is simulated.
 */
const DOUBTFUL_FIT_RATIO = 1.6;
/** Causes of one target depend on each other given it, so even data from the model leave a little: .04 at d = 5, k = 2. */
export const MAX_RESIDUAL_CORRELATION = 0.1;
/** Standard deviations beyond it that are no chance. */
const MAX_EXCESS = 3;
/** What may be left beyond simulated data: .11 where noise of the target is half of it, with the latents right to .9999. */
const TOLERATED_CORRELATION = 0.12;
/** The same chance as three standard deviations, where these are known from 8 simulated data sets: Student's t, 7 degrees. */
const MAX_SIMULATED_EXCESS = 4.5;

/**
 * Certifies a fit: does the model hold, which latents can be told apart, how exact are they, and do they come back?
 *
 * Everything is cross-fitted: an unmixing estimated on one half of the rows is judged on the other, because a fit judged
 * on its own rows looks well identified when there is no signal at all. Method: section 4.
 *
 * @param groups Moments of disjoint groups of rows that together are the rows of the fit, from `groupMoments`: two for
 *   long data, about 32 for wide.
 * @param layout "wide" when every row carries every target: the rows are then resampled as well.
 * @param fit The fit to all rows.
 * @param options As for the fit.
 * @param random Source of the halves' starting points and of the bootstrap.
 * @throws ConfigError for an option out of range; DataError when there are too few groups, or no task with rows enough.
 */
export function certify(
  groups: readonly Moments[],
  layout: "long" | "wide",
  fit: MtlcmFit,
  options: CertificateOptions,
  random: Random,
): Certificate {
  const { replicates = 50, ...fitting } = options;
  if (!(Number.isInteger(replicates) && replicates >= 2)) {
    throw new ConfigError(`replicates must be a whole number of at least 2, got ${replicates}`);
  }
  const { parts, unmixing } = inReducedRank(groups, fit.unmixing, fitting.rankTolerance ?? RANK_TOLERANCE);
  const d = unmixing.rows;
  const { roles, agreement, split, noiseLevels } = splitHalf(parts, unmixing, fitting, random.split("halves"));
  const departure = crossFittedMisfit(roles);
  const evidence = { fitRatio: fitRatio(departure), residualCorrelation: residualCorrelation(departure) };
  const isSmall =
    evidence.fitRatio < DOUBTFUL_FIT_RATIO ||
    (evidence.fitRatio < MAX_FIT_RATIO && excessOver(MAX_RESIDUAL_CORRELATION, departure) < MAX_EXCESS);
  const isSimulated = () =>
    layout === "wide" ||
    excessOverSimulated(TOLERATED_CORRELATION, departure, parts, { ...fit, unmixing }, fitting, random.split("model")) <
      MAX_SIMULATED_EXCESS;
  const unexplained = fit.solver.unexplained === true;
  const modelHolds =
    !unexplained && (evidence.residualCorrelation < MAX_RESIDUAL_CORRELATION || (isSmall && isSimulated()));

  const noise = layout === "wide" ? noNoise(d) : noiseInLatents(parts, unmixing, fit, noiseLevels, fitting);
  const { scores, correlation, leakage } =
    layout === "wide"
      ? bootstrapAngles(parts, unmixing, fitting, replicates, random.split("bootstrap"))
      : samplingError(roles, noise);
  const unseen = layout === "wide" ? unseenLatents(roles) : [];
  const pairs = withoutUnseen(judgePairs(scores), unseen);
  const unresolved = unresolvedGroups(d, pairs);
  const stated = modelHolds || layout === "wide";
  const search = fit.solver.name === "closed-form" && {
    rivals: rivalSolutions(parts, unmixing, layout, fitting, unresolved),
  };
  const open = new Set([...unresolved.flat(), ...(search ? search.rivals.flatMap((rival) => rival.latents) : [])]);
  const mixing = mixingPartners(leakage, pairs);
  const latents = Array.from(correlation, (r, j) => ({
    predictedCorrelation: stated && !open.has(j) ? r : null,
    noiseShare: noise.share[j],
    ...(noise.hidden && { hiddenNoise: noise.hidden[j] }),
    ...(noise.leakage && { noiseLeakage: rowView(noise.leakage, j).reduce((sum, e) => sum + e * e, 0) }),
    splitHalfCorrelation: agreement[j],
    mixesWith: mixing[j],
    leakage: Array.from(rowView(leakage, j), (value) => (Number.isFinite(value) ? value : null)),
  }));

  const findings = {
    layout,
    ...evidence,
    modelHolds,
    unexplained,
    groups: unresolved,
    ...search,
    splitHalfMcc: mean(agreement),
    split,
    latents,
  };
  const sentences = latentVerdicts(findings);
  return {
    layout,
    ...evidence,
    modelHolds,
    pairs,
    groups: unresolved,
    ...search,
    predictedMcc: latents.some(({ predictedCorrelation }) => predictedCorrelation === null) ? null : mean(correlation),
    latents: latents.map((latent, j) => ({ ...latent, verdict: sentences[j] })),
    splitHalfMcc: findings.splitHalfMcc,
    split,
    verdict: overallVerdict(findings),
  };
}

/** The groups' moments and the unmixing in the directions in which h varies, as the fit took them. */
function inReducedRank(groups: readonly Moments[], unmixing: Matrix, tolerance: number) {
  const reduction = rankReduction(mergeMoments(groups), tolerance);
  if (reduction === undefined) return { parts: groups, unmixing };
  const parts = groups.map((group) => projectMoments(group, reduction.projection));
  return { parts, unmixing: multiply(unmixing, reduction.lift) };
}

/** The evidence of the two halves, which share no evaluating row, added up: (z₁ + z₂) / √2. */
function combinedScores(roles: SplitRoles): Matrix {
  const [first, second] = roles.map(({ lambda, degrees, noise }) => separationScores(lambda, degrees, noise));
  return scaled(sum(first, second), Math.SQRT1_2);
}

/** How well pairs are told apart, and how exact the latents are, by the theory of sampling error. */
function samplingError(roles: SplitRoles, noise: NoiseInLatents) {
  const sampling = contaminationOf(roles);
  const variance = matrix(
    sampling.rows,
    sampling.cols,
    sampling.data.map((value, k) => value + (noise.leakage?.data[k] ?? 0) ** 2),
  );
  const leakage = matrix(variance.rows, variance.cols, variance.data.map(Math.sqrt));
  return { scores: combinedScores(roles), correlation: predictedCorrelations(variance, noise.share), leakage };
}

function contaminationOf(roles: SplitRoles): Matrix {
  const [first, second] = roles.map((role) => couplings(role.lambda, role.weights, role.degrees, role.noise));
  const half = (part: keyof Coupling) => scaled(sum(first[part], second[part]), 1 / 2);
  const degrees = roles.flatMap((role) => Array.from(role.degrees)).reduce((total, nu) => total + nu, 0);
  return contamination({ own: half("own"), shared: half("shared") }, degrees);
}

type SplitRoles = readonly [CrossFit, CrossFit];

const sum = (a: Matrix, b: Matrix) =>
  matrix(
    a.rows,
    a.cols,
    a.data.map((value, k) => value + b.data[k]),
  );
const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
