import { appendFile, readFile, truncate } from "node:fs/promises";
import { DataError } from "../errors.ts";
import { fileError, reason, systemCode } from "./file-error.ts";

/**
 * The records of a file of JSON lines, in order; none where there is no file. What a killed process left of a last line
 * is cut off the file, so that appending goes on after the last whole record.
 *
 * @throws DataError naming the line that is damaged; FileError when the file cannot be written.
 */
export async function openRecords(path: string): Promise<unknown[]> {
  const bytes = await readExisting(path);
  if (bytes === undefined) return [];
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) await guard(path, truncate(path, end));
  const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  return lines.map((line, i) => {
    try {
      return JSON.parse(line);
    } catch (cause) {
      throw new DataError(`is damaged: ${reason(cause)}`, { source: path, row: i + 1 }, { cause });
    }
  });
}

/** Appends a record as one line of JSON, which has no NaN: give null. Throws FileError when that fails. */
export async function appendRecord(path: string, record: object): Promise<void> {
  await guard(path, appendFile(path, `${JSON.stringify(record)}\n`, { flush: true }));
}

async function readExisting(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw new DataError(`cannot be read: ${reason(error)}`, { source: path }, { cause: error });
  }
}

async function guard(path: string, action: Promise<void>): Promise<void> {
  await action.catch((error: unknown) => {
    throw fileError("write", path, error);
  });
}
