import { cast, isNaN as isMissing, not, where } from "../graph/comparison.ts";
import { div, maximum, mul, square, sub } from "../graph/elementwise.ts";
import { mean, sum } from "../graph/reductions.ts";
import type { Tensor } from "../graph/tensor.ts";

/** ½ mean (prediction − target)²: the negative log-likelihood of a unit-variance Gaussian, up to a constant. */
export function halfMeanSquaredError(prediction: Tensor, target: Tensor): Tensor {
  return mul(mean(square(sub(prediction, target))), 0.5);
}

/**
 * The same over the targets that were observed, NaN marking the others: they add neither to the sum nor to its divisor.
 * A batch without any observed target has loss 0 (the divisor is at least 1).
 */
export function halfMeanSquaredErrorObserved(prediction: Tensor, target: Tensor): Tensor {
  const observed = not(isMissing(target));
  const residual = where(observed, sub(prediction, target), 0);
  const count = maximum(sum(cast(observed, prediction.dtype)), 1);
  return div(mul(sum(square(residual)), 0.5), count);
}
