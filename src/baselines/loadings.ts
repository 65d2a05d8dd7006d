import { type Matrix, matrix } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import type { Targets } from "../stats/targets.ts";

/**
 * How every target loads on white columns: ℓ_tj = cov(h_j, y_t)/sd(y_t) over the rows of task t, the correlation where the
 * column's variance within the task is that over all rows, which is 1. The plain covariance in h, so that rotating
 * the columns of h rotates the loadings.
 * @param white - h, rows × d
 * @returns L, T × d
 * @throws DataError for tasks that cannot be used
 */
export function loadingsOf(white: Matrix, targets: Targets): Matrix {
  const { covHY, varY, dim } = momentsOf(white, targets);
  return matrix(
    covHY.rows,
    dim,
    covHY.data.map((value, at) => value / Math.sqrt(varY[Math.floor(at / dim)])),
  );
}
