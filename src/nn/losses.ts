import { cast, isNaN as isMissing, not, where } from "../graph/comparison.ts";
import { div, maximum, mul, square, sub } from "../graph/elementwise.ts";
import { sum } from "../graph/reductions.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";

/** The loss of every row of a batch, and how many observed targets it is made of. */
export interface RowLosses {
  /** Summed over the row's targets; a vector of the batch. */
  readonly total: Tensor;
  /** Observed targets a row: a vector of the batch, or one number when no target is missing. */
  readonly count: Tensor | number;
}

/** The loss of a batch, a scalar: the sum over its rows by the number of targets observed, at least 1, so never 0/0. */
export function meanLoss({ total, count }: RowLosses): Tensor {
  const observed = typeof count === "number" ? count * sizeOf(total.shape) : maximum(sum(count), 1);
  return div(sum(total), observed);
}

/**
 * ½ (prediction − target)² of every row, summed over its targets: the negative log-likelihood of a unit-variance
 * Gaussian, up to a constant. Both tensors are a vector of the batch, or batch × targets.
 */
export function halfSquaredError(prediction: Tensor, target: Tensor): RowLosses {
  const [, targets = 1] = target.shape;
  return { total: sumOverTargets(mul(square(sub(prediction, target)), 0.5)), count: targets };
}

/** The same over the targets that were observed, NaN marking the others: they add neither to the sum nor to the count. */
export function halfSquaredErrorObserved(prediction: Tensor, target: Tensor): RowLosses {
  const observed = not(isMissing(target));
  const residual = where(observed, sub(prediction, target), 0);
  return {
    total: sumOverTargets(mul(square(residual), 0.5)),
    count: sumOverTargets(cast(observed, prediction.dtype)),
  };
}

function sumOverTargets(x: Tensor): Tensor {
  return x.shape.length === 1 ? x : sum(x, { axes: [1] });
}
