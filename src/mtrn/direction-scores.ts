import type { RowSplit } from "../data/split-rows.ts";
import { type Matrix, multiply, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import type { Targets } from "../stats/targets.ts";
import type { Projection } from "./projection.ts";

/** What each further direction of the representation is worth on rows that were not trained on. */
export interface DirectionScores {
  /** Singular values of the heads, descending: s_k² / T is the share of the targets' variance that direction k carries. */
  readonly singularValues: Float64Array;
  /** log p per observed held-out target with the first k directions, k = 0 … K. */
  readonly logLikelihood: Float64Array;
  /** Standard error of logLikelihood[k] − logLikelihood[k − 1], over held-out rows; 0 for k = 0. */
  readonly gainError: Float64Array;
}

/** A network as it is after training, in units of the standardised targets. */
export interface TrainedHeads {
  /** W, T × F. */
  readonly slopes: Matrix;
  /** b, T. */
  readonly intercepts: Float64Array;
  /** Covariance of the features, F × F. */
  readonly covariance: Matrix;
  /** To K directions, the most used first. */
  readonly projection: Projection;
}

/**
 * The held-out likelihood of a trained network confined to its first k directions, for every k at once.
 *
 *     ŷ_t = b_t + w_t' μ + Σ_{j≤k} a_tj h_j ,  A = W Σ M'       (h = M (f − μ): A is the best rank-k part of W)
 *     log p(y | k) = −½ log(2π ρ_k σ_tk²) − (y − ŷ_t)² / (2 ρ_k σ_tk²)
 *
 * σ_tk² is the mean square over the training rows of task t, ρ_k by how much held-out squares exceed it on average: the
 * variances of `headVariances`, for every k.
 *
 * @param representation h, rows × K.
 * @param targets Standardised.
 * @returns null when no row was held out.
 */
export function directionScores(
  { slopes, intercepts, covariance, projection }: TrainedHeads,
  representation: Matrix,
  targets: Targets,
  { train, heldOut }: RowSplit,
): DirectionScores | null {
  if (heldOut.length === 0) return null;
  const loadings = multiplyTransposed(multiply(slopes, covariance), projection.map);
  const levels = intercepts.map((b, t) => b + dotRow(slopes, t, projection.mean));
  const [tasks, sizes] = [levels.length, representation.cols + 1];
  const residuals = new Float64Array(sizes);
  const visitTarget = (row: number, t: number, y: number, use: (task: number) => void) => {
    if (Number.isNaN(y)) return;
    const [h, a] = [row * (sizes - 1), t * (sizes - 1)];
    residuals[0] = y - levels[t];
    for (let k = 1; k < sizes; k++)
      residuals[k] = residuals[k - 1] - loadings.data[a + k - 1] * representation.data[h + k - 1];
    use(t);
  };
  const visit = (row: number, use: (task: number) => void) => {
    if (targets.layout === "long") return visitTarget(row, targets.task[row], targets.values[row], use);
    for (let t = 0; t < tasks; t++) visitTarget(row, t, targets.values.data[row * tasks + t], use);
  };

  const variance = new Float64Array(tasks * sizes);
  const count = new Float64Array(tasks);
  for (const row of train) {
    visit(row, (t) => {
      count[t]++;
      for (let k = 0; k < sizes; k++) variance[t * sizes + k] += residuals[k] * residuals[k];
    });
  }
  for (let at = 0; at < variance.length; at++) variance[at] /= count[Math.floor(at / sizes)];

  const inflation = new Float64Array(sizes);
  let values = 0;
  for (const row of heldOut) {
    visit(row, (t) => {
      values++;
      for (let k = 0; k < sizes; k++) inflation[k] += residuals[k] ** 2 / variance[t * sizes + k];
    });
  }
  for (let k = 0; k < sizes; k++) inflation[k] /= values;

  const sums = new Float64Array(sizes);
  const squares = new Float64Array(sizes);
  const ofRow = new Float64Array(sizes);
  for (const row of heldOut) {
    ofRow.fill(0);
    visit(row, (t) => {
      for (let k = 0; k < sizes; k++) {
        const spread = inflation[k] * variance[t * sizes + k];
        ofRow[k] -= (Math.log(2 * Math.PI * spread) + residuals[k] ** 2 / spread) / 2;
      }
    });
    for (let k = 0; k < sizes; k++) {
      sums[k] += ofRow[k];
      if (k > 0) squares[k] += (ofRow[k] - ofRow[k - 1]) ** 2;
    }
  }
  const gainError = squares.map((square, k) => {
    const gain = k === 0 ? 0 : sums[k] - sums[k - 1];
    return Math.sqrt(Math.max(0, square - gain ** 2 / heldOut.length)) / values;
  });
  return { singularValues: projection.singularValues, logLikelihood: sums.map((sum) => sum / values), gainError };
}

function dotRow(a: Matrix, row: number, x: Float64Array): number {
  return rowView(a, row).reduce((sum, value, j) => sum + value * x[j], 0);
}
