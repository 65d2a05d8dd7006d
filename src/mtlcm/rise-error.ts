import { type Matrix, matrix, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import { congruence } from "./congruence.ts";
import type { VarianceBounds } from "./diagonality.ts";
import type { MtlcmOptions } from "./mtlcm.ts";
import { quadraticForm } from "./quadratic-form.ts";
import { boundsOf } from "./refit.ts";
import { type ResidualCovariances, residualsOf } from "./residual-covariance.ts";
import { type SecondMoments, secondMoments } from "./second-moments.ts";

/**
 * The standard error of L(B₂) − L(B₁) where every row has a task of its own.
 *
 *     var = Σ_t π_t² / ν_t · ½ tr (M_t R_t)² ,   M_t = B₂' D₂t⁻¹ B₂ − B₁' D₁t⁻¹ B₁
 *
 * A row x contributes ½ x' M_t x, and ½ tr (M_t R_t)² is its variance where x is normal (Vuong 1989 has the test).
 *
 * @param set R_t, π_t and ν_t.
 * @param unmixings B₁ and B₂, d × d.
 */
export function riseErrorOfTasks(
  { dim: d, weights, matrices, degrees }: ResidualCovariances,
  unmixings: readonly [Matrix, Matrix],
  bounds: VarianceBounds,
): number {
  const both = congruence(matrices, stacked(unmixings));
  const size = 2 * d;
  let variance = 0;
  weights.forEach((weight, t) => {
    const lambda = rowView(both, t);
    let trace = 0;
    for (let i = 0; i < size; i++) {
      const own = clip(lambda[i * size + i], bounds);
      for (let j = 0; j < size; j++) {
        const share = lambda[i * size + j] ** 2 / (own * clip(lambda[j * size + j], bounds));
        trace += i < d === j < d ? share : -share;
      }
    }
    variance += (weight ** 2 / degrees[t]) * (Math.max(trace, 0) / 2);
  });
  return Math.sqrt(variance);
}

/**
 * The standard error of L(B₂) − L(B₁) where the rows are shared by the tasks, whose parts of L then vary together: by the spread
 * of the difference between groups of rows, the variances and the slopes on y being those of all rows.
 *
 * @param groups Moments of disjoint groups of rows.
 * @param whole Mean products of all rows.
 * @param unmixings B₁ and B₂, d × d.
 */
export function riseErrorOfGroups(
  groups: readonly Moments[],
  whole: SecondMoments,
  unmixings: readonly [Matrix, Matrix],
  options: MtlcmOptions,
): number {
  const b = stacked(unmixings);
  const { rows: size, cols: d } = b;
  const lambda = congruence(residualsOf(whole).matrices, b);
  const bounds = boundsOf(options);
  const slopes = multiplyTransposed(whole.s, b);
  const parts = groups.map((group) => {
    const { S, s, q, rows } = secondMoments(group, options.intercept ?? true);
    const shared = multiplyTransposed(s, b);
    let part = 0;
    rows.forEach((n, t) => {
      if (n === 0) return;
      let difference = 0;
      for (let j = 0; j < size; j++) {
        const slope = slopes.data[t * size + j] / whole.q[t];
        const shown = quadraticForm(rowView(S, t), rowView(b, j));
        const residual = shown - 2 * slope * shared.data[t * size + j] + slope ** 2 * q[t];
        const own = clip(lambda.data[(t * size + j) * size + j], bounds);
        difference += (j < d ? -1 : 1) * (residual / own);
      }
      part += whole.weights[t] * (n / whole.rows[t]) * (difference / 2);
    });
    return part;
  });
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
  const spread = parts.reduce((sum, part) => sum + (part - mean) ** 2, 0);
  return Math.sqrt((spread * parts.length) / (parts.length - 1));
}

/** B₁ above B₂, 2 d × d. */
function stacked([first, second]: readonly [Matrix, Matrix]): Matrix {
  const data = new Float64Array(2 * first.data.length);
  data.set(first.data);
  data.set(second.data, first.data.length);
  return matrix(2 * first.rows, first.cols, data);
}

const clip = (r: number, { lower, upper }: VarianceBounds) => Math.min(Math.max(r, lower), upper);
