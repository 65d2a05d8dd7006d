import { DomainError, ShapeError } from "../errors.ts";
import { dot, type Matrix, matrix, multiply, transpose } from "../linalg/matrix.ts";
import { rankColumns } from "./ranks.ts";

/** Pearson measures linear dependence, Spearman monotone dependence: it is Pearson's correlation of average ranks. */
export type CorrelationKind = "pearson" | "spearman";

/**
 * Correlation of every column of x with every column of y, r_ij = corr(x_i, y_j).
 *
 * A constant column has no correlation; here it is 0, so that a latent which has collapsed counts as one that
 * recovers nothing. Constant means exactly equal values. Rounding is clamped to [−1, 1], as in numpy.corrcoef.
 *
 * @param x rows × p.  @param y rows × q, the same rows.
 * @returns r, p × q.
 * @throws ShapeError when x and y differ in rows; DomainError when an entry is NaN or infinite.
 */
export function crossCorrelation(x: Matrix, y: Matrix, kind: CorrelationKind): Matrix {
  if (x.rows !== y.rows) throw new ShapeError(`crossCorrelation: ${x.rows} rows against ${y.rows}`);
  const [left, right] = [x, y].map((table) => unitColumns(kind === "spearman" ? rankColumns(table) : table));
  const products = multiply(stacked(left, x.rows), transpose(stacked(right, x.rows)));
  return matrix(
    x.cols,
    y.cols,
    products.data.map((r) => Math.max(-1, Math.min(1, r))),
  );
}

/** Columns as the rows of a matrix. */
function stacked(columns: readonly UnitColumn[], rows: number): Matrix {
  const result = matrix(columns.length, rows);
  columns.forEach(({ values }, j) => {
    result.data.set(values, j * rows);
  });
  return result;
}

/** A column as `mean + length · values`, where `values` has mean 0 and length 1, or is 0 for a constant column. */
export interface UnitColumn {
  readonly mean: number;
  /** Euclidean length after centring; exactly 0 for a constant column, whatever the rounding of its mean. */
  readonly length: number;
  readonly values: Float64Array;
}

/**
 * The columns of x, centred and scaled to length 1: the dot product of two of them is their correlation.
 *
 * @throws DomainError naming the first entry that is NaN or infinite.
 */
export function unitColumns(x: Matrix): UnitColumn[] {
  const at = x.data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    const [row, col] = [Math.floor(at / x.cols), at % x.cols];
    throw new DomainError(`unitColumns: row ${row}, column ${col} is ${x.data[at]}, which has no correlation`);
  }
  return Array.from({ length: x.cols }, (_, j) => unitColumn(x, j));
}

function unitColumn({ rows, cols, data }: Matrix, j: number): UnitColumn {
  let sum = 0;
  let isConstant = true;
  for (let i = 0; i < rows; i++) {
    sum += data[i * cols + j];
    if (data[i * cols + j] !== data[j]) isConstant = false;
  }
  const mean = sum / Math.max(rows, 1);
  const values = new Float64Array(rows);
  if (isConstant) return { mean, length: 0, values };
  let largest = 0; // divided out before squaring, lest tiny deviations vanish and huge ones overflow
  for (let i = 0; i < rows; i++) {
    values[i] = data[i * cols + j] - mean;
    largest = Math.max(largest, Math.abs(values[i]));
  }
  for (let i = 0; i < rows; i++) values[i] /= largest;
  const length = Math.sqrt(dot(values, values));
  for (let i = 0; i < rows; i++) values[i] /= length;
  return { mean, length: length * largest, values };
}
