import { type Matrix, matrix, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import type { Random } from "../stats/random.ts";
import { solveByAdam } from "./adam-solver.ts";
import { solveClosedForm } from "./closed-form.ts";
import { congruence } from "./congruence.ts";
import { clampedBounds, FREE } from "./diagonality.ts";
import { solveExactly } from "./exact-solver.ts";
import { misfit } from "./fit-ratio.ts";
import type { MtlcmOptions } from "./mtlcm.ts";
import { leakageMatters, noiseMatters, noiseScore, seenNoise } from "./noise-score.ts";
import { quadraticForm } from "./quadratic-form.ts";
import { pooledCovariance, type ResidualCovariances, residualsOf } from "./residual-covariance.ts";
import type { SecondMoments } from "./second-moments.ts";
import type { Solution, SolverReport, SolverStep } from "./solver.ts";

/**
 * Runs the solver that the options name, or that the data call for.
 *
 * "auto" takes the closed form, and asks of its leftovers whether there is observation noise that matters (`noiseScore`).
 * If so it goes on to the exact likelihood, and keeps the result if noise is what the misfit consists of. Where it is not, and the
 * closed form has been led astray, something else has done that.
 *
 * @param moments S, s and q of every task.
 * @param options Checked.
 * @param wide Whether rows carry many targets.
 * @param random Source of the starting points.
 */
export function* solveMtlcm(
  moments: SecondMoments,
  options: MtlcmOptions,
  wide: boolean,
  random: Random,
): Generator<SolverStep, SolverReport & Solution> {
  const { solver = "auto", variance = "free", sigmaS = 0.1, sigmaObs = 0.01, ...rest } = options;
  if (solver === "adam") {
    const recipe = { ...rest, sigmaS, sigmaObs: Number(sigmaObs) };
    return { name: "adam", ...(yield* solveByAdam(moments, recipe, random.split("adam"))) };
  }
  const bounds = variance === "free" ? FREE : clampedBounds(sigmaS);
  const residuals = residualsOf(moments);
  const closed = yield* solveClosedForm(residuals, bounds, rest, random);
  if (solver === "closed-form" || (solver === "auto" && wide)) return { name: "closed-form", ...closed };
  if (solver === "lbfgs") {
    return { name: "lbfgs", ...(yield* solveExactly(moments, closed, bounds, { ...rest, sigmaObs })) };
  }
  const score = noiseScore(residuals, closed.unmixing);
  const variances = latentVariances(moments, closed.unmixing);
  if (noiseMatters(score, multiplyTransposed(closed.unmixing, closed.unmixing), variances)) {
    const exact = yield* solveExactly(moments, closed, bounds, { ...rest, sigmaObs: "estimate" });
    if (explainsMisfit(residuals, closed, exact)) return { name: "lbfgs", ...exact };
    if (leakageMatters(score, variances)) {
      return { name: "closed-form", ...closed, sigmaObs: Math.sqrt(seenNoise(score)), unexplained: true };
    }
  }
  return { name: "closed-form", ...closed, sigmaObs: Math.sqrt(seenNoise(score)) };
}

/** Share of the closed form's misfit that noise must explain. What it does not explain is something else, and misleads it. */
const EXPLAINED = 0.5;

/** Whether noise is the reason, or most of it, why the closed form does not leave latents independent given y. */
function explainsMisfit(residuals: ResidualCovariances, closed: Solution, exact: Solution): boolean {
  const d = residuals.dim;
  const lambda = congruence(residuals.matrices, closed.unmixing);
  const { observed, expected } = misfit(lambda, residuals.degrees, matrix(d, d));
  const rows = residuals.degrees.reduce((sum, nu) => sum + nu, 0);
  return 2 * rows * (closed.value - exact.value) > EXPLAINED * (observed - expected);
}

/** Variances of the latents z = B h within tasks, on average over them. */
function latentVariances({ S, weights, dim }: SecondMoments, unmixing: Matrix): Float64Array {
  const pooled = pooledCovariance({ dim, weights, matrices: S });
  return Float64Array.from({ length: dim }, (_, j) => quadraticForm(pooled.data, rowView(unmixing, j)));
}
