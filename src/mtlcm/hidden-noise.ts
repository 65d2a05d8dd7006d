import { type Matrix, matrix, rowView } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import { congruence } from "./congruence.ts";
import { residualCovariances } from "./residual-covariance.ts";

/** One-sided 97.5 %. */
const CONFIDENCE_Z = 1.959964;
/** Degrees of freedom that the bound pools: its sampling error is then √(2/100), a seventh. */
const POOLED_DEGREES = 100;

/**
 * The most observation noise that can be in h without showing, as a variance σo²: an upper 97.5 % confidence limit of
 *
 *     min over tasks t and latents j of  var(z_j | y, t) / C_jj ,   C = B B'
 *
 * for noise of variance σo² C_jj is a part of every one of these variances. The smallest, 100 degrees of freedom of them,
 * are looked up in one half of the rows and measured in the other, and the other way round: a minimum taken where it is
 * measured would be too small.
 *
 * @param groups Moments of disjoint groups of rows; the halves are the first and the second half of the list.
 * @param unmixing B, d × d.
 * @param shape C, d × d; only the diagonal is read.
 * @returns Infinity where no task has rows enough in both halves.
 */
export function hiddenNoiseLevel(
  groups: readonly Moments[],
  unmixing: Matrix,
  shape: Matrix,
  intercept: boolean,
): number {
  const middle = groups.length >> 1;
  const [first, second] = [groups.slice(0, middle), groups.slice(middle)].map((half) =>
    levelsOf(mergeMoments(half), unmixing, shape, intercept),
  );
  return (upperLimit(first, second) + upperLimit(second, first)) / 2;
}

interface Levels {
  /** var(z_j | y, t) / C_jj, unbiased, T × d; NaN where there are too few rows. */
  readonly levels: Matrix;
  /** T. */
  readonly degrees: Float64Array;
}

function levelsOf(half: Moments, unmixing: Matrix, shape: Matrix, intercept: boolean): Levels {
  const d = unmixing.rows;
  const { matrices, degrees } = residualCovariances(half, intercept);
  const lambda = congruence(matrices, unmixing);
  const levels = matrix(degrees.length, d);
  degrees.forEach((nu, t) => {
    const unbias = nu > 0 ? half.count[t] / nu : Number.NaN;
    const row = rowView(lambda, t);
    for (let j = 0; j < d; j++) levels.data[t * d + j] = (unbias * row[j * (d + 1)]) / shape.data[j * (d + 1)];
  });
  return { levels, degrees };
}

/** Of the smallest levels of one half, as the other measures them. */
function upperLimit({ levels: chosen }: Levels, { levels: measured, degrees }: Levels): number {
  const known = [...chosen.data.keys()].filter((at) => !Number.isNaN(chosen.data[at] + measured.data[at]));
  known.sort((a, b) => chosen.data[a] - chosen.data[b]);
  let [pooled, sum] = [0, 0];
  for (const at of known) {
    const nu = degrees[Math.floor(at / chosen.cols)];
    pooled += nu;
    sum += nu * measured.data[at];
    if (pooled >= POOLED_DEGREES) break;
  }
  return pooled === 0 ? Number.POSITIVE_INFINITY : sum / lowQuantile(pooled);
}

/** The 2.5 % quantile of χ² (Wilson & Hilferty 1931). */
function lowQuantile(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * Math.max(0, 1 - spread - CONFIDENCE_Z * Math.sqrt(spread)) ** 3;
}
