import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError } from "../errors.ts";
import type { CsvHead } from "./csv-head.ts";
import { readRows } from "./database.ts";
import type { TableFile } from "./table-file.ts";

/** A place where a CSV file is not what its reader was told to expect. */
export interface Reject {
  /** Line, from 1, a header counted. */
  readonly line: number;
  /** Number of the column, from 1. */
  readonly column: number;
  /** DuckDB's name for what is wrong; CAST for a value of another type. */
  readonly kind: string;
  readonly message: string;
}

/** The rejects of `scan`, a call of `read_csv` that lacks its closing parenthesis, in the order of the file. */
export async function readRejects(connection: DuckDBConnection, scan: string): Promise<Reject[]> {
  try {
    await connection.run(`CREATE TEMP TABLE scanned AS FROM ${scan}, store_rejects = true, rejects_limit = 10000)`);
    const rejects = await readRows(
      connection,
      "SELECT line, column_idx, error_type::VARCHAR AS kind, error_message FROM reject_errors ORDER BY line, column_idx",
    );
    return rejects.map(({ line, column_idx: column, kind, error_message: message }) => ({
      line: Number(line),
      column: Number(column),
      kind: String(kind),
      message: String(message),
    }));
  } finally {
    for (const table of ["scanned", "reject_errors", "reject_scans"]) {
      await connection.run(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}

/** The DataError for a row whose fields could not be told apart. */
export async function rejectError(file: TableFile, { names, hasHeader }: CsvHead, reject: Reject): Promise<DataError> {
  const skipped = names.length === 1 ? 0 : await countEmptyLines(file, reject.line);
  const row = reject.line - skipped - (hasHeader ? 1 : 0);
  return new DataError(describe(reject, names.length), { source: file.path, row });
}

function describe({ kind, message }: Reject, width: number): string {
  switch (kind) {
    case "MISSING COLUMNS":
      return `has ${/Found: (\d+)/.exec(message)?.[1]} of ${width} fields`;
    case "TOO MANY COLUMNS":
      return `has more than ${width} fields`;
    case "UNQUOTED VALUE":
      return "has a quotation mark that is not closed, or text after the closing one";
    case "INVALID ENCODING":
      return "is not UTF-8 text: save the file as UTF-8";
    default:
      return message.split("\n", 1)[0] ?? kind;
  }
}

/** How many of the lines before `line` are empty: such lines are no rows where a row has several fields. */
async function countEmptyLines({ path, gzipped }: TableFile, line: number): Promise<number> {
  const file = createReadStream(path);
  const input = gzipped ? file.pipe(createGunzip()) : file;
  let [read, empty] = [0, 0];
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      if (++read >= line) break;
      if (text === "") empty++;
    }
  } finally {
    file.destroy();
  }
  return empty;
}
