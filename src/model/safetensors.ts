import { ShapeError } from "../errors.ts";
import {
  bytesPerNumber,
  countNumbers,
  type Dtype,
  decodeHeader,
  encodeHeader,
  metadataKey,
  type TensorEntry,
} from "./safetensors-header.ts";

interface ArrayOf {
  F32: Float32Array;
  F64: Float64Array;
  I32: Int32Array;
  I64: BigInt64Array;
  U8: Uint8Array;
  U16: Uint16Array;
}

/** An array of numbers of one kind with a shape, in row-major order. */
export type Tensor = {
  [D in Dtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: ArrayOf[D] };
}[Dtype];

/** Named tensors, and named text beside them: all that a safetensors file can hold. */
export interface SafetensorsContents {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A safetensors file: tensors and text, no code (https://huggingface.co/docs/safetensors).
 *
 * The same contents give the same bytes. Tensors of eight-byte numbers come first, so that every tensor begins on a
 * multiple of the size of its numbers and `decodeSafetensors` need not copy it.
 *
 * Throws ShapeError when a tensor does not hold as many numbers as its shape says, or is called `__metadata__`.
 */
export function encodeSafetensors({ tensors, metadata }: SafetensorsContents): Uint8Array {
  const entries: TensorEntry[] = [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors).sort(byAlignmentThenName)) {
    if (name === metadataKey) throw new ShapeError(`encodeSafetensors: no tensor can be called '${metadataKey}'`);
    if (countNumbers(shape) !== data.length) {
      throw new ShapeError(
        `encodeSafetensors: '${name}' has shape [${shape.join(", ")}] and ${data.length} numbers, not ${countNumbers(shape)}`,
      );
    }
    entries.push({ name, dtype, shape, begin: end, end: end + data.byteLength });
    end += data.byteLength;
  }
  const header = encodeHeader(entries, metadata);
  const bytes = new Uint8Array(header.length + end);
  bytes.set(header);
  for (const { name, begin } of entries) {
    const { data } = tensors[name] as Tensor;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length + begin);
  }
  return bytes;
}

/**
 * The contents of a safetensors file. Tensors are views of `bytes` where these are aligned, copies where they are not.
 *
 * Throws DataError naming `source` when the bytes are damaged, cut short, something else altogether, or hold kinds of
 * numbers other than F32, F64, I32, I64, U8 and U16.
 */
export function decodeSafetensors(bytes: Uint8Array, source = "safetensors"): SafetensorsContents {
  const { entries, metadata, dataStart } = decodeHeader(bytes, source);
  const tensors = entries.map((entry) => [entry.name, decodeTensor(entry, bytes.subarray(dataStart))] as const);
  return { tensors: Object.fromEntries(tensors), metadata };
}

function byAlignmentThenName([nameA, a]: [string, Tensor], [nameB, b]: [string, Tensor]): number {
  return bytesPerNumber[b.dtype] - bytesPerNumber[a.dtype] || (nameA < nameB ? -1 : 1);
}

function decodeTensor({ dtype, shape, begin, end }: TensorEntry, numbers: Uint8Array): Tensor {
  const there = numbers.subarray(begin, end);
  const bytes = there.byteOffset % bytesPerNumber[dtype] === 0 ? there : new Uint8Array(there);
  const view = [bytes.buffer, bytes.byteOffset, countNumbers(shape)] as const;
  switch (dtype) {
    case "F32":
      return { dtype, shape, data: new Float32Array(...view) };
    case "F64":
      return { dtype, shape, data: new Float64Array(...view) };
    case "I32":
      return { dtype, shape, data: new Int32Array(...view) };
    case "I64":
      return { dtype, shape, data: new BigInt64Array(...view) };
    case "U8":
      return { dtype, shape, data: new Uint8Array(...view) };
    case "U16":
      return { dtype, shape, data: new Uint16Array(...view) };
  }
}
