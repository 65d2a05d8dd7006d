import { logAbsDeterminant } from "../linalg/lu.ts";
import { type Matrix, matrix, multiplyVector, rowView } from "../linalg/matrix.ts";
import { type PackedCovariances, quadraticForms } from "./packed-covariances.ts";

/** The range in which a latent's residual variance may lie. */
export interface VarianceBounds {
  readonly lower: number;
  readonly upper: number;
}

/** No bounds: Pham's classical criterion, which does not depend on the scale of the rows of B. */
export const FREE: VarianceBounds = { lower: 0, upper: Number.POSITIVE_INFINITY };

/** The paper's bounds: variance 1 for a cause of y, σs² for an effect, and what lies between. */
export function clampedBounds(sigmaS: number): VarianceBounds {
  return { lower: sigmaS ** 2, upper: 1 };
}

/** How nearly diagonal the matrices B R_t B' are: the profiled likelihood of stage 2 and what it is made of. */
export interface Diagonality {
  /** B, d × d. */
  readonly unmixing: Matrix;
  /** r_tj = (B R_t B')_jj, T × d. */
  readonly residual: Matrix;
  /** D_tj = clip(r_tj, lower, upper), T × d. */
  readonly variance: Matrix;
  /** L(B). */
  readonly value: number;
}

/**
 * The negative log-likelihood per row of stage 2 without observation noise, up to ½ d log 2π.
 *
 *     L(B) = −log |det B| + Σ_t π_t Σ_j ½ [ log D_tj + r_tj / D_tj ] ,   D_tj = clip(r_tj, lower, upper)
 *
 * Method: section 3.2; with free variances Pham 2001, eq. 4, plus d/2.
 *
 * @param set R_t and π_t.
 * @param unmixing B, d × d.
 * @throws SingularMatrixError when B is singular.
 */
export function diagonality(set: PackedCovariances, unmixing: Matrix, bounds: VarianceBounds): Diagonality {
  const residual = quadraticForms(set, unmixing);
  const variance = matrix(residual.rows, residual.cols);
  let value = -logAbsDeterminant(unmixing);
  for (let t = 0, at = 0; t < residual.rows; t++) {
    let sum = 0;
    for (let j = 0; j < residual.cols; j++, at++) {
      const r = residual.data[at];
      const fitted = Math.min(Math.max(r, bounds.lower), bounds.upper);
      variance.data[at] = fitted;
      sum += Math.log(fitted) + r / fitted;
    }
    value += (set.weights[t] / 2) * sum;
  }
  return { unmixing, residual, variance, value };
}

/**
 * The gradient of L along B ← (I + E) B at E = 0.
 *
 *     G_ij = Σ_t π_t (B R_t B')_ij / D_ti − δ_ij
 *
 * @param sums V_1 … V_d, from `weightedSums` at the same point.
 * @returns G, d × d.
 */
export function relativeGradient({ unmixing }: Diagonality, sums: readonly Matrix[]): Matrix {
  const d = unmixing.rows;
  const gradient = matrix(d, d);
  sums.forEach((v, i) => {
    rowView(gradient, i).set(multiplyVector(unmixing, multiplyVector(v, rowView(unmixing, i))));
    gradient.data[i * d + i] -= 1;
  });
  return gradient;
}

/** max |a_ij|. */
export function largestEntry(a: Matrix): number {
  return a.data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
