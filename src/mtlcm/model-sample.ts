import { cholesky } from "../linalg/cholesky.ts";
import { inverse } from "../linalg/lu.ts";
import { type Matrix, matrix, multiply, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import { gammaVariate } from "../stats/gamma-variate.ts";
import { type Moments, mergeMoments, type PooledMoments } from "../stats/moments.ts";
import { combinePooled } from "../stats/moments-pooled.ts";
import type { Random } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { scaled } from "./noisy-likelihood.ts";
import { projectMoments } from "./rank-reduction.ts";
import { residualCovariances } from "./residual-covariance.ts";

/** What a fit says of the latents given y: from it data can be drawn for which the model holds. */
export interface FittedLaw {
  /** B, d × d. */
  readonly unmixing: Matrix;
  /** Covariance of the noise that the latents carry, σo² B B', d × d; zeros where none is seen. */
  readonly noise: Matrix;
  /** Variance of each latent given y, noise included, T × d. */
  readonly variances: Matrix;
}

/** Least share of what is seen of a latent in a task that is its own: few rows can show less than the noise. */
const LEAST_OWN_SHARE = 0.01;

/**
 * The law of the latents given y under a fit.
 *
 *     variance_tj = b_j' R_t b_j n_t / ν_t ,   noise = σo² B B'
 *
 * The variances of tasks of few rows are more unequal than the true ones. They are left so: shrunk towards each other, they made the
 * misfit of simulated data smaller than that of data from the model.
 *
 * @param groups Moments of disjoint groups of rows, of width d.
 * @param unmixing B, d × d.
 * @param noiseLevel σo².
 * @param intercept Whether a task has its own level of h and y.
 */
export function fittedLaw(
  groups: readonly Moments[],
  unmixing: Matrix,
  noiseLevel: number,
  intercept: boolean,
): FittedLaw {
  const d = unmixing.rows;
  const { count, ...whole } = mergeMoments(groups);
  const { matrices, degrees } = residualCovariances({ count, ...whole }, intercept);
  const lambda = congruence(matrices, unmixing);
  const variances = matrix(count.length, d);
  for (let t = 0; t < count.length; t++) {
    for (let j = 0; j < d; j++) {
      variances.data[t * d + j] = (lambda.data[(t * d + j) * d + j] * count[t]) / degrees[t];
    }
  }
  return { unmixing, noise: scaled(multiplyTransposed(unmixing, unmixing), noiseLevel), variances };
}

/**
 * The moments of data that a fitted model would have given: the same groups, tasks, rows and targets, other latents.
 *
 *     h = B⁻¹ e ,   e ~ N(0, Σ_t) ,   Σ_t = D_t + σo² B B' ,   D_t diagonal
 *
 * drawn as sufficient statistics of the n rows of a group in a task, whose targets have variance q:
 *
 *     mean e ~ N(0, Σ/n) ,   c = cov(e, y) ~ N(0, Σ q/n) ,   cov e = c c'/q + W/n ,   W ~ Wishart(Σ, n − 2)
 *
 * by Bartlett's decomposition. Slopes of the latents on y are 0 and tasks have no levels: what is left of h given y is the same whatever
 * they are, for the regression on y takes them out (where a fit has no intercept, levels are none by assumption).
 *
 * @param groups The moments whose counts and targets are kept, of width d.
 * @returns Moments of the same groups.
 */
export function modelSample(groups: readonly Moments[], law: FittedLaw, random: Random): Moments[] {
  const factors = Array.from({ length: law.variances.rows }, (_, t) => factorOf(law, t));
  const mixing = inverse(law.unmixing);
  return groups.map((group) => projectMoments(latentSample(group, factors, random), mixing));
}

/** L with Σ_t = L L'. */
function factorOf({ noise, variances }: FittedLaw, t: number): Matrix {
  const d = noise.rows;
  const seen = rowView(variances, t);
  const covariance = matrix(d, d, noise.data.slice());
  const isNoisy = noise.data.some((value) => value !== 0);
  for (let j = 0; j < d; j++) {
    const own = Math.max(seen[j] - noise.data[j * d + j], LEAST_OWN_SHARE * seen[j]);
    covariance.data[j * d + j] = isNoisy ? covariance.data[j * d + j] + own : Math.sqrt(own);
  }
  return isNoisy ? cholesky(covariance) : covariance;
}

/** Moments of e in the rows of one group. */
function latentSample(group: Moments, factors: readonly Matrix[], random: Random): Moments {
  const { count, varY, dim: d } = group;
  const tasks = count.length;
  const [meanH, covH, covHY] = [matrix(tasks, d), matrix(tasks, d * d), matrix(tasks, d)];
  const parts: PooledMoments[] = [];
  for (let t = 0; t < tasks; t++) {
    const n = count[t];
    if (!(n > 0)) continue;
    const isTaught = varY[t] > 0;
    const scatter = scatterRoot(d, Math.round(n) - (isTaught ? 2 : 1), random);
    // One for the mean of the rows, one for what they have in common with y.
    const ends = matrix(2, d, normals(2 * d, random));
    const [mean, shared] = rowsOf(multiplyTransposed(ends, factors[t]));
    const root = multiply(factors[t], scatter);
    const covariance = scaled(multiplyTransposed(root, root), 1 / n);
    rowView(meanH, t).set(mean.map((value) => value / Math.sqrt(n)));
    if (isTaught) {
      rowView(covHY, t).set(shared.map((value) => value * Math.sqrt(varY[t] / n)));
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) covariance.data[i * d + j] += (shared[i] * shared[j]) / n;
    }
    rowView(covH, t).set(covariance.data);
    parts.push({ count: n, mean: rowView(meanH, t), covariance });
  }
  return { ...group, meanH, covH, covHY, pooled: combinePooled(parts) };
}

/** A root of a Wishart(I, ν) matrix, d × d: χ on the diagonal, normals below, and nothing right of column ν. */
function scatterRoot(d: number, nu: number, random: Random): Matrix {
  const root = matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i && j < nu; j++) {
      root.data[i * d + j] = i === j ? Math.sqrt(2 * gammaVariate((nu - i) / 2, random)) : random.normal();
    }
  }
  return root;
}

const normals = (n: number, random: Random) => Float64Array.from({ length: n }, () => random.normal());
const rowsOf = (a: Matrix) => Array.from({ length: a.rows }, (_, i) => rowView(a, i));
