import { ConfigError } from "../errors.ts";
import type { CentredMap } from "../linalg/centred-map.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import { covarianceOf } from "../stats/covariance.ts";

/** Principal components: the map to uncorrelated columns of unit variance, largest variance first. */
export interface PrincipalComponents extends CentredMap {
  /** Variance of every component before it was scaled to 1, k numbers, descending. */
  readonly variance: Float64Array;
}

/** Share of the largest variance below which a direction is rounding noise. */
const DEAD = 1e-12;

/**
 * The first k principal components of the rows of x, scaled to unit variance (divisor n), which also whitens them:
 *
 *     z = Λ_k^(−½) Q_k' (x − mean) ,   cov(x) = Q Λ Q'        (Jolliffe 2002, section 3)
 *
 * @param x - rows × p
 * @param count - k
 * @returns k × p; each direction's largest entry is positive
 * @throws ConfigError when fewer than k directions of x have any variance
 */
export function principalComponents(x: Matrix, count: number): PrincipalComponents {
  const { mean, covariance } = covarianceOf(x);
  const { values, vectors } = symmetricEigen(covariance);
  const alive = values.filter((value) => value > DEAD * values[0]).length;
  if (count > alive) {
    throw new ConfigError(`${count} components of ${x.cols} columns were asked for, but they span ${alive} directions`);
  }
  const map = matrix(count, x.cols);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < x.cols; j++) map.data[i * x.cols + j] = vectors.data[j * x.cols + i] / Math.sqrt(values[i]);
  }
  return { mean, map, variance: values.slice(0, count) };
}
