import { ShapeError } from "../errors.ts";
import { cast, equal, stopGradient } from "./comparison.ts";
import { add, div, mul, sub } from "./elementwise.ts";
import type { Emitter, Operation } from "./operation.ts";
import { normaliseAxis, type Shape, sizeOf } from "./shape.ts";
import { broadcastTo, reshape } from "./shaping.ts";
import { apply, describe, isFloat, type Tensor } from "./tensor.ts";
import { exp, log } from "./unary.ts";

/** What a reduction runs over. */
export interface ReductionOptions {
  /** Axes that disappear, counted from the front or, if negative, from the back. Default: all. */
  readonly axes?: readonly number[];
  /** Keep the reduced axes with extent 1, so that the result broadcasts against the input. Default false. */
  readonly keepDims?: boolean;
}

/** Σ x over the axes. Throws ShapeError for an axis that x does not have. */
export function sum(x: Tensor, options: ReductionOptions = {}): Tensor {
  return reduce(sumOp, x, options);
}

/** The mean of x over the axes: the sum divided by the count. Throws ShapeError for an axis that x does not have. */
export function mean(x: Tensor, options: ReductionOptions = {}): Tensor {
  const total = sum(x, options);
  return div(total, sizeOf(x.shape) / sizeOf(total.shape));
}

/** The largest x over the axes; the gradient is shared equally by ties. Throws ShapeError for a missing axis. */
export function max(x: Tensor, options: ReductionOptions = {}): Tensor {
  return reduce(maxOp, x, options);
}

/** The smallest x over the axes; the gradient is shared equally by ties. Throws ShapeError for a missing axis. */
export function min(x: Tensor, options: ReductionOptions = {}): Tensor {
  return reduce(minOp, x, options);
}

/**
 * log Σ e^x over the axes, shifted by the maximum m so that nothing overflows: m + log Σ e^(x − m).
 * NaN where m is infinite. Throws ShapeError for an axis that x does not have.
 */
export function logSumExp(x: Tensor, options: ReductionOptions = {}): Tensor {
  const largest = stopGradient(max(x, { ...options, keepDims: true }));
  const shifted = log(sum(exp(sub(x, largest)), options));
  return add(shifted, reshape(largest, shifted.shape));
}

type ReductionAttributes = { readonly axes: readonly number[]; readonly keepDims: boolean };

const sumOp: Operation<ReductionAttributes> = {
  name: "sum",
  gradient: (node, g) => [broadcastTo(withReducedAxes(node, g), operandOf(node).shape)],
  simplify: identityOverNoAxes,
  emit: (node, names, emitter) =>
    addsUpRows(node) ? sumOfRows(node, names, emitter) : emission("ReduceSum")(node, names, emitter),
};

const maxOp: Operation<ReductionAttributes> = {
  name: "max",
  gradient: shareAmongTies,
  simplify: identityOverNoAxes,
  emit: emission("ReduceMax"),
};

const minOp: Operation<ReductionAttributes> = {
  name: "min",
  gradient: shareAmongTies,
  simplify: identityOverNoAxes,
  emit: emission("ReduceMin"),
};

function reduce(op: Operation<ReductionAttributes>, x: Tensor, options: ReductionOptions): Tensor {
  if (x.dtype === "bool") throw new ShapeError(`${op.name}: ${describe(x)} is not of numbers`);
  const rank = x.shape.length;
  const axes = (options.axes ?? x.shape.map((_, axis) => axis)).map((axis) => normaliseAxis(op.name, axis, rank));
  if (new Set(axes).size !== axes.length) throw new ShapeError(`${op.name}: axes [${axes}] name one twice`);
  const keepDims = options.keepDims ?? false;
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const shape = keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis));
  return apply(op, [x], x.dtype, shape, { axes: axes.sort((a, b) => a - b), keepDims });
}

function operandOf(node: Tensor): Tensor {
  return node.inputs[0];
}

/** A tensor in the shape of the node, given back the reduced axes with extent 1. */
function withReducedAxes(node: Tensor<ReductionAttributes>, x: Tensor): Tensor {
  const shape: Shape = operandOf(node).shape.map((n, axis) => (node.attributes.axes.includes(axis) ? 1 : n));
  return reshape(x, shape);
}

function shareAmongTies(node: Tensor<ReductionAttributes>, g: Tensor): [Tensor] {
  const x = operandOf(node);
  const attained = cast(equal(x, withReducedAxes(node, node)), x.dtype);
  const ties = sum(attained, { axes: node.attributes.axes, keepDims: true });
  return [mul(attained, div(withReducedAxes(node, g), ties))];
}

/** Over axes of extent 1 only the shape changes. */
function identityOverNoAxes(node: Tensor<ReductionAttributes>): Tensor | undefined {
  const x = operandOf(node);
  return node.attributes.axes.every((axis) => x.shape[axis] === 1) ? reshape(x, node.shape) : undefined;
}

/** Whether it is over the first axes alone, and of more than one number each. */
function addsUpRows({ dtype, shape, inputs: [x], attributes: { axes } }: Tensor<ReductionAttributes>): boolean {
  return isFloat(dtype) && sizeOf(shape) > 1 && axes.every((axis, i) => axis === i) && axes.length < x.shape.length;
}

/** 1'X: the runtime multiplies by a row of ones two to five times faster than it adds up rows. */
function sumOfRows({ dtype, shape, inputs: [x] }: Tensor, [name]: readonly string[], emitter: Emitter): string {
  const width = sizeOf(shape);
  const rows = sizeOf(x.shape) / width;
  const reshaped = (value: string, to: Shape) => emitter.node("Reshape", [value, emitter.integers(to)]);
  const ones = emitter.node("Expand", [emitter.scalar(dtype, 1), emitter.integers([rows])]);
  const total = emitter.node("MatMul", [ones, x.shape.length === 2 ? name : reshaped(name, [rows, width])]);
  return shape.length === 1 ? total : reshaped(total, shape);
}

function emission(type: string): Operation<ReductionAttributes>["emit"] {
  return ({ attributes: { axes, keepDims } }, [x], emitter) => {
    const all = { keepdims: keepDims ? 1 : 0, noop_with_empty_axes: 1 };
    return emitter.node(type, [x, emitter.integers(axes)], all);
  };
}
