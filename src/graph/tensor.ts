import { DomainError, ShapeError } from "../errors.ts";
import type { Attributes, Operation } from "./operation.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** Element types of a tensor. */
export type DType = "float32" | "float64" | "int64" | "bool";

/** The array class that holds the elements of each DType; booleans are 0 and 1. */
export const arrayClass = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

/** The elements of a tensor, in row-major order. */
export type TypedArray = Float32Array | Float64Array | BigInt64Array | Uint8Array;

/**
 * A symbolic tensor: the immutable node of a computation graph. It says by which operation, from which inputs, a value
 * of this type and shape is computed; nothing is computed until the graph is compiled (runtime/session.ts).
 */
export interface Tensor<A extends Attributes = Attributes> {
  readonly op: Operation<A>;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
}

/** An operand of an elementwise operation; a plain number takes the dtype of the other operand. */
export type Operand = Tensor | number;

/** The node that applies `op` to `inputs`. Operations call this once they have checked their inputs. */
export function apply<A extends Attributes>(
  op: Operation<A>,
  inputs: readonly Tensor[],
  dtype: DType,
  shape: Shape,
  attributes: A,
): Tensor<A> {
  return { op, dtype, shape, inputs, attributes };
}

/** "float32[3,4]": how messages and node names show a tensor. */
export function describe(tensor: Tensor): string {
  return `${tensor.dtype}[${tensor.shape}]`;
}

/** Whether gradients can flow through tensors of this type. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

type InputAttributes = { readonly name: string };

const inputOp: Operation<InputAttributes> = {
  name: "input",
  emit: ({ attributes }) => attributes.name,
};

/**
 * A value given from outside when the graph runs.
 * Throws ShapeError when an extent is not a non-negative integer, DomainError when the name is empty.
 */
export function input(name: string, dtype: DType, shape: Shape): Tensor<InputAttributes> {
  if (name === "") throw new DomainError("input: the name is empty");
  checkShape(`input '${name}'`, shape);
  return apply(inputOp, [], dtype, shape, { name });
}

/** Whether `tensor` was made by `input`. */
export function isInput(tensor: Tensor): tensor is Tensor<InputAttributes> {
  return tensor.op === (inputOp as Operation);
}

type ConstantAttributes = { readonly values: TypedArray };

const constantOp: Operation<ConstantAttributes> = {
  name: "constant",
  emit: ({ dtype, shape, attributes }, _, emitter) => emitter.initializer(dtype, shape, attributes.values),
};

/**
 * A value fixed in the graph, in row-major order. A single number fills the shape, which is a scalar unless given; an
 * array is a vector unless given a shape. The values are copied.
 * Throws ShapeError when the array does not hold as many values as the shape has elements.
 */
export function constant(
  values: number | ArrayLike<number | bigint>,
  shape: Shape = typeof values === "number" ? [] : [values.length],
  dtype: DType = "float32",
): Tensor<ConstantAttributes> {
  checkShape("constant", shape);
  const size = sizeOf(shape);
  const elements = typeof values === "number" ? Array.from({ length: size }, () => values) : values;
  if (elements.length !== size) {
    throw new ShapeError(`constant: [${shape}] needs ${size} values, got ${elements.length}`);
  }
  return apply(constantOp, [], dtype, shape, { values: typedArray(dtype, elements) });
}

/** Whether `tensor` was made by `constant`. */
export function isConstant(tensor: Tensor): tensor is Tensor<ConstantAttributes> {
  return tensor.op === (constantOp as Operation);
}

/** The number that a constant holds in every element, or undefined for any other tensor. */
export function scalarValue(tensor: Tensor): number | undefined {
  if (!isConstant(tensor)) return undefined;
  const { values } = tensor.attributes;
  const [first] = values;
  if (first === undefined) return undefined;
  return values.every((value: number | bigint) => Object.is(value, first)) ? Number(first) : undefined;
}

function typedArray(dtype: DType, values: ArrayLike<number | bigint>): TypedArray {
  if (values instanceof arrayClass[dtype]) return values.slice();
  switch (dtype) {
    case "float32":
      return Float32Array.from(values, Number);
    case "float64":
      return Float64Array.from(values, Number);
    case "int64":
      return BigInt64Array.from(values, BigInt);
    case "bool":
      return Uint8Array.from(values, (value) => (Number(value) === 0 ? 0 : 1));
  }
}

function checkShape(what: string, shape: Shape): void {
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new ShapeError(`${what}: [${shape}] is not a shape`);
  }
}
