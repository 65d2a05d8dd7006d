import type { Objective } from "../linalg/lbfgs.ts";
import { type Matrix, matrix, multiply, transpose } from "../linalg/matrix.ts";
import type { VarianceBounds } from "./diagonality.ts";
import { type MarginalParameters, marginalLikelihood } from "./marginal-likelihood.ts";
import { residualsOf } from "./residual-covariance.ts";
import type { SecondMoments } from "./second-moments.ts";

/** The exact likelihood of stage 2 as a function of one vector, and the way back to its parameters. */
export interface ExactCoordinates {
  readonly objective: Objective;
  /** Approximate second derivatives with respect to the θ_tj at x, from residual variances r (T × d); all positive. */
  readonly curvature: (x: Float64Array, residual: Matrix) => Float64Array;
  /** The vector that stands for the given parameters; their slopes are not in it. */
  readonly encode: (parameters: MarginalParameters) => Float64Array;
  readonly decode: (x: Float64Array) => MarginalParameters;
}

/**
 * Coordinates in which the exact likelihood is well scaled.
 *
 *     x = [ E ; θ ; log σo² ] ,   A = A₀ (I + E) ,   D_tj = exp θ_tj   or   lower + (upper − lower) sin² θ_tj
 *
 * E is how much of one latent another takes up; sin² reaches its bounds at finite θ, which a sigmoid does not. The slopes
 * need no coordinates: A m_t = s_t / q_t maximises the likelihood whatever A, D and σo are, as R is smallest there in
 * the order of matrices; so R_t takes the place of S and the slopes that of zero.
 *
 * @param moments S, s and q of every task.
 * @param reference A₀, d × d.
 * @param bounds Of the variances; infinite for free ones.
 * @param noise σo² when it is known; undefined to make it a coordinate.
 */
export function exactCoordinates(
  moments: SecondMoments,
  reference: Matrix,
  bounds: VarianceBounds,
  noise: number | undefined,
): ExactCoordinates {
  const d = moments.dim;
  const tasks = moments.q.length;
  const [split, end] = [d * d, d * d + tasks * d];
  const size = end + (noise === undefined ? 1 : 0);
  const curve = varianceCurve(bounds);
  const slope = matrix(tasks, d);
  const profiled = { ...moments, S: residualsOf(moments).matrices, s: slope, q: new Float64Array(tasks).fill(1) };
  const referenceTransposed = transpose(reference);

  const decode = (x: Float64Array): MarginalParameters => {
    const change = matrix(d, d, x.slice(0, split));
    for (let j = 0; j < d; j++) change.data[j * d + j] += 1;
    return {
      mixing: multiply(reference, change),
      variance: matrix(tasks, d, x.slice(split, end).map(curve.value)),
      slope,
      noise: noise ?? Math.exp(x[end]),
    };
  };

  return {
    decode,
    encode({ variance, noise: start }) {
      const x = new Float64Array(size);
      x.set(variance.data.map(curve.inverse), split);
      if (noise === undefined) x[end] = Math.log(start);
      return x;
    },
    curvature: (x, residual) =>
      residual.data.map((r, k) => moments.weights[Math.floor(k / d)] * curve.curvature(x[split + k], r)),
    objective(x) {
      const parameters = decode(x);
      const { value, gradient: g } = marginalLikelihood(profiled, parameters);
      const gradient = new Float64Array(size);
      gradient.set(multiply(referenceTransposed, g.mixing).data);
      for (let k = split; k < end; k++) gradient[k] = g.variance.data[k - split] * curve.derivative(x[k]);
      if (noise === undefined) gradient[end] = g.noise * parameters.noise;
      return { value, gradient };
    },
  };
}

/** Starting variances keep this distance from their bounds, as a share of the range: on a bound the gradient is zero. */
const MARGIN = 1e-3;

const MIN_CURVATURE = 0.01;

interface VarianceCurve {
  readonly value: (theta: number) => number;
  readonly derivative: (theta: number) => number;
  readonly inverse: (variance: number) => number;
  /** Second derivative of ½ (log D + r / D), at least MIN_CURVATURE. */
  readonly curvature: (theta: number, r: number) => number;
}

function varianceCurve({ lower, upper }: VarianceBounds): VarianceCurve {
  if (upper === Number.POSITIVE_INFINITY) {
    return {
      value: Math.exp,
      derivative: Math.exp,
      inverse: Math.log,
      curvature: (theta, r) => Math.max(MIN_CURVATURE, r / Math.exp(theta) / 2),
    };
  }
  const range = upper - lower;
  const value = (theta: number) => lower + range * Math.sin(theta) ** 2;
  const derivative = (theta: number) => range * Math.sin(2 * theta);
  return {
    value,
    derivative,
    inverse: (variance) => {
      const share = Math.min(Math.max((variance - lower) / range, MARGIN), 1 - MARGIN);
      return Math.asin(Math.sqrt(share));
    },
    curvature: (theta, r) => {
      const D = value(theta);
      const slope = (1 - r / D) / D / 2;
      const bend = (2 * (r / D) - 1) / D ** 2 / 2;
      return Math.max(MIN_CURVATURE, bend * derivative(theta) ** 2 + slope * 2 * range * Math.cos(2 * theta));
    },
  };
}
