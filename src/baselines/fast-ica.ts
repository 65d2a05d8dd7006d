import { ConfigError, ShapeError } from "../errors.ts";
import { dot, type Matrix, matrix, multiply, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import { type Contrast, contrasts } from "./ica-contrast.ts";

/** How FastICA runs; the defaults are scikit-learn's. */
export interface FastIcaOptions {
  /** All components at once with symmetric decorrelation, or one after the other; "parallel". */
  readonly algorithm?: "parallel" | "deflation" | undefined;
  readonly contrast?: Contrast | undefined;
  /** Stop when every row turns by less: max |1 − |⟨w⁺, w⟩|| < tolerance; 1e-4. */
  readonly tolerance?: number | undefined;
  /** Updates of all rows at once, or of each row in turn; 200. */
  readonly maxIterations?: number | undefined;
}

/** One update: of all rows, or of row `component`. */
export interface FastIcaStep {
  readonly iteration: number;
  readonly component: number | null;
  /** How far the rows turned, the number that the tolerance is compared with. */
  readonly change: number;
}

/** An orthogonal unmixing and how its iterations ended. */
export interface FastIcaResult {
  /** W, d × d: sources = white · W'. */
  readonly unmixing: Matrix;
  readonly iterations: number;
  readonly converged: boolean;
}

const DEFAULTS = { algorithm: "parallel", contrast: "logcosh", tolerance: 1e-4, maxIterations: 200 } as const;

/**
 * FastICA on white rows (Hyvärinen 1999): the fixed point of w ← mean[x g(w'x)] − mean[g′(w'x)] w on orthogonal W,
 * whose rows maximise non-Gaussianity. Parallel: all rows at once, then W ← (W W')^(−½) W. Deflation: row by row,
 * each kept orthogonal to those before it.
 *
 * @param white - rows × d, uncorrelated columns of unit variance
 * @param start - d × d, need not be orthogonal
 * @throws ShapeError when `start` is not d × d; ConfigError for a tolerance or limit that cannot be
 */
export function* fastIca(
  white: Matrix,
  start: Matrix,
  options: FastIcaOptions = {},
): Generator<FastIcaStep, FastIcaResult> {
  const { algorithm = DEFAULTS.algorithm, contrast = DEFAULTS.contrast } = options;
  const { tolerance = DEFAULTS.tolerance, maxIterations = DEFAULTS.maxIterations } = options;
  if (start.rows !== white.cols || start.cols !== white.cols) {
    throw new ShapeError(
      `fastIca: ${white.cols} columns need a ${white.cols} × ${white.cols} start, got ${start.rows} × ${start.cols}`,
    );
  }
  if (!(tolerance >= 0)) throw new ConfigError(`tolerance must be at least 0, got ${tolerance}`);
  if (!(Number.isInteger(maxIterations) && maxIterations >= 1)) {
    throw new ConfigError(`maxIterations must be a whole number of at least 1, got ${maxIterations}`);
  }
  const limits = { tolerance, maxIterations };
  return yield* algorithm === "parallel"
    ? inParallel(white, start, contrast, limits)
    : byDeflation(white, start, contrast, limits);
}

interface Limits {
  readonly tolerance: number;
  readonly maxIterations: number;
}

function* inParallel(x: Matrix, start: Matrix, contrast: Contrast, { tolerance, maxIterations }: Limits) {
  let w = decorrelated(start);
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const next = decorrelated(updated(w, x, contrast));
    let change = 0;
    for (let i = 0; i < w.rows; i++) change = Math.max(change, turn(rowView(next, i), rowView(w, i)));
    w = next;
    yield { iteration, component: null, change };
    if (change < tolerance) return { unmixing: w, iterations: iteration, converged: true };
  }
  return { unmixing: w, iterations: maxIterations, converged: false };
}

function* byDeflation(x: Matrix, start: Matrix, contrast: Contrast, { tolerance, maxIterations }: Limits) {
  const w = matrix(x.cols, x.cols);
  let [iterations, converged] = [0, true];
  for (let component = 0; component < w.rows; component++) {
    const row = rowView(w, component);
    row.set(unit(rowView(start, component)));
    for (let iteration = 1; ; iteration++) {
      const next = updated(matrix(1, w.cols, row.slice()), x, contrast).data;
      removeEarlier(next, w, component);
      const turned = unit(next);
      const change = turn(turned, row);
      row.set(turned);
      iterations = Math.max(iterations, iteration);
      yield { iteration, component, change };
      if (change < tolerance) break;
      if (iteration === maxIterations) {
        converged = false;
        break;
      }
    }
  }
  return { unmixing: w, iterations, converged };
}

/** mean[g(w'x) x'] − mean[g′(w'x)] w for every row w. */
function updated(w: Matrix, x: Matrix, contrast: Contrast): Matrix {
  const { slope, curvature } = contrasts[contrast];
  const { rows: n, cols: d } = x;
  const result = matrix(w.rows, d);
  const mean = new Float64Array(w.rows);
  for (let row = 0; row < n; row++) {
    const at = row * d;
    for (let i = 0; i < w.rows; i++) {
      let u = 0;
      for (let j = 0; j < d; j++) u += w.data[i * d + j] * x.data[at + j];
      const g = slope(u);
      mean[i] += curvature(u, g) / n;
      const share = g / n;
      for (let j = 0; j < d; j++) result.data[i * d + j] += share * x.data[at + j];
    }
  }
  for (let i = 0; i < w.rows; i++) {
    for (let j = 0; j < d; j++) result.data[i * d + j] -= mean[i] * w.data[i * d + j];
  }
  return result;
}

/** (W W')^(−½) W: the orthogonal matrix nearest to W. */
function decorrelated(w: Matrix): Matrix {
  const { values, vectors } = symmetricEigen(multiplyTransposed(w, w));
  const scaled = matrix(w.rows, w.rows);
  scaled.data.set(vectors.data.map((v, at) => v / Math.sqrt(values[at % w.rows])));
  return multiply(multiplyTransposed(scaled, vectors), w);
}

function removeEarlier(w: Float64Array, rows: Matrix, count: number): void {
  const shares = Array.from({ length: count }, (_, i) => dot(w, rowView(rows, i)));
  shares.forEach((share, i) => {
    const other = rowView(rows, i);
    for (let j = 0; j < w.length; j++) w[j] -= share * other[j];
  });
}

function unit(w: Float64Array): Float64Array {
  const length = Math.sqrt(dot(w, w));
  return w.map((v) => v / length);
}

function turn(a: Float64Array, b: Float64Array): number {
  return Math.abs(Math.abs(dot(a, b)) - 1);
}
