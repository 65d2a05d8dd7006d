import { DataError } from "../../src/errors.ts";
import { readCsv } from "./read-csv.ts";
import { readParquet } from "./read-parquet.ts";
import type { Table } from "./table.ts";

/** Files that can be dropped, by the end of their names. */
export const TABLE_FILES = [".csv", ".tsv", ".txt", ".parquet"];

/**
 * A table out of a file that was dropped or chosen.
 *
 * @throws DataError naming the file, and row and column where there are any, when it is of another kind or damaged.
 */
export async function readTable(file: File): Promise<Table> {
  const { name: source } = file;
  const bytes = await file.arrayBuffer();
  const isParquet = source.toLowerCase().endsWith(".parquet");
  if (!TABLE_FILES.some((ending) => source.toLowerCase().endsWith(ending))) {
    throw new DataError("is no table that can be read here; CSV and Parquet are, and model.safetensors", { source });
  }
  const columns = isParquet ? await readParquet(bytes, source) : readCsv(textOf(bytes, source), source);
  return { source, rows: columns[0]?.values.length ?? 0, columns, fingerprint: await sha256(bytes) };
}

function textOf(bytes: ArrayBuffer, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DataError("is not text in UTF-8", { source }, { cause });
  }
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
