import { cast, isNaN as isMissing, not, where } from "../graph/comparison.ts";
import { div, maximum, mul, square, sub } from "../graph/elementwise.ts";
import { mean, sum } from "../graph/reductions.ts";
import { sizeOf } from "../graph/shape.ts";
import { full } from "../graph/shaping.ts";
import type { Tensor } from "../graph/tensor.ts";

/** A loss as a sum over the rows of a batch, and what it is divided by: both add up over parts of the batch. Scalars. */
export interface LossSum {
  readonly total: Tensor;
  readonly count: Tensor;
}

/** ½ mean (prediction − target)²: the negative log-likelihood of a unit-variance Gaussian, up to a constant. */
export function halfMeanSquaredError(prediction: Tensor, target: Tensor): Tensor {
  return mul(mean(square(sub(prediction, target))), 0.5);
}

/**
 * The same over the targets that were observed, NaN marking the others: they add neither to the sum nor to its divisor.
 * A batch without any observed target has loss 0 (the divisor is at least 1).
 */
export function halfMeanSquaredErrorObserved(prediction: Tensor, target: Tensor): Tensor {
  const { total, count } = halfSquaredErrorObserved(prediction, target);
  return div(total, maximum(count, 1));
}

/** `halfMeanSquaredError` as a sum and its divisor. */
export function halfSquaredError(prediction: Tensor, target: Tensor): LossSum {
  return {
    total: mul(sum(square(sub(prediction, target))), 0.5),
    count: full(sizeOf(target.shape), [], prediction.dtype),
  };
}

/** `halfMeanSquaredErrorObserved` as a sum and its divisor. */
export function halfSquaredErrorObserved(prediction: Tensor, target: Tensor): LossSum {
  const observed = not(isMissing(target));
  const residual = where(observed, sub(prediction, target), 0);
  return { total: mul(sum(square(residual)), 0.5), count: sum(cast(observed, prediction.dtype)) };
}
