import { concat, slice } from "../graph/indexing.ts";
import { sizeOf } from "../graph/shape.ts";
import { reshape } from "../graph/shaping.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  type FloatArray,
  type FloatType,
  type Parameter,
  type Weights,
  type WeightTensors,
  zeros,
} from "./parameters.ts";

/** Several arrays laid end to end in one vector, so that one operation does for all of them. */
export interface PackedLayout {
  /** The vector as one parameter. */
  readonly parameter: Parameter;
  /** How long it is. */
  readonly size: number;
  /** The arrays that a vector holds. */
  unpackTensor(vector: Tensor): WeightTensors;
  /** The vector that holds these arrays. */
  packTensors(arrays: WeightTensors): Tensor;
  /** Copies of the arrays that a vector holds; `suffix` is added to their names. */
  unpack(vector: FloatArray, suffix?: string): Weights;
  /** The vector that holds these arrays, `suffix` being added to the names that are looked for. */
  pack(arrays: Weights, dtype: FloatType, suffix?: string): FloatArray;
}

/** The layout of `parameters` in one vector called `name`, in their order. */
export function packedLayout(name: string, parameters: readonly Parameter[]): PackedLayout {
  let size = 0;
  const places = parameters.map((parameter) => {
    const start = size;
    size += sizeOf(parameter.shape);
    return { name: parameter.name, shape: parameter.shape, start, end: size };
  });
  const perArray = <T>(value: (place: (typeof places)[number]) => T, suffix = "") =>
    Object.fromEntries(places.map((place) => [`${place.name}${suffix}`, value(place)]));
  return {
    parameter: { name, shape: [size], bound: 0 },
    size,
    unpackTensor: (vector) => perArray(({ shape, start, end }) => reshape(slice(vector, 0, start, end), shape)),
    packTensors: (arrays) =>
      concat(
        places.map((place) => reshape(arrays[place.name], [-1])),
        0,
      ),
    unpack: (vector, suffix) => perArray(({ start, end }) => vector.slice(start, end), suffix),
    pack: (arrays, dtype, suffix = "") => {
      const vector = zeros(size, dtype);
      for (const place of places) vector.set(arrays[`${place.name}${suffix}`], place.start);
      return vector;
    },
  };
}
