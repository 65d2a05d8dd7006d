import { identity, type Matrix, matrix } from "../linalg/matrix.ts";

/** A rotation and the criterion it reaches. */
export interface Varimax {
  /** R, d × d orthogonal: the rotated loadings are L R. */
  readonly rotation: Matrix;
  /** Σ_j [ mean_t ℓ_tj⁴ − (mean_t ℓ_tj²)² ] of the rotated loadings. */
  readonly criterion: number;
  readonly sweeps: number;
  readonly converged: boolean;
}

const MAX_SWEEPS = 1000;
/** Radians; a sweep in which no pair turns further has converged. */
const TOLERANCE = 1e-12;

/**
 * The rotation that makes the columns of a loading matrix as sparse as the variance of their squares can tell (Kaiser
 * 1958, without his normalisation of rows): sweeps over pairs of columns, each pair turned by its exact best angle
 *
 *     ¼ atan2( 2 Σuv·T − 2 ΣuΣv , T Σ(u² − v²) − (Σu)² + (Σv)² ) ,   u = a² − b², v = 2ab
 *
 * so that the criterion never falls.
 * @param loadings - L, T × d
 */
export function varimax(loadings: Matrix): Varimax {
  const { rows: tasks, cols: d } = loadings;
  const rotated = matrix(tasks, d, loadings.data.slice());
  const rotation = identity(d);
  for (let sweep = 1; sweep <= MAX_SWEEPS; sweep++) {
    let largest = 0;
    for (let i = 0; i < d; i++) {
      for (let j = i + 1; j < d; j++) {
        const angle = bestAngle(rotated, i, j);
        largest = Math.max(largest, Math.abs(angle));
        for (const target of [rotated, rotation]) turnColumns(target, i, j, angle);
      }
    }
    if (largest < TOLERANCE) {
      return { rotation, criterion: criterionOf(rotated), sweeps: sweep, converged: true };
    }
  }
  return { rotation, criterion: criterionOf(rotated), sweeps: MAX_SWEEPS, converged: false };
}

function bestAngle({ rows, cols, data }: Matrix, i: number, j: number): number {
  let [sumU, sumV, uv, squares] = [0, 0, 0, 0];
  for (let t = 0; t < rows; t++) {
    const [a, b] = [data[t * cols + i], data[t * cols + j]];
    const [u, v] = [a * a - b * b, 2 * a * b];
    sumU += u;
    sumV += v;
    uv += u * v;
    squares += u * u - v * v;
  }
  const numerator = 2 * (rows * uv - sumU * sumV);
  const denominator = rows * squares - (sumU * sumU - sumV * sumV);
  // Where every angle is as good, none is taken.
  return numerator === 0 && denominator >= 0 ? 0 : Math.atan2(numerator, denominator) / 4;
}

function turnColumns({ rows, cols, data }: Matrix, i: number, j: number, angle: number): void {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let t = 0; t < rows; t++) {
    const [a, b] = [data[t * cols + i], data[t * cols + j]];
    data[t * cols + i] = c * a + s * b;
    data[t * cols + j] = c * b - s * a;
  }
}

function criterionOf({ rows, cols, data }: Matrix): number {
  let total = 0;
  for (let j = 0; j < cols; j++) {
    let [fourth, second] = [0, 0];
    for (let t = 0; t < rows; t++) {
      const square = data[t * cols + j] ** 2;
      fourth += (square * square) / rows;
      second += square / rows;
    }
    total += fourth - second * second;
  }
  return total;
}
