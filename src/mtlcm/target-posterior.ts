import { dot, multiplyVector } from "../linalg/matrix.ts";
import type { TaskParameters } from "./task-parameters.ts";

/** What the latents of a row say about the target of one task. */
export interface TargetPosterior {
  /** β, d: E[y | z] = ȳ + β'(z − z̄). */
  readonly slopes: Float64Array;
  /** E[y | z] in the units of y; z has d numbers. */
  mean(z: Float64Array): number;
  /** Variance of y − E[y | z], the uncertainty of the parameters included. */
  variance(z: Float64Array): number;
}

/**
 * The posterior of the target given the latents of a row, under the causal model of its task.
 *
 *     y | z_C ~ N( ȳ + w'(z_C − z̄_C), τ ) ,   z_j | y ~ N( z̄_j + γ_j (y − ȳ), r_j )  for j ∉ C
 *     precision Π = 1/τ + Σ γ_j²/r_j ,   mean ȳ + [ w'(z_C − z̄_C)/τ + Σ γ_j (z_j − z̄_j)/r_j ] / Π
 *
 * The prior of y is what its causes say of it, N(ȳ, q) when it has none, and every effect is one more measurement of y.
 * (Taking a cause for a measurement as well would count it wrongly: causes are independent of each other, but not given
 * y.) The joint Gaussian of (z, y) in the task gives the same posterior as the regression of y on all latents. This is
 * that regression with one approximation, which is the model's assumption: given y, effects depend neither on each
 * other nor on the causes. It needs d parameters and not d²/2, and so fewer rows.
 *
 * The variance is 1/Π plus what the estimation of means, slopes and variances adds to the error of the mean, to first
 * order in 1/n (delta method):
 *
 *     Π⁻²/n · [ (1 + m'S_CC⁻¹m)/τ + 2 (w'm − u)²/τ² + Σ_j ( (e_j − γ_j u)²/(q̂ r_j) + γ_j²/r_j + 2 γ_j² e_j²/r_j² ) ]
 *
 * with q̂ the mean square of y around its mean in the rows, m = z_C − z̄_C, u = E[y | z] − ȳ and e_j = z_j − z̄_j − γ_j u. Which latents are causes is taken as known, and
 * 1/Π, being a concave function of estimated variances, comes out low by about 2/n of itself.
 *
 * @param task its parameters.
 * @param useEffects false: the causes alone, N(ȳ + w'(z_C − z̄_C), τ), which stays valid when the relation of the
 *   effects to y changes.
 */
export function targetPosterior(task: TaskParameters, useEffects: boolean): TargetPosterior {
  const { rows: n, meanZ, meanY, shownY, causes, weights, precision, unexplained, slopes, residual } = task;
  const effects = useEffects ? task.effects : [];
  const total = effects.reduce((sum, _, e) => sum + slopes[e] ** 2 / residual[e], 1 / unexplained);
  const beta = new Float64Array(meanZ.length);
  causes.forEach((j, c) => {
    beta[j] = weights[c] / unexplained / total;
  });
  effects.forEach((j, e) => {
    beta[j] = slopes[e] / residual[e] / total;
  });

  const shiftOf = (z: Float64Array) => z.reduce((sum, value, j) => sum + beta[j] * (value - meanZ[j]), 0);
  return {
    slopes: beta,
    mean: (z) => meanY + shiftOf(z),
    variance(z) {
      const shift = shiftOf(z);
      const m = Float64Array.from(causes, (j) => z[j] - meanZ[j]);
      const surprise = dot(weights, m) - shift;
      let added = (1 + dot(m, multiplyVector(precision, m))) / unexplained + 2 * (surprise / unexplained) ** 2;
      effects.forEach((j, e) => {
        const [gamma, r] = [slopes[e], residual[e]];
        const rest = z[j] - meanZ[j] - gamma * shift;
        added += ((rest - gamma * shift) ** 2 / shownY + gamma ** 2) / r + 2 * ((gamma * rest) / r) ** 2;
      });
      return (1 + added / n / total) / total;
    },
  };
}
