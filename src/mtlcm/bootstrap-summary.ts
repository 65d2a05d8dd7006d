import { DataError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { centralInterval, type Interval } from "../stats/quantile.ts";
import type { Replicate } from "./bootstrap.ts";
import type { LatentCertificate } from "./certificate.ts";
import type { Indicators } from "./indicators.ts";

/** What redrawing the data does to a fit. The keys are a stable contract: all but `indicators` go to certificate.json. */
export interface Bootstrap {
  readonly resample: "rows" | "tasks";
  /** Replicates that the figures are made of. */
  readonly replicates: number;
  /** Replicates that drew too few rows to be fitted, and are left out. */
  readonly failed: number;
  /** The share of replicates inside an interval. */
  readonly level: number;
  /** Mean over the latents of `correlation`: where the certificate states a predicted MCC, an interval for the realised one. */
  readonly mcc: Interval;
  readonly latents: readonly LatentBootstrap[];
  /** Mean probability that an indicator flips. */
  readonly flipped: number;
  readonly indicators: IndicatorBootstrap;
}

export interface LatentBootstrap {
  /** |corr| with itself. */
  readonly stability: Interval;
  /**
   * Where the latent is told apart from all others, an interval for |corr| with the true one: stability, less noise and what
   * noise makes leak into it, each with its sampling error. Noise that does not show (`hiddenNoise` of the certificate) is
   * not in it. Absent in files of earlier fits.
   */
  readonly correlation?: Interval;
  /** Root mean square leakage of every other latent into this one, d; 0 for itself. */
  readonly leakage: Float64Array;
}

/** How sure every indicator is, all T × d. */
export interface IndicatorBootstrap {
  /** Share of replicates in which the latent changes sides: it is a cause (pCause above ½) in one and not in the other. */
  readonly flip: Matrix;
  readonly pCauseLow: Matrix;
  readonly pCauseHigh: Matrix;
  /** Interval for var(z_j | y) itself, of which the fit's has a divisor that makes it a little too small. */
  readonly residualVarianceLow: Matrix;
  readonly residualVarianceHigh: Matrix;
}

/** The share of replicates inside an interval. */
export const BOOTSTRAP_LEVEL = 0.95;

/**
 * Intervals from replicates: central quantiles of correlations and probabilities as they are (see `bootstrapReplicate` for
 * what they estimate), of residual variances reflected on the log scale:
 *
 *     r² / r*_(.975)  …  r² / r*_(.025)
 *
 * A replicate's residual variance is to the fit's as the fit's is to the true one, too small by the degrees of freedom
 * spent; reflection (the basic bootstrap, Davison & Hinkley 1997, section 5.2) takes that out.
 *
 * @param replicates In any order; undefined for those that failed.
 * @param fit Indicators of the fit.
 *     |corr with the truth|² = |corr(z_b, ẑ)|² · (1 − ν_b) / (1 + λ) ,    ν_b = ν − (δ_b − mean δ) ,  in [0, 1]
 *
 * with ν the share of noise, δ_b what the replicate sees of it more than the fit does, reflected likewise, and λ what noise
 * leaks between latents. Where noise does not show, a replicate cannot tell how much it may be: ν stays as it is.
 *
 * @param noise Noise of every latent, from its certificate, d; by default none.
 * @throws DataError when more than half of the replicates failed, or fewer than 2 are left.
 */
export function summariseBootstrap(
  replicates: readonly (Replicate | undefined)[],
  fit: Pick<Indicators, "pCause" | "residualVariance">,
  resample: "rows" | "tasks",
  noise: readonly LatentNoise[] = Array.from({ length: fit.pCause.cols }, () => ({ noiseShare: 0 })),
): Bootstrap {
  const good = replicates.filter((replicate) => replicate !== undefined);
  const failed = replicates.length - good.length;
  if (good.length < 2 || failed > good.length) {
    throw new DataError(
      `${failed} of ${replicates.length} bootstrap replicates drew too few rows for ${fit.pCause.cols} latents; ` +
        "fit fewer latents, or leave the bootstrap out",
    );
  }
  const d = fit.pCause.cols;
  const interval = (of: (replicate: Replicate) => number) => centralInterval(good.map(of), BOOTSTRAP_LEVEL);
  const indicators = indicatorBootstrap(good, fit);
  const truth = good.map(correlationWithTruth(good, noise));
  return {
    resample,
    replicates: good.length,
    failed,
    level: BOOTSTRAP_LEVEL,
    mcc: centralInterval(truth.map(mean), BOOTSTRAP_LEVEL),
    latents: Array.from({ length: d }, (_, j) => ({
      stability: interval(({ correlation }) => correlation[j]),
      correlation: centralInterval(
        truth.map((r) => r[j]),
        BOOTSTRAP_LEVEL,
      ),
      leakage: Float64Array.from({ length: d }, (__, k) => rms(good.map(({ leakage }) => leakage.data[j * d + k]))),
    })),
    flipped: mean(indicators.flip.data),
    indicators,
  };
}

/** What the certificate says of the noise of a latent. */
export type LatentNoise = Pick<LatentCertificate, "noiseShare" | "hiddenNoise" | "noiseLeakage">;

function correlationWithTruth(replicates: readonly Replicate[], noise: readonly LatentNoise[]) {
  const usual = noise.map((_, j) => replicates.reduce((sum, r) => sum + r.noiseChange[j], 0) / replicates.length);
  return ({ correlation, noiseChange }: Replicate): Float64Array =>
    correlation.map((r, j) => {
      const { noiseShare, hiddenNoise, noiseLeakage = 0 } = noise[j];
      const change = hiddenNoise === 0 ? noiseChange[j] - usual[j] : 0;
      const share = Math.min(1, Math.max(0, noiseShare - change));
      return r * Math.sqrt((1 - share) / (1 + noiseLeakage));
    });
}

function indicatorBootstrap(
  replicates: readonly Replicate[],
  { pCause, residualVariance }: Pick<Indicators, "pCause" | "residualVariance">,
): IndicatorBootstrap {
  const { rows, cols } = pCause;
  const [flip, pCauseLow, pCauseHigh, residualVarianceLow, residualVarianceHigh] = [0, 1, 2, 3, 4].map(() =>
    matrix(rows, cols),
  );
  for (let at = 0; at < rows * cols; at++) {
    const side = pCause.data[at] > 0.5;
    const p = replicates.map((replicate) => replicate.pCause.data[at]);
    const variance = replicates.map((replicate) => replicate.residualVariance.data[at]);
    flip.data[at] = p.filter((value) => value > 0.5 !== side).length / p.length;
    const [cause, residual] = [p, variance].map((sample) => centralInterval(sample, BOOTSTRAP_LEVEL));
    pCauseLow.data[at] = cause.low;
    pCauseHigh.data[at] = cause.high;
    const square = residualVariance.data[at] ** 2;
    residualVarianceLow.data[at] = square / residual.high;
    residualVarianceHigh.data[at] = square / residual.low;
  }
  return { flip, pCauseLow, pCauseHigh, residualVarianceLow, residualVarianceHigh };
}

const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
const rms = (x: readonly number[]) => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0) / x.length);
