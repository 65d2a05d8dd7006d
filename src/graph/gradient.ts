import { ShapeError } from "../errors.ts";
import { add } from "./elementwise.ts";
import { dependencyOrder } from "./order.ts";
import { full, sumTo } from "./shaping.ts";
import { constant, describe, isFloat, type Tensor } from "./tensor.ts";

/**
 * ∂loss/∂x for every x in `wrt`, by reverse-mode differentiation. The gradients are graphs of the same operations, so
 * they can be differentiated again. A tensor that the loss does not depend on gets zeros.
 *
 * @param loss a float scalar, shape [].
 * @param wrt inputs or any other float tensors.
 * @returns one gradient for each x, of the shape and dtype of x.
 * Throws ShapeError when the loss is not a float scalar or an x is not of floats.
 */
export function gradient(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0 || !isFloat(loss.dtype)) {
    throw new ShapeError(`gradient: the loss must be a float scalar, got ${describe(loss)}`);
  }
  for (const x of wrt) {
    if (!isFloat(x.dtype)) throw new ShapeError(`gradient: no gradient with respect to ${describe(x)}`);
  }

  const order = dependencyOrder([loss]);
  const active = new Set(wrt);
  for (const node of order) {
    if (node.inputs.some((input) => active.has(input))) active.add(node);
  }

  const gradients = new Map<Tensor, Tensor>([[loss, constant(1, [], loss.dtype)]]);
  for (const node of order.toReversed()) {
    const upstream = gradients.get(node);
    if (upstream === undefined || !active.has(node)) continue;
    const contributions = node.op.gradient?.(node, upstream) ?? [];
    node.inputs.forEach((input, i) => {
      const contribution = contributions[i];
      if (contribution === undefined || !active.has(input)) return;
      const part = sumTo(contribution, input.shape);
      const sofar = gradients.get(input);
      gradients.set(input, sofar === undefined ? part : add(sofar, part));
    });
  }
  return wrt.map((x) => gradients.get(x) ?? full(0, x.shape, x.dtype));
}
