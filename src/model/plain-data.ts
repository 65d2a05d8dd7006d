import { DataError, DomainError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { Tensor } from "./safetensors.ts";

/** Plain data taken apart: its numbers as named tensors, everything else as JSON that refers to them. */
export interface PackedData {
  readonly json: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** The key that stands in the JSON where a tensor was. */
const TENSOR = "$tensor";

/**
 * Takes plain data apart for storage: numbers, text, booleans, null, arrays, objects, typed arrays and matrices.
 * A typed array becomes a one-dimensional tensor and a `Matrix` a two-dimensional one, named by their path:
 * `mtlcm.unmixing`. Keys with the value undefined are left out.
 * @throws DomainError for anything else, and for a number outside an array that is not finite: JSON has none
 */
export function pack(data: unknown): PackedData {
  const tensors: Record<string, Tensor> = {};
  const store = (path: string, tensor: Tensor) => {
    tensors[path] = tensor;
    return { [TENSOR]: path };
  };
  const visit = (value: unknown, path: string): unknown => {
    if (value instanceof Float32Array) return store(path, { dtype: "F32", shape: [value.length], data: value });
    if (value instanceof Float64Array) return store(path, { dtype: "F64", shape: [value.length], data: value });
    if (value instanceof Uint8Array) return store(path, { dtype: "U8", shape: [value.length], data: value });
    if (value instanceof Uint16Array) return store(path, { dtype: "U16", shape: [value.length], data: value });
    if (value instanceof Int32Array) return store(path, { dtype: "I32", shape: [value.length], data: value });
    if (isMatrix(value)) return store(path, { dtype: "F64", shape: [value.rows, value.cols], data: value.data });
    if (Array.isArray(value)) return value.map((item, i) => visit(item, `${path}.${i}`));
    if (isObject(value)) {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined);
      return Object.fromEntries(entries.map(([key, item]) => [key, visit(item, path === "" ? key : `${path}.${key}`)]));
    }
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new DomainError(`pack: ${path} is ${String(value)}, which cannot be stored`);
  };
  const json = JSON.stringify(visit(data, ""));
  return { json, tensors };
}

/**
 * Puts packed data together again.
 * @throws DataError naming `source` when the JSON is damaged or refers to a tensor that is not there
 */
export function unpack({ json, tensors }: PackedData, source: string): unknown {
  const restore = (_: string, value: unknown): unknown => {
    if (!isObject(value) || typeof value[TENSOR] !== "string") return value;
    const tensor = tensors[value[TENSOR]];
    if (tensor === undefined) throw new DataError(`the tensor '${value[TENSOR]}' is missing`, { source });
    const [rows = 0, cols] = tensor.shape;
    return cols === undefined ? tensor.data : { rows, cols, data: tensor.data };
  };
  try {
    return JSON.parse(json, restore);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError("its description is damaged", { source }, { cause });
  }
}

function isMatrix(value: unknown): value is Matrix {
  return isObject(value) && value.data instanceof Float64Array && Object.keys(value).length === 3 && "rows" in value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
