import { ShapeError } from "../errors.ts";

/** A row-major table of numbers in either precision; both `Matrix` and the feature tables of networks are one. */
export interface NumericTable {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array | Float32Array;
}

/** An affine map of every column, (x − mean) / scale, fitted to data and applicable to more of them. */
export interface Scaler {
  readonly mean: Float64Array;
  /** Standard deviation with divisor n (the convention of numpy.std); 1 for the columns listed in `constant`. */
  readonly scale: Float64Array;
  /** Indices of columns whose observed values are all equal, or that have none: they are centred and not scaled. */
  readonly constant: readonly number[];
}

/**
 * The scaler that gives each column of `table` mean 0 and variance 1 over its observed values. NaN counts as missing.
 *
 * @returns mean and scale, one number a column. A column with no observed value has mean 0 and scale 1; it is listed
 *   in `constant`, as is a column whose observed values are exactly equal.
 */
export function fitScaler(table: NumericTable): Scaler {
  const { rows, cols, data } = table;
  const mean = columnMeans(table);
  const scale = new Float64Array(cols);
  const count = new Float64Array(cols);
  const low = new Float64Array(cols).fill(Infinity);
  const high = new Float64Array(cols).fill(-Infinity);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const x = data[i * cols + j];
      if (Number.isNaN(x)) continue;
      count[j]++;
      scale[j] += (x - mean[j]) ** 2;
      if (x < low[j]) low[j] = x;
      if (x > high[j]) high[j] = x;
    }
  }
  const constant: number[] = [];
  for (let j = 0; j < cols; j++) {
    const varies = low[j] < high[j];
    scale[j] = varies ? Math.sqrt(scale[j] / count[j]) : 1;
    if (!varies) constant.push(j);
  }
  return { mean, scale, constant };
}

/**
 * (x − mean) / scale, column by column; NaN stays NaN.
 *
 * @returns a new table of the same shape and precision.
 * @throws ShapeError when the table and the scaler differ in columns.
 */
export function applyScaler<T extends NumericTable>({ mean, scale }: Scaler, table: T): T {
  return mapColumns("applyScaler", mean.length, table, (x, j) => (x - mean[j]) / scale[j]);
}

/**
 * x · scale + mean, column by column: undoes `applyScaler`.
 *
 * @returns a new table of the same shape and precision.
 * @throws ShapeError when the table and the scaler differ in columns.
 */
export function invertScaler<T extends NumericTable>({ mean, scale }: Scaler, table: T): T {
  return mapColumns("invertScaler", mean.length, table, (x, j) => x * scale[j] + mean[j]);
}

function columnMeans({ rows, cols, data }: NumericTable): Float64Array {
  const sum = new Float64Array(cols);
  const count = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const x = data[i * cols + j];
      if (Number.isNaN(x)) continue;
      sum[j] += x;
      count[j]++;
    }
  }
  return sum.map((total, j) => (count[j] > 0 ? total / count[j] : 0));
}

function mapColumns<T extends NumericTable>(
  operation: string,
  width: number,
  table: T,
  map: (x: number, column: number) => number,
): T {
  const { rows, cols, data } = table;
  if (cols !== width) throw new ShapeError(`${operation}: a scaler of ${width} columns for a table of ${cols}`);
  const result = data.slice();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) result[i * cols + j] = map(data[i * cols + j], j);
  }
  return { ...table, data: result };
}
