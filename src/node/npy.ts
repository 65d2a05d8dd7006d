import { DataError, ShapeError } from "../errors.ts";

/** The contents of a .npy file: a vector or a matrix, in row-major order whatever the order in the file. */
export type NpyArray =
  | { readonly kind: "float" | "integer"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly kind: "text"; readonly shape: readonly number[]; readonly data: readonly string[] };

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** One reader a kind of number, by NumPy's code for it: letter and bytes. */
const readers: Readonly<Record<string, (view: DataView, offset: number, littleEndian: boolean) => number>> = {
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
  b1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  i2: (view, offset, little) => view.getInt16(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  i8: (view, offset, little) => exactNumber(view.getBigInt64(offset, little)),
  u1: (view, offset) => view.getUint8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  u8: (view, offset, little) => exactNumber(view.getBigUint64(offset, little)),
};

/**
 * The array in a .npy file (versions 1 to 3 of NumPy's format, NEP 1): floats of 4 or 8 bytes, integers, booleans as 0
 * and 1, or text; at most two dimensions, in C or Fortran order, either byte order.
 *
 * Throws DataError naming `source` when the bytes are no .npy file, are cut short, hold Python objects or another kind
 * of value, or an integer beyond ±2^53, which a double cannot hold.
 */
export function decodeNpy(bytes: Uint8Array, source = "npy"): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { descr, fortranOrder, shape, dataStart } = decodeHeader(bytes, view, source);
  if (shape.length > 2) throw new DataError(`has ${shape.length} dimensions, at most 2 can be read`, { source });
  const count = shape.reduce((product, length) => product * length, 1);
  const { letter, size, littleEndian } = parseKind(descr, source);
  const available = bytes.length - dataStart;
  if (available !== count * size) {
    const problem = available < count * size ? "cut short" : "too long";
    throw new DataError(`${problem}: ${describe(shape)} of ${descr} is ${count * size} bytes, not ${available}`, {
      source,
    });
  }
  if (letter === "U") {
    const data = Array.from({ length: count }, (_, i) => readText(view, dataStart + i * size, size / 4, littleEndian));
    return { kind: "text", shape, data: fortranOrder ? toRowMajor(data, new Array<string>(count), shape) : data };
  }
  const read = readers[letter + size] as (typeof readers)[string];
  const data = new Float64Array(count);
  try {
    for (let i = 0; i < count; i++) data[i] = read(view, dataStart + i * size, littleEndian);
  } catch (cause) {
    throw new DataError((cause as Error).message, { source }, { cause });
  }
  const ordered = fortranOrder ? toRowMajor(data, new Float64Array(count), shape) : data;
  return { kind: letter === "f" ? "float" : "integer", shape, data: ordered };
}

/**
 * The bytes of a .npy file (version 1) of doubles in C order. Throws ShapeError when `data` does not hold as many
 * numbers as `shape` says.
 */
export function encodeNpy(shape: readonly number[], data: Float64Array): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  if (count !== data.length) throw new ShapeError(`encodeNpy: ${describe(shape)} needs ${count}, got ${data.length}`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': (${tuple}), }`;
  const dataStart = 64 * Math.ceil((magic.length + 4 + dictionary.length + 1) / 64);
  const bytes = new Uint8Array(dataStart + 8 * count).fill(0x20, 0, dataStart);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, dataStart - 10, true);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[dataStart - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), dataStart);
  return bytes;
}

interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly dataStart: number;
}

function decodeHeader(bytes: Uint8Array, view: DataView, source: string): NpyHeader {
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte))
    throw new DataError("not a .npy file", { source });
  const lengthBytes = bytes[6] === 1 ? 2 : 4;
  const start = 8 + lengthBytes;
  const dataStart = start + (lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataStart > bytes.length) throw new DataError("cut short within its header", { source });
  const dictionary = new TextDecoder().decode(bytes.subarray(start, dataStart));
  const descr = /'descr':\s*(?:'([^']*)'|\[)/.exec(dictionary);
  const order = /'fortran_order':\s*(True|False)/.exec(dictionary)?.[1];
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(dictionary)?.[1];
  if (descr === null || order === undefined || shape === undefined) throw new DataError("damaged header", { source });
  return {
    descr: descr[1] ?? "structured records",
    fortranOrder: order === "True",
    shape: Array.from(shape.matchAll(/\d+/g), ([digits]) => Number(digits)),
    dataStart,
  };
}

function parseKind(descr: string, source: string): { letter: string; size: number; littleEndian: boolean } {
  const [, order, letter = "", digits] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr) ?? [];
  const size = Number(digits) * (letter === "U" ? 4 : 1);
  if (letter !== "U" && !Object.hasOwn(readers, letter + digits)) {
    const found = descr === "|O" ? "Python objects" : descr;
    throw new DataError(`holds ${found}, only numbers and text can be read: save it as float64`, { source });
  }
  return { letter, size, littleEndian: order !== ">" };
}

function readText(view: DataView, offset: number, length: number, littleEndian: boolean): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    const character = view.getUint32(offset + 4 * i, littleEndian);
    if (character === 0) break;
    text += String.fromCodePoint(character);
  }
  return text;
}

/** Moves a matrix from Fortran order, column after column, to C order, row after row. */
function toRowMajor<A extends Float64Array | string[]>(from: A, to: A, [rows = 1, cols = 1]: readonly number[]): A {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) to[i * cols + j] = from[j * rows + i] as never;
  }
  return to;
}

function exactNumber(value: bigint): number {
  const result = Number(value);
  if (!Number.isSafeInteger(result)) throw new RangeError(`holds ${value}, an integer beyond ±2^53`);
  return result;
}

function describe(shape: readonly number[]): string {
  return shape.length === 0 ? "a scalar" : shape.join(" × ");
}
