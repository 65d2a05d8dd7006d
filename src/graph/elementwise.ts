import { DomainError, ShapeError } from "../errors.ts";
import { greaterEqual, lessEqual, where } from "./comparison.ts";
import { isGemm } from "./matmul.ts";
import { type Emitter, type Operation, onnxNode } from "./operation.ts";
import { broadcastShapes, sameShape } from "./shape.ts";
import { broadcastSource } from "./shaping.ts";
import { apply, constant, describe, isFloat, type Operand, scalarValue, type Tensor } from "./tensor.ts";
import { log, neg } from "./unary.ts";

/** a + b, broadcast. A plain number takes the other's dtype. Throws ShapeError when shapes or dtypes do not fit. */
export function add(a: Operand, b: Operand): Tensor {
  return binary(addOp, a, b);
}

/** a − b, broadcast. A plain number takes the other's dtype. Throws ShapeError when shapes or dtypes do not fit. */
export function sub(a: Operand, b: Operand): Tensor {
  return binary(subOp, a, b);
}

/** a · b, element by element, broadcast. Throws ShapeError when shapes or dtypes do not fit. */
export function mul(a: Operand, b: Operand): Tensor {
  return binary(mulOp, a, b);
}

/** a / b, element by element, broadcast. Throws ShapeError when shapes or dtypes do not fit. */
export function div(a: Operand, b: Operand): Tensor {
  return binary(divOp, a, b);
}

/**
 * base^exponent, element by element, broadcast. A number of either kind is allowed: pow(x, 3) and pow(0.9, step).
 * The gradient with respect to the exponent needs a positive base. Throws ShapeError when shapes or dtypes do not fit.
 */
export function pow(base: Operand, exponent: Operand): Tensor {
  return binary(powOp, base, exponent);
}

/** x². */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}

/**
 * The smaller of a and b, broadcast; NaN where either is. Where they are equal the gradient goes to a.
 * Throws ShapeError when shapes or dtypes do not fit.
 */
export function minimum(a: Operand, b: Operand): Tensor {
  return binary(minimumOp, a, b);
}

/**
 * The larger of a and b, broadcast; NaN where either is. Where they are equal the gradient goes to a.
 * Throws ShapeError when shapes or dtypes do not fit.
 */
export function maximum(a: Operand, b: Operand): Tensor {
  return binary(maximumOp, a, b);
}

/**
 * Both operands as tensors of one dtype, numbers made constants.
 * Throws ShapeError when the dtypes differ, DomainError when both are numbers.
 */
export function operands(operation: string, a: Operand, b: Operand): [Tensor, Tensor] {
  if (typeof a === "number") {
    if (typeof b === "number") throw new DomainError(`${operation}: one operand must be a tensor, got ${a} and ${b}`);
    return [constant(a, [], b.dtype), b];
  }
  if (typeof b === "number") return [a, constant(b, [], a.dtype)];
  if (a.dtype !== b.dtype) throw new ShapeError(`${operation}: ${describe(a)} and ${describe(b)} differ in dtype`);
  return [a, b];
}

function binary(op: Operation, a: Operand, b: Operand): Tensor {
  const [x, y] = operands(op.name, a, b);
  if (x.dtype === "bool") throw new ShapeError(`${op.name}: ${describe(x)} and ${describe(y)} are not numbers`);
  return apply(op, [x, y], x.dtype, broadcastShapes(op.name, x.shape, y.shape), {});
}

const addOp = binaryOp("add", "Add", {
  gradient: (_a, _b, g) => [g, g],
  identity: (a, b) => (scalarValue(b) === 0 ? a : scalarValue(a) === 0 ? b : undefined),
  // The runtime makes one operation of a product and a Sum, but not of one and an Add.
  emit: (node, names, emitter) =>
    emitter.node(node.inputs.some((x) => isGemm(x, emitter)) && isElementwise(node) ? "Sum" : "Add", names),
});

const subOp = binaryOp("sub", "Sub", {
  gradient: (_a, _b, g) => [g, neg(g)],
  identity: (a, b) => (scalarValue(b) === 0 ? a : undefined),
});

const mulOp = binaryOp("mul", "Mul", {
  gradient: (a, b, g) => [mul(g, b), mul(g, a)],
  identity: (a, b) => times(a, b) ?? times(b, a),
  emit: (node, names, emitter) =>
    emitter.node(
      "Mul",
      names.map((name, i) => (isNarrowColumn(node, i) ? asWide(node, name, emitter) : name)),
    ),
});

const divOp = binaryOp("div", "Div", {
  gradient: (a, b, g) => [div(g, b), neg(mul(g, div(div(a, b), b)))],
  identity: (a, b) => (scalarValue(b) === 1 ? a : undefined),
});

const powOp = binaryOp("pow", "Pow", {
  gradient: (base, exponent, g, node) => [
    mul(g, mul(exponent, pow(base, sub(exponent, 1)))),
    mul(g, mul(node, log(base))),
  ],
  identity: (base, exponent) => {
    if (scalarValue(exponent) === 1) return base;
    return scalarValue(exponent) === 2 ? square(base) : undefined;
  },
});

const minimumOp = binaryOp("minimum", "Min", {
  gradient: (a, b, g) => choose(lessEqual(a, b), g),
});

const maximumOp = binaryOp("maximum", "Max", {
  gradient: (a, b, g) => choose(greaterEqual(a, b), g),
});

interface BinaryRules {
  gradient(a: Tensor, b: Tensor, upstream: Tensor, node: Tensor): readonly [Tensor, Tensor];
  identity?(a: Tensor, b: Tensor): Tensor | undefined;
  emit?: Operation["emit"];
}

function binaryOp(name: string, type: string, rules: BinaryRules): Operation {
  return {
    name,
    gradient: (node, g) => {
      const [a, b] = node.inputs;
      return rules.gradient(a, b, g, node);
    },
    simplify: (node) => {
      const [a, b] = node.inputs;
      const simpler = rules.identity?.(a, b);
      if (simpler !== undefined && sameShape(simpler.shape, node.shape)) return simpler;
      return withoutBroadcast(node, a, b);
    },
    emit: rules.emit ?? onnxNode(type),
  };
}

/** Whether operand number i is a column that is stretched to a matrix of a few columns, which the runtime does number by number. */
function isNarrowColumn({ dtype, shape, inputs }: Tensor, i: number): boolean {
  const [rows, columns] = shape;
  return (
    isFloat(dtype) &&
    shape.length === 2 &&
    columns > 1 &&
    columns <= 32 &&
    sameShape(inputs[i].shape, [rows, 1]) &&
    sameShape(inputs[1 - i].shape, shape)
  );
}

/** A column times a row of ones: stretched by vector code. */
function asWide({ dtype, shape: [, columns] }: Tensor, name: string, emitter: Emitter): string {
  const ones = emitter.node("Expand", [emitter.scalar(dtype, 1), emitter.integers([1, columns])]);
  return emitter.node("MatMul", [name, ones]);
}

/** Whether neither operand is stretched. */
function isElementwise({ shape, inputs }: Tensor): boolean {
  return inputs.every((operand) => sameShape(operand.shape, shape));
}

/** An operand need not be stretched when the operation stretches it anyway. */
function withoutBroadcast(node: Tensor, a: Tensor, b: Tensor): Tensor | undefined {
  for (const [x, y] of [
    [broadcastSource(a), b],
    [a, broadcastSource(b)],
  ]) {
    if (x === undefined || y === undefined) continue;
    if (sameShape(broadcastShapes(node.op.name, x.shape, y.shape), node.shape)) return { ...node, inputs: [x, y] };
  }
  return undefined;
}

/** What is left of factor · x: x for 1, −x for −1. 0 · x stays, because 0 · NaN is NaN. */
function times(factor: Tensor, x: Tensor): Tensor | undefined {
  switch (scalarValue(factor)) {
    case 1:
      return x;
    case -1:
      return neg(x);
    default:
      return undefined;
  }
}

function choose(first: Tensor, g: Tensor): [Tensor, Tensor] {
  return [where(first, g, 0), where(first, 0, g)];
}
