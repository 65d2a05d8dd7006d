import { DomainError } from "../errors.ts";
import { sizeOf } from "../graph/shape.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import type { Random } from "../stats/random.ts";

/** The numbers a network computes in. Training runs in float32; float64 is there for checking derivatives. */
export type FloatType = "float32" | "float64";

/** A float array of the network's type. */
export type FloatArray = Float32Array | Float64Array;

/** One named array of trainable numbers, and how it starts: uniform on (−bound, bound), or zero. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bound: number;
}

/** The values of a network's parameters, by name, row-major. */
export type Weights = Readonly<Record<string, FloatArray>>;

/** A network's parameters as symbolic tensors, by name. */
export type WeightTensors = Readonly<Record<string, Tensor>>;

/** An array of `size` zeros of the network's type. */
export function zeros(size: number, dtype: FloatType): FloatArray {
  return dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
}

/** Starting values, each parameter from a random stream of its own name, so that adding one moves no other. */
export function initialWeights(parameters: readonly Parameter[], dtype: FloatType, random: Random): Weights {
  return Object.fromEntries(
    parameters.map(({ name, shape, bound }) => {
      const stream = random.split(name);
      const values = zeros(sizeOf(shape), dtype);
      if (bound > 0) for (let i = 0; i < values.length; i++) values[i] = stream.uniform(-bound, bound);
      return [name, values];
    }),
  );
}

/** One graph input per parameter, named like it. Throws DomainError when two parameters share a name. */
export function weightTensors(parameters: readonly Parameter[], dtype: FloatType): WeightTensors {
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape } of parameters) {
    if (name in tensors) throw new DomainError(`weightTensors: two parameters are named '${name}'`);
    tensors[name] = input(name, dtype, shape);
  }
  return tensors;
}
