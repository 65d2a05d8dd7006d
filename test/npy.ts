import { readFileSync } from "node:fs";
import { type Matrix, matrix } from "../src/linalg/matrix.ts";

/** The numbers of a .npy file (little-endian float, int or bool, C order) as a matrix; a vector becomes one column. */
export function readNpy(path: string | URL): Matrix {
  const bytes = readFileSync(path);
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, 10 + headerLength);
  const type = /'descr': *'([^']+)'/.exec(header)?.[1];
  const shape = /'shape': *\(([^)]*)\)/
    .exec(header)?.[1]
    .split(",")
    .flatMap((part) => (part.trim() ? [Number(part)] : []));
  if (type === undefined || shape === undefined || /'fortran_order': *True/.test(header)) {
    throw new Error(`readNpy: cannot read a header of ${header}`);
  }
  const body = bytes.buffer.slice(bytes.byteOffset + 10 + headerLength, bytes.byteOffset + bytes.byteLength);
  const [rows = 1, cols = 1] = shape;
  return matrix(rows, cols, Float64Array.from(numbersOf(body, type)));
}

function numbersOf(body: ArrayBuffer, type: string): Iterable<number> {
  switch (type) {
    case "<f8":
      return new Float64Array(body);
    case "<f4":
      return new Float32Array(body);
    case "<i4":
      return new Int32Array(body);
    case "<i8":
      return Array.from(new BigInt64Array(body), Number);
    case "|b1":
    case "|u1":
      return new Uint8Array(body);
    default:
      throw new Error(`readNpy: unknown type ${type}`);
  }
}
