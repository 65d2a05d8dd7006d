import { ShapeError } from "../errors.ts";
import type { Operation } from "./operation.ts";
import { sum } from "./reductions.ts";
import { broadcastShapes, normaliseAxis, type Shape, sameShape, sizeOf } from "./shape.ts";
import { apply, constant, type DType, describe, type Tensor } from "./tensor.ts";

/**
 * The elements of x, in row-major order, in another shape. One extent may be −1: what is left over.
 * Throws ShapeError when the numbers of elements differ.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter((extent) => extent !== -1));
  const resolved = shape.map((extent) => (extent === -1 ? sizeOf(x.shape) / known : extent));
  if (sizeOf(resolved) !== sizeOf(x.shape) || !resolved.every(Number.isInteger)) {
    throw new ShapeError(`reshape: ${describe(x)} does not fill [${shape}]`);
  }
  return apply(reshapeOp, [x], x.dtype, resolved, {});
}

/** x with a new axis of extent 1 before `axis`; −1 puts it last. Throws ShapeError when there is no such place. */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = normaliseAxis("expandDims", axis, x.shape.length + 1);
  return reshape(x, x.shape.toSpliced(at, 0, 1));
}

/** x without `axis`, or without every axis of extent 1. Throws ShapeError when the extent of `axis` is not 1. */
export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined) {
    return reshape(
      x,
      x.shape.filter((extent) => extent !== 1),
    );
  }
  const at = normaliseAxis("squeeze", axis, x.shape.length);
  if (x.shape[at] !== 1) throw new ShapeError(`squeeze: axis ${axis} of ${describe(x)} is not of extent 1`);
  return reshape(x, x.shape.toSpliced(at, 1));
}

/**
 * x with its axes permuted: axis i of the result is axis permutation[i] of x. By default the axes are reversed.
 * Throws ShapeError when `permutation` does not name every axis once.
 */
export function transpose(
  x: Tensor,
  permutation: readonly number[] = x.shape.map((_, axis) => x.shape.length - 1 - axis),
): Tensor {
  if (!sameShape(permutation.toSorted(ascending), [...x.shape.keys()])) {
    throw new ShapeError(`transpose: [${permutation}] is not a permutation of the axes of ${describe(x)}`);
  }
  const shape = permutation.map((axis) => x.shape[axis]);
  return apply(transposeOp, [x], x.dtype, shape, { permutation });
}

/** x stretched to `shape` by numpy's rule. Throws ShapeError when it does not broadcast to exactly that shape. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape)) {
    throw new ShapeError(`broadcastTo: ${describe(x)} does not broadcast to [${shape}]`);
  }
  return apply(broadcastToOp, [x], x.dtype, shape, {});
}

/** A tensor with one number in every element, stored as one number. */
export function full(value: number, shape: Shape, dtype: DType): Tensor {
  return broadcastTo(constant(value, [], dtype), shape);
}

/** What was stretched, if x was made by `broadcastTo`. */
export function broadcastSource(x: Tensor): Tensor | undefined {
  return x.op === broadcastToOp ? x.inputs[0] : undefined;
}

/**
 * x summed over the axes along which `shape` would be stretched to the shape of x: the transpose of `broadcastTo`.
 * Throws ShapeError when `shape` does not broadcast to the shape of x.
 */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes("sumTo", x.shape, shape), x.shape)) {
    throw new ShapeError(`sumTo: [${shape}] does not broadcast to ${describe(x)}`);
  }
  const added = x.shape.length - shape.length;
  const axes = [...x.shape.keys()].filter((axis) => axis < added || shape[axis - added] !== x.shape[axis]);
  return reshape(sum(x, { axes }), shape);
}

const reshapeOp: Operation = {
  name: "reshape",
  gradient: ({ inputs: [x] }, g) => [reshape(g, x.shape)],
  simplify: (node) => {
    const [x] = node.inputs;
    if (sameShape(x.shape, node.shape)) return x;
    return x.op === reshapeOp ? { ...node, inputs: x.inputs } : undefined;
  },
  emit: ({ shape }, [x], emitter) => emitter.node("Reshape", [x, emitter.integers(shape)], { allowzero: 1 }),
};

type TransposeAttributes = { readonly permutation: readonly number[] };

const transposeOp: Operation<TransposeAttributes> = {
  name: "transpose",
  gradient: ({ attributes: { permutation } }, g) => [transpose(g, inverse(permutation))],
  simplify: ({ inputs, attributes: { permutation } }) => {
    const [x] = inputs;
    if (permutation.every((axis, i) => axis === i)) return x;
    if (!isTranspose(x)) return undefined;
    return transpose(
      x.inputs[0],
      permutation.map((axis) => x.attributes.permutation[axis]),
    );
  },
  emit: ({ attributes }, inputs, emitter) => emitter.node("Transpose", inputs, { perm: attributes.permutation }),
};

const broadcastToOp: Operation = {
  name: "broadcastTo",
  gradient: (_, g) => [g],
  simplify: (node) => {
    const [x] = node.inputs;
    if (sameShape(x.shape, node.shape)) return x;
    const source = broadcastSource(x);
    return source && { ...node, inputs: [source] };
  },
  emit: ({ shape }, [x], emitter) => emitter.node("Expand", [x, emitter.integers(shape)]),
};

function isTranspose(x: Tensor): x is Tensor<TransposeAttributes> {
  return x.op === (transposeOp as Operation);
}

function inverse(permutation: readonly number[]): number[] {
  const result = new Array<number>(permutation.length);
  permutation.forEach((axis, i) => {
    result[axis] = i;
  });
  return result;
}

function ascending(a: number, b: number): number {
  return a - b;
}
