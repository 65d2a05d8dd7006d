import { cholesky, choleskySolve } from "../linalg/cholesky.ts";
import { matrix, rowView } from "../linalg/matrix.ts";
import type { FloatArray } from "../nn/parameters.ts";
import type { Moments } from "../stats/moments.ts";

/** A task's moments as `taskMoments` lays them out: S of (f, y), (F + 1) × (F + 1), and the means as a last column. */
export interface TaskBlock {
  /** F. */
  readonly features: number;
  /** (F + 1) × (F + 2), row-major. */
  readonly data: FloatArray;
}

/** The best linear head of one task for given features, and what it leaves. */
export interface RidgeHead {
  /** w, F. */
  readonly slopes: Float64Array;
  /** φ, the penalised loss. */
  readonly value: number;
}

/**
 * The head that minimises the ridge loss of one task, in closed form.
 *
 *     φ(S) = min_w ½ v' S v + ½ λ (tr S_ff / F) |w|² ,   v = (w, −1);      (S_ff + λ (tr S_ff / F) I) w = s_fy
 *
 * The penalty is in units of the features' mean variance, so that no rescaling of the features evades it; the intercept is
 * free. Hoerl and Kennard 1970.
 *
 * @param penalty λ ≥ 0.
 * @throws SingularMatrixError when λ = 0 and the features are linearly dependent, or none of them varies.
 */
export function ridgeHead({ features: F, data }: TaskBlock, penalty: number): RidgeHead {
  const stride = F + 2;
  const A = matrix(F, F);
  const s = new Float64Array(F);
  const added = penalty * meanVariance(F, data);
  for (let i = 0; i < F; i++) {
    for (let j = 0; j <= i; j++) A.data[i * F + j] = data[i * stride + j];
    A.data[i * F + i] += added;
    s[i] = data[i * stride + F];
  }
  const slopes = choleskySolve(cholesky(A), s);
  let explained = 0;
  for (let i = 0; i < F; i++) explained += slopes[i] * s[i];
  return { slopes, value: (data[F * stride + F] - explained) / 2 };
}

/**
 * Half the mean squared error of a head on other rows of its task, whose moments are `rows`; the intercept is the one that
 * belongs to the means of the rows `fitted` of the head.
 *
 *     ½ [ v' S v + (v'(μ − μ_fitted))² ]
 */
export function headLoss({ slopes: w }: RidgeHead, fitted: TaskBlock, { features: F, data }: TaskBlock): number {
  const stride = F + 2;
  let [spread, shift] = [0, 0];
  for (let i = 0; i <= F; i++) {
    const left = i < F ? w[i] : -1;
    for (let j = 0; j <= F; j++) spread += left * data[i * stride + j] * (j < F ? w[j] : -1);
    shift += left * (data[i * stride + F + 1] - fitted.data[i * stride + F + 1]);
  }
  return (spread + shift * shift) / 2;
}

/** The blocks of the tasks of a batch, in the layout of `taskMoments`. */
export function blocksOf(moments: FloatArray, features: number): TaskBlock[] {
  const size = (features + 1) * (features + 2);
  return Array.from({ length: moments.length / size }, (_, k) => ({
    features,
    data: moments.subarray(k * size, (k + 1) * size),
  }));
}

/** Moments of task t of f and y in the layout of `taskMoments`. */
export function blockOf({ dim: F, covH, covHY, varY, meanH, meanY }: Moments, t: number): TaskBlock {
  const data = new Float64Array((F + 1) * (F + 2));
  const s = rowView(covHY, t);
  for (let i = 0; i < F; i++) {
    data.set(covH.data.subarray((t * F + i) * F, (t * F + i + 1) * F), i * (F + 2));
    data.set([s[i], meanH.data[t * F + i]], i * (F + 2) + F);
  }
  data.set([...s, varY[t], meanY[t]], F * (F + 2));
  return { features: F, data };
}

function meanVariance(F: number, data: FloatArray): number {
  let sum = 0;
  for (let i = 0; i < F; i++) sum += data[i * (F + 2) + i];
  return sum / F;
}
