import { DataError, ShapeError } from "../errors.ts";

/** The contents of a .npy file: a vector or a matrix, in row-major order whatever the order in the file. */
export type NpyArray =
  | { readonly kind: "float" | "integer"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly kind: "text"; readonly shape: readonly number[]; readonly data: readonly string[] };

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The kinds of numbers that can be read, by NumPy's code for them: a letter and the bytes of one. */
const kinds = {
  f4: Float32Array,
  f8: Float64Array,
  b1: Uint8Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
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
  const stored = new Uint8Array(bytes.subarray(dataStart));
  if (!littleEndian) reverseEach(stored, letter === "U" ? 4 : size);
  try {
    if (letter === "U") {
      const data = texts(new Uint32Array(stored.buffer), count);
      return { kind: "text", shape, data: fortranOrder ? toRowMajor(data, [...data], shape) : data };
    }
    const data = numbers(new kinds[(letter + size) as keyof typeof kinds](stored.buffer));
    const ordered = fortranOrder ? toRowMajor(data, data.slice(), shape) : data;
    return { kind: letter === "f" ? "float" : "integer", shape, data: ordered };
  } catch (cause) {
    throw new DataError((cause as Error).message, { source }, { cause });
  }
}

/**
 * The bytes of a .npy file (version 1) of doubles in C order. Throws ShapeError when `data` does not hold as many
 * numbers as `shape` says.
 */
export function encodeNpy(shape: readonly number[], data: Float64Array): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  if (count !== data.length) throw new ShapeError(`encodeNpy: ${describe(shape)} needs ${count}, got ${data.length}`);
  const header = npyHeader(shape);
  const bytes = new Uint8Array(header.length + 8 * count);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return bytes;
}

/** What a .npy file (version 1) of doubles in C order begins with; the numbers follow, eight bytes each. */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': (${tuple}), }`;
  const dataStart = 64 * Math.ceil((magic.length + 4 + dictionary.length + 1) / 64);
  const bytes = new Uint8Array(dataStart).fill(0x20);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, dataStart - 10, true);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[dataStart - 1] = 0x0a;
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
  if (letter !== "U" && !Object.hasOwn(kinds, letter + digits)) {
    const found = descr === "|O" ? "Python objects" : descr;
    throw new DataError(`holds ${found}, only numbers and text can be read: save it as float64`, { source });
  }
  return { letter, size, littleEndian: order !== ">" };
}

/** Reverses every `size` bytes in place, which turns big-endian numbers into little-endian ones. */
function reverseEach(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

function numbers(stored: InstanceType<(typeof kinds)[keyof typeof kinds]>): Float64Array {
  if (stored instanceof Float64Array) return stored;
  if (!(stored instanceof BigInt64Array || stored instanceof BigUint64Array)) return new Float64Array(stored);
  return Float64Array.from(stored, (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError(`holds ${value}, an integer beyond ±2^53`);
    return number;
  });
}

/** Texts of equal length, each filled up with zeros. */
function texts(characters: Uint32Array, count: number): string[] {
  const length = characters.length / count;
  return Array.from({ length: count }, (_, i) => {
    const padded = characters.subarray(i * length, (i + 1) * length);
    const beyond = padded.find((character) => character > 0x10ffff);
    if (beyond !== undefined) throw new RangeError(`holds ${beyond}, which is no character`);
    return String.fromCodePoint(...padded).replace(/\0+$/, "");
  });
}

/** Moves a matrix from Fortran order, column after column, to C order, row after row. */
function toRowMajor<A extends Float64Array | string[]>(from: A, to: A, [rows = 1, cols = 1]: readonly number[]): A {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) to[i * cols + j] = from[j * rows + i] as never;
  }
  return to;
}

function describe(shape: readonly number[]): string {
  return shape.length === 0 ? "a scalar" : shape.join(" × ");
}
