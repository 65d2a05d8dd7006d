import { ShapeError } from "../errors.ts";
import type { Operation } from "./operation.ts";
import { apply, describe, isFloat, type Tensor } from "./tensor.ts";

/**
 * 1 where x > 0, `low` elsewhere: the slope of a function with a kink at 0. No gradient flows.
 *
 * The runtime's comparisons and choices go number by number; clipping a very steep line is vector code and takes half the time. In
 * float32 x counts as positive from 2^−126, the smallest normal number, on, and grows to it linearly below that.
 * Throws ShapeError for a tensor that is not of floats.
 */
export function heaviside(x: Tensor, low = 0): Tensor {
  if (!isFloat(x.dtype)) throw new ShapeError(`heaviside: ${describe(x)} is not of floats`);
  return apply(heavisideOp, [x], x.dtype, x.shape, { low });
}

/** A float32 from the smallest normal number on times this is more than 1; 0 times it is 0, as it is finite. */
const STEEP = 2 ** 127;

const heavisideOp: Operation<{ readonly low: number }> = {
  name: "heaviside",
  emit: ({ dtype, attributes: { low } }, [x], emitter) => {
    const scalar = (value: number) => emitter.scalar(dtype, value);
    if (dtype === "float32" && low === 0) {
      return emitter.node("HardSigmoid", [x], { alpha: { float: STEEP }, beta: { float: 0 } });
    }
    if (dtype === "float32" && low > 0 && low < 1) {
      return emitter.node("Clip", [emitter.node("Mul", [x, scalar(STEEP)]), scalar(low), scalar(1)]);
    }
    return emitter.node("Where", [emitter.node("Greater", [x, scalar(0)]), scalar(1), scalar(low)]);
  },
};
