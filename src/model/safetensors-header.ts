import { DataError } from "../errors.ts";

/** Bytes of one number of each kind this package stores. */
export const bytesPerNumber = { F32: 4, F64: 8, I32: 4, I64: 8, U8: 1, U16: 2 } as const;

/** A kind of number, by its safetensors name. */
export type Dtype = keyof typeof bytesPerNumber;

/** Where a tensor lies: numbers of kind `dtype` in row-major order, bytes `begin` to `end` of the data that follow the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What a safetensors file says about itself before its numbers begin. */
export interface Header {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Offset in the file of the first number. */
  readonly dataStart: number;
}

/** The name under which a header keeps its metadata; no tensor can have it. */
export const metadataKey = "__metadata__";

/** How many numbers a tensor of this shape holds; one for the empty shape. */
export function countNumbers(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * The header as bytes: its length as a little-endian 64-bit integer, then JSON, padded with spaces so that the numbers
 * that follow begin on a multiple of eight.
 */
export function encodeHeader(entries: readonly TensorEntry[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const described = entries.map(({ name, dtype, shape, begin, end }) => [
    name,
    { dtype, shape, data_offsets: [begin, end] },
  ]);
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([[metadataKey, metadata], ...described])));
  const bytes = new Uint8Array(8 + 8 * Math.ceil(json.length / 8)).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(json, 8);
  return bytes;
}

/**
 * The header of a safetensors file, every claim in it checked against the bytes that are there: tensors of known kinds
 * whose bytes follow each other without gap or overlap up to the end of the file.
 *
 * Throws DataError naming `source` for anything else.
 */
export function decodeHeader(bytes: Uint8Array, source: string): Header {
  const refuse = (problem: string): never => {
    throw new DataError(problem, { source });
  };
  if (bytes.length < 8) refuse(`not a safetensors file: ${bytes.length} bytes, fewer than the 8 it begins with`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (bytes.length > 8 && bytes[8] !== 0x7b) refuse("not a safetensors file: no header where it should begin");
  if (length > BigInt(bytes.length - 8)) {
    refuse(`cut short: the header should have ${length} bytes, ${bytes.length - 8} are there`);
  }
  const dataStart = 8 + Number(length);
  const { [metadataKey]: metadata = {}, ...tensors } = parseObject(bytes.subarray(8, dataStart), source);
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    refuse("damaged header: its metadata are not all text");
  }
  const entries = Object.entries(tensors).map(([name, value]) => checkEntry(name, value, source));
  checkLayout(entries, bytes.length - dataStart, source);
  return { entries, metadata: metadata as Record<string, string>, dataStart };
}

function parseObject(bytes: Uint8Array, source: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isObject(parsed)) return parsed;
  } catch (cause) {
    throw new DataError("damaged header: not JSON in UTF-8", { source }, { cause });
  }
  throw new DataError("damaged header: not a JSON object", { source });
}

function checkEntry(name: string, value: unknown, source: string): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  const refuse = (problem: string): never => {
    throw new DataError(`tensor '${onOneLine(name)}' ${problem}`, { source });
  };
  if (typeof dtype !== "string") return refuse("has no dtype");
  if (!isDtype(dtype))
    return refuse(`has dtype ${onOneLine(dtype)}, only ${Object.keys(bytesPerNumber).join(", ")} can be read`);
  if (!isCounts(shape)) return refuse("has no valid shape");
  if (!isCounts(offsets) || offsets.length !== 2) return refuse("has no valid data_offsets");
  const [begin, end] = offsets as [number, number];
  const expected = countNumbers(shape) * bytesPerNumber[dtype];
  if (end - begin !== expected) {
    refuse(`needs ${expected} bytes for ${dtype} [${shape.join(", ")}], its data_offsets span ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

function checkLayout(entries: readonly TensorEntry[], available: number, source: string): void {
  let reached = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const tensor = `tensor '${onOneLine(name)}'`;
    if (begin < reached) throw new DataError(`${tensor} overlaps the one before it`, { source });
    if (begin > reached) throw new DataError(`${begin - reached} unused bytes before ${tensor}`, { source });
    reached = end;
  }
  if (reached > available) {
    throw new DataError(`cut short: the tensors need ${reached} bytes, ${available} are there`, { source });
  }
  if (reached < available) throw new DataError(`${available - reached} bytes too many at its end`, { source });
}

function onOneLine(name: string): string {
  return name.replaceAll(/\p{Cc}+/gu, " ");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDtype(name: string): name is Dtype {
  return Object.hasOwn(bytesPerNumber, name);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
