import { inverse } from "../linalg/lu.ts";
import { type Matrix, matrix, multiplyTransposed } from "../linalg/matrix.ts";
import { diagonality, type VarianceBounds } from "./diagonality.ts";
import type { MarginalParameters } from "./marginal-likelihood.ts";
import { pack } from "./packed-covariances.ts";
import { residualsOf } from "./residual-covariance.ts";
import type { SecondMoments } from "./second-moments.ts";

/**
 * The parameters that maximise the likelihood for a given unmixing, without observation noise.
 *
 *     A = B⁻¹ ,   m_t = B s_t / q_t ,   D_tj = clip( (B R_t B')_jj , lower, upper )
 *
 * Method: section 3.2. The scale of B matters when the variances are clamped.
 *
 * @param moments S, s and q of every task.
 * @param unmixing B, d × d.
 * @param noise σo² to report with them.
 * @throws SingularMatrixError when B is singular.
 */
export function profileParameters(
  moments: SecondMoments,
  unmixing: Matrix,
  bounds: VarianceBounds,
  noise: number,
): MarginalParameters {
  const slope = multiplyTransposed(moments.s, unmixing);
  const d = unmixing.rows;
  const perTask = matrix(
    slope.rows,
    d,
    slope.data.map((value, k) => value / moments.q[Math.floor(k / d)]),
  );
  const { variance } = diagonality(pack(residualsOf(moments)), unmixing, bounds);
  return { mixing: inverse(unmixing), variance, slope: perTask, noise };
}
