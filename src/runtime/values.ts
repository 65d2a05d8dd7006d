import type { Tensor as OnnxTensor } from "#onnxruntime";
import { ShapeError } from "../errors.ts";
import { sizeOf } from "../graph/shape.ts";
import { arrayClass, describe, type Tensor, type TypedArray } from "../graph/tensor.ts";

/** Values given to an input: the array class of its dtype, or an Int32Array for int64. */
export type Values = TypedArray | Int32Array;

/**
 * `values` as an array of the dtype of `tensor`; the same array unless int64 comes as an Int32Array.
 * Throws ShapeError when the type or the number of values does not fit.
 */
export function fitted(name: string, tensor: Tensor, values: Values): TypedArray {
  if (values.length !== sizeOf(tensor.shape)) {
    throw new ShapeError(
      `input '${name}' ${describe(tensor)} takes ${sizeOf(tensor.shape)} values, got ${values.length}`,
    );
  }
  if (tensor.dtype === "int64" && values instanceof Int32Array) return widened(values);
  if (values instanceof arrayClass[tensor.dtype]) return values as TypedArray;
  throw new ShapeError(
    `input '${name}' ${describe(tensor)} takes a ${arrayClass[tensor.dtype].name}, got a ${values.constructor.name}`,
  );
}

/** The runtime's tensor over `values`, which it shares. */
export function toOnnx(Onnx: typeof OnnxTensor, { dtype, shape }: Tensor, values: TypedArray): OnnxTensor {
  return new Onnx(dtype, values, shape);
}

function widened(values: Int32Array): BigInt64Array {
  return widenInto(values, new BigInt64Array(values.length));
}

/**
 * Writes `values` to a BigInt64Array of the same length, and returns that. Sign-extends through 32-bit halves, which is many
 * times faster than making BigInts. Little-endian, as everywhere.
 */
export function widenInto(values: Int32Array, result: BigInt64Array): BigInt64Array {
  const halves = new Int32Array(result.buffer, result.byteOffset);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    halves[2 * i] = value;
    halves[2 * i + 1] = value >> 31;
  }
  return result;
}
