import { ConfigError } from "../errors.ts";
import { type Matrix, matrix, multiply, rowView } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { bootstrapAngles } from "./bootstrap-angles.ts";
import { type Coupling, contamination, couplings, predictedCorrelations } from "./contamination.ts";
import { addMisfit, fitRatio, type Misfit, misfit, residualCorrelation } from "./fit-ratio.ts";
import { type MixingPartner, mixingPartners } from "./mixing.ts";
import { type MtlcmFit, type MtlcmOptions, RANK_TOLERANCE } from "./mtlcm.ts";
import { scaled } from "./noisy-likelihood.ts";
import { judgePairs, type PairSeparation, separationScores, unresolvedGroups } from "./pair-separation.ts";
import { projectMoments, rankReduction } from "./rank-reduction.ts";
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
   * Fit ratio below 2, or residual correlation below .1: with many rows a ratio of 2 is reached by trifles. null where it
   * cannot be tested, because the encoder was trained for it (`refinedCertificate`).
   */
  readonly modelHolds: boolean | null;
  /** Every pair i < j: evidence that the two can be told apart. */
  readonly pairs: readonly PairSeparation[];
  /** Sets of latents that cannot be told apart: each spans an identified subspace. */
  readonly groups: readonly (readonly number[])[];
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
   * where the model does not hold or the latent cannot be told apart from another.
   */
  readonly predictedCorrelation: number | null;
  /** Share of its variance that is observation noise, as far as the rows show it; 0 for wide data. */
  readonly noiseShare: number;
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
/** Causes of one target depend on each other given it, so even data from the model leave a little: .04 at d = 5, k = 2. */
const MAX_RESIDUAL_CORRELATION = 0.1;

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
  const { roles, agreement, split } = splitHalf(parts, unmixing, fitting, random.split("halves"));
  const departure = misfitOf(roles);
  const evidence = { fitRatio: fitRatio(departure), residualCorrelation: residualCorrelation(departure) };
  const modelHolds = evidence.fitRatio < MAX_FIT_RATIO || evidence.residualCorrelation < MAX_RESIDUAL_CORRELATION;

  const noiseShare = noiseShareOf(roles);
  const { scores, correlation, leakage } =
    layout === "wide"
      ? bootstrapAngles(parts, unmixing, fitting, replicates, random.split("bootstrap"))
      : samplingError(roles, noiseShare);
  const unseen = layout === "wide" ? unseenLatents(roles) : [];
  const pairs = withoutUnseen(judgePairs(scores), unseen);
  const unresolved = unresolvedGroups(d, pairs);
  const stated = modelHolds || layout === "wide";
  const mixing = mixingPartners(leakage, pairs);
  const latents = Array.from(correlation, (r, j) => ({
    predictedCorrelation: stated && !unresolved.flat().includes(j) ? r : null,
    noiseShare: noiseShare[j],
    splitHalfCorrelation: agreement[j],
    mixesWith: mixing[j],
    leakage: Array.from(rowView(leakage, j), (value) => (Number.isFinite(value) ? value : null)),
  }));

  const findings = {
    layout,
    ...evidence,
    modelHolds,
    groups: unresolved,
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

function misfitOf(roles: SplitRoles): Misfit {
  const [first, second] = roles.map(({ lambda, degrees, noise }) => misfit(lambda, degrees, noise));
  return addMisfit(first, second);
}

/** The evidence of the two halves, which share no evaluating row, added up: (z₁ + z₂) / √2. */
function combinedScores(roles: SplitRoles): Matrix {
  const [first, second] = roles.map(({ lambda, degrees, noise }) => separationScores(lambda, degrees, noise));
  return scaled(sum(first, second), Math.SQRT1_2);
}

/** How well pairs are told apart, and how exact the latents are, by the theory of sampling error. */
function samplingError(roles: SplitRoles, noiseShare: Float64Array) {
  const variance = contaminationOf(roles);
  const leakage = matrix(variance.rows, variance.cols, variance.data.map(Math.sqrt));
  return { scores: combinedScores(roles), correlation: predictedCorrelations(variance, noiseShare), leakage };
}

function contaminationOf(roles: SplitRoles): Matrix {
  const [first, second] = roles.map((role) => couplings(role.lambda, role.weights, role.degrees, role.noise));
  const half = (part: keyof Coupling) => scaled(sum(first[part], second[part]), 1 / 2);
  const degrees = roles.flatMap((role) => Array.from(role.degrees)).reduce((total, nu) => total + nu, 0);
  return contamination({ own: half("own"), shared: half("shared") }, degrees);
}

/** σo² (B B')_jj for latents of unit variance, d; the R_t, and with them σo², are too small by ν_t / n_t. */
function noiseShareOf(roles: SplitRoles): Float64Array {
  const d = roles[0].noise.rows;
  const mean = (k: number) => (roles[0].noise.data[k] + roles[1].noise.data[k]) / 2;
  const total = (of: (role: CrossFit) => Float64Array) =>
    roles.flatMap((role) => [...of(role)]).reduce((a, b) => a + b, 0);
  const unbias = total(({ rows }) => rows) / total(({ degrees }) => degrees);
  return Float64Array.from({ length: d }, (_, j) => Math.min(1, mean(j * d + j) * unbias));
}

type SplitRoles = readonly [CrossFit, CrossFit];

const sum = (a: Matrix, b: Matrix) =>
  matrix(
    a.rows,
    a.cols,
    a.data.map((value, k) => value + b.data[k]),
  );
const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
