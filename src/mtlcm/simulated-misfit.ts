import { type Moments, mergeMoments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { crossFittedMisfit } from "./cross-fitted-misfit.ts";
import type { Misfit } from "./fit-ratio.ts";
import { fittedLaw, modelSample } from "./model-sample.ts";
import type { MtlcmFit, MtlcmOptions } from "./mtlcm.ts";
import { noiseOf, splitHalf } from "./split-half.ts";

/** Data sets that are drawn from the fitted model. */
const REPLICATES = 8;

/**
 * Standard deviations by which the misfit exceeds that of data from the fitted model (a parametric bootstrap), and correlations of
 * `tolerated` between all latents given y.
 *
 * `misfit` expects what sampling leaves of independent latents when the unmixing is right. One from few rows is not, and its errors count as
 * misfit; how much they make is found by drawing data from the fitted model (`modelSample`) and treating these as the data were: halves, their
 * own unmixings, the misfit of each on the other.
 *
 *     z = ( observed − m − λ ) / √( max(s², variance) + s²/8 + 4 λ ) ,   λ = tolerated² · pairs
 *
 * m and s² being the mean and the variance of the misfits of 8 such data sets, and `variance` what sampling alone gives.
 *
 * @param departure Of the data.
 * @param groups Moments of disjoint groups of rows, in the coordinates of `fit`.
 * @param fit What the data were found to be, `unmixing` d × d.
 */
export function excessOverSimulated(
  tolerated: number,
  departure: Misfit,
  groups: readonly Moments[],
  fit: Pick<MtlcmFit, "unmixing" | "solver">,
  options: MtlcmOptions,
  random: Random,
): number {
  const misfits = simulatedMisfits(groups, fit, options, random);
  const mean = misfits.reduce((sum, value) => sum + value, 0) / REPLICATES;
  const spread = misfits.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (REPLICATES - 1);
  const { observed, variance, pairs } = departure;
  const noncentrality = tolerated ** 2 * pairs;
  const total = Math.max(spread, variance) + spread / REPLICATES + 4 * noncentrality;
  return pairs === 0 ? 0 : (observed - mean - noncentrality) / Math.sqrt(total);
}

/** Misfits of data sets from the fitted model, in the units of `Misfit.observed`. */
function simulatedMisfits(
  groups: readonly Moments[],
  fit: Pick<MtlcmFit, "unmixing" | "solver">,
  options: MtlcmOptions,
  random: Random,
): number[] {
  const { intercept = true } = options;
  const { level } = noiseOf(fit, mergeMoments(groups), options);
  const law = fittedLaw(groups, fit.unmixing, level, intercept);
  return Array.from({ length: REPLICATES }, (_, k) => {
    const own = random.split(k);
    const sample = modelSample(groups, law, own.split("sample"));
    return crossFittedMisfit(splitHalf(sample, fit.unmixing, options, own.split("halves")).roles).observed;
  });
}
