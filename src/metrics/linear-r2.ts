import { DomainError, ShapeError } from "../errors.ts";
import { type Matrix, matrix, multiply, takeRows } from "../linalg/matrix.ts";
import { type UnitColumn, unitColumns } from "../stats/correlation.ts";
import { checkDisjoint, type RowHalves } from "./row-halves.ts";
import { applyMap, columnProducts, type Whitening, whiten } from "./whitening.ts";

/** Share of the variance of every true latent that a linear function of the estimated ones explains. */
export interface LinearR2 {
  /** One number a column of the truth. */
  readonly values: Float64Array;
  readonly mean: number;
}

/**
 * R² of the least-squares regression, with intercept, of each column of `truth` on all columns of `features`.
 *
 * @param features rows × p; dependent columns are harmless.  @param truth rows × d, the same rows.
 * @returns numbers in [0, 1]; 0 for a constant column of the truth, of which there is nothing to explain.
 * @throws ShapeError when the rows differ; DomainError when an entry is NaN or infinite, or when there are so few rows
 *   (n − 1 ≤ rank) that the fit is exact whatever the data.
 */
export function linearR2(features: Matrix, truth: Matrix): LinearR2 {
  const { coordinates } = regress(features, truth);
  const values = new Float64Array(truth.cols);
  coordinates.data.forEach((value, at) => {
    values[at % truth.cols] += value * value;
  });
  return withMean(values.map((value) => Math.min(value, 1)));
}

/**
 * R² out of sample: the regression is fitted on one half of the rows, 1 − SSE/SST taken on the other.
 *
 * @returns numbers up to 1; below 0 where the regression predicts worse than the mean of the scored half.
 * @throws as `linearR2`, and DomainError when the halves overlap or are empty.
 */
export function linearR2OutOfSample(features: Matrix, truth: Matrix, halves: RowHalves): LinearR2 {
  checkDisjoint(halves);
  const { whitening, coordinates, columns } = regress(takeRows(features, halves.fit), takeRows(truth, halves.fit));
  const predicted = multiply(applyMap(whitening.map, takeRows(features, halves.score)), coordinates);
  const actual = takeRows(truth, halves.score);
  const { length: count } = columns;
  const errors = new Float64Array(count);
  predicted.data.forEach((value, at) => {
    const { mean, length } = columns[at % count];
    errors[at % count] += (actual.data[at] - mean - length * value) ** 2;
  });
  const total = unitColumns(actual).map(({ length }) => length ** 2);
  return withMean(errors.map((error, j) => (total[j] > 0 ? 1 - error / total[j] : 0)));
}

/**
 * Coefficients of the least-squares regression of each column of `truth` on all of `features`, every column scaled to
 * mean 0 and variance 1 before.
 *
 * @param features rows × p; of dependent columns the later ones have coefficient 0, as have constant ones.
 * @returns p × d; all 0 for a constant column of the truth.
 * @throws as `linearR2`.
 */
export function standardisedCoefficients(features: Matrix, truth: Matrix): Matrix {
  const { whitening, coordinates } = regress(features, truth);
  const perUnit = multiply(whitening.map.weights, coordinates);
  const lengths = unitColumns(features).map(({ length }) => length);
  return matrix(
    perUnit.rows,
    perUnit.cols,
    perUnit.data.map((value, at) => value * lengths[Math.floor(at / perUnit.cols)]),
  );
}

/** The regression in coordinates where it is a projection: truth_j ≈ mean_j + length_j · Q · coordinates_j. */
function regress(
  features: Matrix,
  truth: Matrix,
): { whitening: Whitening; coordinates: Matrix; columns: readonly UnitColumn[] } {
  if (features.rows !== truth.rows) throw new ShapeError(`linearR2: ${features.rows} rows against ${truth.rows}`);
  const whitening = whiten(features);
  const rank = whitening.white.length;
  if (features.rows - 1 <= rank) {
    throw new DomainError(`linearR2: ${features.rows} rows are too few for features of rank ${rank}`);
  }
  const columns = unitColumns(truth);
  const coordinates = columnProducts(
    whitening.white,
    columns.map(({ values }) => values),
  );
  return { whitening, coordinates, columns };
}

function withMean(values: Float64Array): LinearR2 {
  return { values, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
}
