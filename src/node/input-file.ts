import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { DataError } from "../errors.ts";
import { reason, systemCode } from "./file-error.ts";
import { suggestion } from "./nearest-name.ts";

/** Bytes that a stream hands on at a time; the 16 kB of the default would cost more turns of the event loop. */
const streamBytes = 1 << 18;

/**
 * Checks that `path` is a file that can be read and is not empty.
 *
 * Throws DataError otherwise; where there is no such file, it names one beside it that is called nearly the same.
 */
export async function checkInputFile(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new DataError("is a folder, not a file", { source: path });
    if (found.isFile() && found.size === 0) throw new DataError("is empty", { source: path });
    await (await open(path, "r")).close();
  } catch (error) {
    throw error instanceof DataError ? error : await unreadable(path, error);
  }
}

/** The contents of the file at `path`. Throws DataError as `checkInputFile` does. */
export async function readInputFile(path: string): Promise<Uint8Array> {
  await checkInputFile(path);
  try {
    return await readFile(path);
  } catch (error) {
    throw await unreadable(path, error);
  }
}

/**
 * The SHA-256 of the file at `path`, in hexadecimal; a gzip file is unpacked on the way, so that damage to it shows.
 *
 * Throws DataError for a gzip file that is damaged, cut short or no gzip file.
 */
export async function fingerprintFile(path: string, gzipped: boolean): Promise<string> {
  const hash = createHash("sha256");
  const stream = createReadStream(path, { highWaterMark: streamBytes });
  const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  try {
    await (gzipped
      ? pipeline(stream, hashed, createGunzip({ chunkSize: streamBytes }), drain)
      : pipeline(stream, hashed, drain));
  } catch (error) {
    throw gzipError(path, error);
  }
  return hash.digest("hex");
}

/** The DataError for a failure to unpack or read `path`. */
export function gzipError(path: string, error: unknown): DataError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const problem =
    code === "Z_BUF_ERROR"
      ? "is cut short: the gzip data end too early"
      : typeof code === "string" && code.startsWith("Z_")
        ? `is not a sound gzip file: ${reason(error)}`
        : `cannot be read: ${reason(error)}`;
  return new DataError(problem, { source: path }, { cause: error });
}

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

async function unreadable(path: string, error: unknown): Promise<DataError> {
  if (systemCode(error) !== "ENOENT") {
    return new DataError(`cannot be read: ${reason(error)}`, { source: path }, { cause: error });
  }
  const folder = dirname(path);
  const siblings = await readdir(folder).catch(() => undefined);
  const problem = siblings ? `no such file${suggestion(basename(path), siblings)}` : `no such folder as ${folder}`;
  return new DataError(problem, { source: path }, { cause: error });
}
