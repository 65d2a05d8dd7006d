import type { CentredMap } from "../linalg/centred-map.ts";
import {
  type Matrix,
  matrix,
  multiply,
  multiplyTransposed,
  takeColumns,
  takeRows,
  transpose,
} from "../linalg/matrix.ts";
import { svd } from "../linalg/svd.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";

/** The map from features to the representation that the heads identify, d × F and the features' mean. */
export interface Projection extends CentredMap {
  /** All singular values of the heads in units of the features' spread, descending: a drop after the d-th shows d. */
  readonly singularValues: Float64Array;
}

/** The projection to the first d of its directions alone; all singular values stay. */
export function leadingDirections(projection: Projection, d: number): Projection {
  return { ...projection, map: takeRows(projection.map, [...new Array(d).keys()]) };
}

/** Share of the largest feature variance below which a direction counts as dead. */
const DEAD = 1e-10;

/**
 * The d directions of the features that the heads use. Only the span of the heads is identified (method: section 2): with
 * Σ the covariance of the features and W the stacked heads, the top-d right singular vectors V_d of W Σ^½ give the
 * representation V_d' Σ^−½ (features − mean), whose columns are uncorrelated with unit variance.
 * @param mean - F numbers
 * @param covariance - Σ, F × F; directions without variance are left out
 * @param heads - W, T × F
 * @param latentDim - d ≤ min(T, F)
 */
export function spanOfHeads(mean: Float64Array, covariance: Matrix, heads: Matrix, latentDim: number): Projection {
  const { values, vectors } = symmetricEigen(covariance);
  const floor = DEAD * Math.max(...values);
  const root = (power: number) => {
    const scaled = matrix(vectors.rows, vectors.cols, vectors.data.slice());
    for (let i = 0; i < scaled.rows; i++) {
      for (let j = 0; j < scaled.cols; j++)
        scaled.data[i * scaled.cols + j] *= values[j] > floor ? values[j] ** power : 0;
    }
    return multiplyTransposed(scaled, vectors);
  };
  const { values: singularValues, right } = svd(multiply(heads, root(0.5)));
  const directions = takeColumns(
    right,
    Array.from({ length: latentDim }, (_, j) => j),
  );
  return { mean, map: multiply(transpose(directions), root(-0.5)), singularValues };
}
