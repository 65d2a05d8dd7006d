import { ShapeError } from "../errors.ts";
import { dot, type Matrix, matrix, multiply, transpose } from "../linalg/matrix.ts";
import { unitColumns } from "../stats/correlation.ts";

/**
 * A column counts as dependent on the ones before it when less than this share of its length lies outside their span:
 * far above rounding in double precision, far below anything that data could resolve.
 */
const DEPENDENT = 1e-10;

/** An affine map of rows, x → (x − mean) · weights. */
export interface AffineMap {
  /** One number an input. */
  readonly mean: Float64Array;
  /** inputs × outputs. */
  readonly weights: Matrix;
}

/** Decorrelated coordinates for the rows of a table. */
export interface Whitening {
  /** The columns of Q (rows × rank): centred and orthonormal, with the span of the centred columns of the table. */
  readonly white: readonly Float64Array[];
  /** The map that gives Q on the rows of the table, and continues it to other rows. */
  readonly map: AffineMap;
}

/**
 * Whitens the columns of x by Gram–Schmidt, every column orthogonalised twice, against four earlier ones at a time, which is enough for
 * orthogonality to rounding (Giraud, Langou & Rozložník 2005).
 *
 * @param x rows × d.
 * @returns as many coordinates as there are linearly independent, non-constant columns: `white.length` is the rank.
 * @throws DomainError when an entry is NaN or infinite.
 */
export function whiten(x: Matrix): Whitening {
  const columns = unitColumns(x);
  const basis: Direction[] = [];
  columns.forEach(({ values, length }, j) => {
    if (length === 0) return;
    const direction = { values, weights: new Float64Array(x.cols) };
    direction.weights[j] = 1 / length;
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < basis.length; k += 4) removeShares(direction, basis.slice(k, k + 4));
    }
    const rest = Math.sqrt(dot(direction.values, direction.values));
    if (rest < DEPENDENT) return;
    scale(direction, 1 / rest);
    basis.push(direction);
  });
  const weights = matrix(x.cols, basis.length);
  basis.forEach((direction, k) => {
    for (let j = 0; j < x.cols; j++) weights.data[j * basis.length + k] = direction.weights[j];
  });
  return {
    white: basis.map(({ values }) => values),
    map: { mean: Float64Array.from(columns, ({ mean }) => mean), weights },
  };
}

/** The rows of x under `map`, rows × outputs. Throws ShapeError when x does not have the map's inputs. */
export function applyMap({ mean, weights }: AffineMap, x: Matrix): Matrix {
  if (x.cols !== mean.length) throw new ShapeError(`applyMap: a map of ${mean.length} inputs for ${x.cols} columns`);
  return multiply(
    matrix(
      x.rows,
      x.cols,
      x.data.map((value, at) => value - mean[at % x.cols]),
    ),
    weights,
  );
}

/** X'Y for X and Y given by their columns: entry (i, j) is left_i · right_j. */
export function columnProducts(left: readonly Float64Array[], right: readonly Float64Array[]): Matrix {
  const n = left[0]?.length ?? 0;
  return multiply(stacked(left, n), transpose(stacked(right, n)));
}

function stacked(rows: readonly Float64Array[], n: number): Matrix {
  const result = matrix(rows.length, n);
  rows.forEach((row, i) => {
    result.data.set(row, i * n);
  });
  return result;
}

/** A direction in the span of the columns: its values on the rows, and the weights of the columns that give them. */
interface Direction {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/** Takes out of a direction what lies along up to four orthonormal ones. */
function removeShares(direction: Direction, units: readonly Direction[]): void {
  if (units.length === 4) {
    const [a, b, c, d] = units;
    const shares = dotFour(direction.values, a.values, b.values, c.values, d.values);
    subtractFour(direction.values, shares, a.values, b.values, c.values, d.values);
    subtractFour(direction.weights, shares, a.weights, b.weights, c.weights, d.weights);
    return;
  }
  for (const unit of units) {
    const share = dot(direction.values, unit.values);
    for (let i = 0; i < unit.values.length; i++) direction.values[i] -= share * unit.values[i];
    for (let j = 0; j < unit.weights.length; j++) direction.weights[j] -= share * unit.weights[j];
  }
}

type Four = readonly [number, number, number, number];

function dotFour(x: Float64Array, a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): Four {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    s0 += value * a[i];
    s1 += value * b[i];
    s2 += value * c[i];
    s3 += value * d[i];
  }
  return [s0, s1, s2, s3];
}

function subtractFour(
  x: Float64Array,
  [s0, s1, s2, s3]: Four,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
): void {
  for (let i = 0; i < x.length; i++) x[i] -= s0 * a[i] + s1 * b[i] + s2 * c[i] + s3 * d[i];
}

function scale({ values, weights }: Direction, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] *= factor;
  for (let j = 0; j < weights.length; j++) weights[j] *= factor;
}
