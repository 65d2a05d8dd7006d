import { constant, type DType, type Tensor } from "../src/graph/tensor.ts";
import { compile } from "../src/runtime/session.ts";

/** The elements of a tensor as plain numbers, nested by its axes. */
export type Nested = number | Nested[];

/** The value of a tensor that depends on no input, computed by the runtime. */
export async function evaluate(tensor: Tensor): Promise<Nested> {
  const session = await compile({ inputs: [], outputs: { value: tensor } });
  const { value } = await session.run();
  await session.release();
  return nested(Array.from(value as ArrayLike<number | bigint>, Number), tensor.shape);
}

/** A float64 vector. */
export function vector(...values: number[]): Tensor {
  return constant(values, [values.length], "float64");
}

/** An int64 vector. */
export function integers(...values: number[]): Tensor {
  return constant(values, [values.length], "int64");
}

/** 0, 1, 2, … in a shape. */
export function range(shape: readonly number[], dtype: DType = "float64"): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return constant([...new Array(size).keys()], shape, dtype);
}

function nested(values: readonly number[], shape: readonly number[]): Nested {
  const [extent, ...rest] = shape;
  if (extent === undefined) return values[0];
  const size = values.length / extent;
  return Array.from({ length: extent }, (_, i) => nested(values.slice(i * size, (i + 1) * size), rest));
}
