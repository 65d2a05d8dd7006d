import { ShapeError } from "../errors.ts";
import { operands } from "./elementwise.ts";
import { type Operation, onnxNode } from "./operation.ts";
import { broadcastShapes, sameShape } from "./shape.ts";
import { broadcastSource } from "./shaping.ts";
import { apply, type DType, describe, isFloat, type Operand, type Tensor } from "./tensor.ts";

/** a < b as booleans, broadcast. Throws ShapeError when shapes or dtypes do not fit. */
export function less(a: Operand, b: Operand): Tensor {
  return compare(lessOp, a, b);
}

/** a ≤ b as booleans, broadcast. Throws ShapeError when shapes or dtypes do not fit. */
export function lessEqual(a: Operand, b: Operand): Tensor {
  return compare(lessEqualOp, a, b);
}

/** a > b as booleans, broadcast. Throws ShapeError when shapes or dtypes do not fit. */
export function greater(a: Operand, b: Operand): Tensor {
  return compare(greaterOp, a, b);
}

/** a ≥ b as booleans, broadcast. Throws ShapeError when shapes or dtypes do not fit. */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  return compare(greaterEqualOp, a, b);
}

/** a = b as booleans, broadcast; false where either is NaN. Throws ShapeError when shapes or dtypes do not fit. */
export function equal(a: Operand, b: Operand): Tensor {
  return compare(equalOp, a, b);
}

/** a and b, for booleans, broadcast. Throws ShapeError when shapes do not fit or a dtype is not bool. */
export function and(a: Tensor, b: Tensor): Tensor {
  return logical(andOp, a, b);
}

/** a or b, for booleans, broadcast. Throws ShapeError when shapes do not fit or a dtype is not bool. */
export function or(a: Tensor, b: Tensor): Tensor {
  return logical(orOp, a, b);
}

/** not a, for booleans. Throws ShapeError when the dtype is not bool. */
export function not(a: Tensor): Tensor {
  if (a.dtype !== "bool") throw new ShapeError(`not: ${describe(a)} is not of booleans`);
  return apply(notOp, [a], "bool", a.shape, {});
}

/** Whether each element is NaN, which marks a missing value. Throws ShapeError for a tensor that is not of floats. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the graph's counterpart of the global, on purpose of its name.
export function isNaN(x: Tensor): Tensor {
  if (!isFloat(x.dtype)) throw new ShapeError(`isNaN: ${describe(x)} is not of floats`);
  return apply(isNaNOp, [x], "bool", x.shape, {});
}

/**
 * a where the condition holds, b elsewhere, all three broadcast. The gradient of the branch not taken is 0, even
 * where the upstream gradient is NaN or infinite; a NaN that a branch makes of a zero gradient is not prevented.
 * Throws ShapeError when shapes or dtypes do not fit.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (condition.dtype !== "bool") throw new ShapeError(`where: ${describe(condition)} is not of booleans`);
  const [x, y] = operands("where", a, b);
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", x.shape, y.shape));
  return apply(whereOp, [condition, x, y], x.dtype, shape, {});
}

/** x converted to `dtype`; booleans become 0 and 1, floats are cut towards 0. Gradients flow between float types. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return apply(castOp, [x], dtype, x.shape, {});
}

/** x, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopGradientOp, [x], x.dtype, x.shape, {});
}

const lessOp: Operation = { name: "less", emit: onnxNode("Less") };
const lessEqualOp: Operation = { name: "lessEqual", emit: onnxNode("LessOrEqual") };
const greaterOp: Operation = { name: "greater", emit: onnxNode("Greater") };
const greaterEqualOp: Operation = { name: "greaterEqual", emit: onnxNode("GreaterOrEqual") };
const equalOp: Operation = { name: "equal", emit: onnxNode("Equal") };
const andOp: Operation = { name: "and", emit: onnxNode("And") };
const orOp: Operation = { name: "or", emit: onnxNode("Or") };
const isNaNOp: Operation = { name: "isNaN", emit: onnxNode("IsNaN") };

const notOp: Operation = {
  name: "not",
  simplify: ({ inputs: [a] }) => (a.op === notOp ? a.inputs[0] : undefined),
  emit: onnxNode("Not"),
};

const whereOp: Operation = {
  name: "where",
  gradient: ({ inputs: [condition] }, g) => [undefined, where(condition, g, 0), where(condition, 0, g)],
  simplify: (node) => {
    for (const [i, x] of node.inputs.entries()) {
      const source = broadcastSource(x);
      if (source === undefined) continue;
      const inputs = node.inputs.with(i, source);
      const shape = inputs.map((each) => each.shape).reduce((a, b) => broadcastShapes("where", a, b));
      if (sameShape(shape, node.shape)) return { ...node, inputs };
    }
    return undefined;
  },
  emit: onnxNode("Where"),
};

const castOp: Operation = {
  name: "cast",
  gradient: ({ dtype, inputs: [x] }, g) => [isFloat(dtype) && isFloat(x.dtype) ? cast(g, x.dtype) : undefined],
  simplify: ({ dtype, inputs: [x] }) => (x.dtype === dtype ? x : undefined),
  emit: ({ dtype }, inputs, emitter) => emitter.node("Cast", inputs, { to: { dtype } }),
};

const stopGradientOp: Operation = {
  name: "stopGradient",
  simplify: ({ inputs: [x] }) => x,
  emit: (_, [x]) => x,
};

function compare(op: Operation, a: Operand, b: Operand): Tensor {
  const [x, y] = operands(op.name, a, b);
  if (x.dtype === "bool") throw new ShapeError(`${op.name}: ${describe(x)} and ${describe(y)} are not numbers`);
  return apply(op, [x, y], "bool", broadcastShapes(op.name, x.shape, y.shape), {});
}

function logical(op: Operation, a: Tensor, b: Tensor): Tensor {
  if (a.dtype !== "bool" || b.dtype !== "bool") {
    throw new ShapeError(`${op.name}: ${describe(a)} and ${describe(b)} are not both of booleans`);
  }
  return apply(op, [a, b], "bool", broadcastShapes(op.name, a.shape, b.shape), {});
}
