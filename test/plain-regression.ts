import { type Matrix, rowView } from "../src/linalg/matrix.ts";

/** Least squares of y on the columns of z and a constant. */
export interface PlainRegression {
  predict(z: Float64Array): number;
  /** Variance of a new y around its prediction: s² (1 + x'(X'X)⁻¹x). */
  variance(z: Float64Array): number;
}

/** The textbook regression, from the rows themselves: normal equations with a column of ones, by Gauss–Jordan elimination. */
export function plainRegression(z: Matrix, y: ArrayLike<number>, columns: readonly number[]): PlainRegression {
  const design = (row: Float64Array) => [1, ...columns.map((j) => row[j])];
  const p = columns.length + 1;
  const augmented = Array.from({ length: p }, (_, i) =>
    Array.from({ length: 2 * p + 1 }, (_, j): number => (j === p + i ? 1 : 0)),
  );
  for (let i = 0; i < z.rows; i++) {
    const x = design(rowView(z, i));
    for (let a = 0; a < p; a++) {
      for (let b = 0; b < p; b++) augmented[a][b] += x[a] * x[b];
      augmented[a][2 * p] += x[a] * y[i];
    }
  }
  for (let k = 0; k < p; k++) {
    const pivot = augmented[k].map((value) => value / augmented[k][k]);
    augmented.forEach((row, i) => {
      augmented[i] = i === k ? pivot : row.map((value, j) => value - row[k] * pivot[j]);
    });
  }
  const predict = (row: Float64Array) => design(row).reduce((sum, x, a) => sum + x * augmented[a][2 * p], 0);
  let squares = 0;
  for (let i = 0; i < z.rows; i++) squares += (y[i] - predict(rowView(z, i))) ** 2;
  const noise = squares / (z.rows - p);
  return {
    predict,
    variance(row) {
      const x = design(row);
      const leverage = x.reduce(
        (sum, xa, a) => sum + x.reduce((part, xb, b) => part + xa * xb * augmented[a][p + b], 0),
        0,
      );
      return noise * (1 + leverage);
    },
  };
}
