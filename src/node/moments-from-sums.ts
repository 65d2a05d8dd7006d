import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { Moments, PooledMoments } from "../stats/moments.ts";
import type { SumsOfH, SumsOfY } from "./moment-sums.ts";

/** Around what the sums were taken: h (d) and, for each task, y. */
export interface Centres {
  readonly h: Float64Array;
  readonly y: Float64Array;
}

/** The sums over the rows of one task. */
export interface TaskSums extends SumsOfH {
  readonly target: SumsOfY;
}

/**
 * Moments from sums around centres c:
 *
 *     mean = c + s / n ,   covariance = P / n − (s / n)(s / n)'     with s = Σ (x − c), P = Σ (x − c)(x − c)'
 *
 * Of the digits of a covariance, those are lost in which the mean lies farther from c than the data lie from their mean:
 * with a centre one standard deviation off, none that count; a thousand off, six of sixteen.
 *
 * @param tasks One entry for each of `taskNames`; undefined where a task has none of the rows.
 * @param all The sums over all rows, each once.
 */
export function momentsFromSums(
  taskNames: readonly string[],
  centres: Centres,
  tasks: readonly (TaskSums | undefined)[],
  all: SumsOfH,
): Moments {
  const d = centres.h.length;
  const count = new Float64Array(taskNames.length);
  const meanH = matrix(taskNames.length, d);
  const meanY = new Float64Array(taskNames.length);
  const covH = matrix(taskNames.length, d * d);
  const covHY = matrix(taskNames.length, d);
  const varY = new Float64Array(taskNames.length);
  tasks.forEach((sums, t) => {
    if (sums === undefined) return;
    const { count: n, h, target } = sums;
    const offset = target.y / n;
    count[t] = n;
    meanY[t] = (centres.y[t] as number) + offset;
    varY[t] = target.constant ? 0 : target.yy / n - offset * offset;
    writeMean(meanH, t, centres.h, sums);
    writeCovariance(covH, t, sums);
    for (let j = 0; j < d; j++) {
      covHY.data[t * d + j] = (target.hy[j] as number) / n - ((h[j] as number) / n) * offset;
    }
  });
  return { dim: d, taskNames, count, meanH, meanY, covH, covHY, varY, pooled: pooledFromSums(centres.h, all) };
}

function pooledFromSums(centre: Float64Array, sums: SumsOfH): PooledMoments {
  const d = centre.length;
  const mean = matrix(1, d);
  const covariance = matrix(1, d * d);
  if (sums.count > 0) {
    writeMean(mean, 0, centre, sums);
    writeCovariance(covariance, 0, sums);
  }
  return { count: sums.count, mean: mean.data, covariance: matrix(d, d, covariance.data) };
}

function writeMean(to: Matrix, row: number, centre: Float64Array, { count, h }: SumsOfH): void {
  centre.forEach((value, j) => {
    to.data[row * to.cols + j] = value + (h[j] as number) / count;
  });
}

function writeCovariance(to: Matrix, row: number, { count, h, hh }: SumsOfH): void {
  const d = h.length;
  let at = 0;
  for (let j = 0; j < d; j++) {
    for (let k = 0; k <= j; k++) {
      const value = (hh[at++] as number) / count - ((h[j] as number) / count) * ((h[k] as number) / count);
      to.data[row * d * d + j * d + k] = value;
      to.data[row * d * d + k * d + j] = value;
    }
  }
}

/** The sums over the union of disjoint sets of rows; of no rows, if there are no sets. */
export function addSums(d: number, parts: readonly SumsOfH[]): SumsOfH {
  const add = (length: number, pick: (part: SumsOfH) => Float64Array) =>
    Float64Array.from({ length }, (_, i) => parts.reduce((sum, part) => sum + (pick(part)[i] as number), 0));
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    h: add(d, ({ h }) => h),
    hh: add((d * (d + 1)) / 2, ({ hh }) => hh),
  };
}
