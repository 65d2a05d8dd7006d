import { type Matrix, matrix, multiply, multiplyTransposed, multiplyVector, transpose } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import type { Moments } from "../stats/moments.ts";
import { congruence } from "./congruence.ts";

/** A representation confined to the directions in which it varies: h' = P (h − mean) loses nothing. */
export interface RankReduction {
  /** P, r × d. */
  readonly projection: Matrix;
  /** P⁺, d × r, with P P⁺ = I. */
  readonly lift: Matrix;
}

/**
 * The directions in which h varies, when there are fewer than columns; undefined when h has full rank.
 *
 * Eigenvectors of the pooled correlation matrix whose eigenvalue is above `tolerance` times the largest.
 *
 * @param moments Moments of h.
 * @param tolerance Relative to the largest eigenvalue.
 */
export function rankReduction({ dim: d, pooled }: Moments, tolerance: number): RankReduction | undefined {
  const { data: covariance } = pooled.covariance;
  // A column that does not vary has scale 1 and stays at eigenvalue 0.
  const scale = Float64Array.from({ length: d }, (_, j) => Math.sqrt(covariance[j * d + j]) || 1);
  const correlation = matrix(
    d,
    d,
    covariance.map((value, k) => value / scale[Math.floor(k / d)] / scale[k % d]),
  );
  const { values, vectors } = symmetricEigen(correlation);
  const rank = values.findIndex((value) => !(value > tolerance * values[0]));
  if (rank < 0) return undefined;
  const projection = matrix(rank, d);
  const lift = matrix(d, rank);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j < d; j++) {
      projection.data[i * d + j] = vectors.data[j * d + i] / scale[j];
      lift.data[j * rank + i] = vectors.data[j * d + i] * scale[j];
    }
  }
  return { projection, lift };
}

/** The moments of P h from those of h. P is r × d. */
export function projectMoments(moments: Moments, projection: Matrix): Moments {
  const { pooled } = moments;
  return {
    ...moments,
    dim: projection.rows,
    meanH: multiplyTransposed(moments.meanH, projection),
    covH: congruence(moments.covH, projection),
    covHY: multiplyTransposed(moments.covHY, projection),
    pooled: {
      count: pooled.count,
      mean: multiplyVector(projection, pooled.mean),
      covariance: multiply(multiply(projection, pooled.covariance), transpose(projection)),
    },
  };
}
