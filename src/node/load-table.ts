import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError, TaskprismError } from "../errors.ts";
import { quotePath, readRow, readRows } from "./database.ts";
import { loadCsv } from "./load-csv.ts";
import type { TableFile } from "./table-file.ts";

/** A column of a table or view of the database. */
export interface LoadedColumn {
  /** Its name in the file; empty where the file gives it none. */
  readonly name: string;
  /** The name by which SQL knows it. */
  readonly field: string;
  /** Its type in SQL. */
  readonly type: string;
}

/** A table file that the database can be asked about. */
export interface LoadedTable {
  readonly columns: readonly LoadedColumn[];
  readonly rows: number;
}

/**
 * Makes a table file known to the database as `relation`, rows in the order of the file: text is read into a
 * table, Parquet stays where it is.
 *
 * Throws DataError, with the row where there is one, when the file is damaged, is not what its name says, or has no rows.
 */
export async function loadTable(connection: DuckDBConnection, relation: string, file: TableFile): Promise<LoadedTable> {
  try {
    const columns = await load(connection, relation, file);
    const counted = await readRow(connection, `SELECT count(*) AS rows FROM ${relation}`);
    const rows = Number(counted?.rows);
    if (rows === 0) throw new DataError("has no rows", { source: file.path });
    return { columns, rows };
  } catch (error) {
    throw error instanceof TaskprismError ? error : readingError(error, file);
  }
}

function load(connection: DuckDBConnection, relation: string, file: TableFile): Promise<LoadedColumn[]> {
  const path = quotePath(file.path);
  switch (file.kind) {
    case "csv":
    case "tsv":
      return loadCsv(connection, relation, file);
    case "parquet":
      return loadSelfDescribed(connection, `VIEW ${relation}`, `read_parquet(${path})`);
    case "json":
      return loadSelfDescribed(connection, `TABLE ${relation}`, readJson(path, "auto"));
    case "jsonl":
      return loadSelfDescribed(connection, `TABLE ${relation}`, readJson(path, "newline_delimited"));
  }
}

/** All of the file is sampled for its types: a type guessed from its first rows would round what it does not expect. */
function readJson(path: string, layout: string): string {
  return `read_json(${path}, format = '${layout}', records = true, sample_size = -1)`;
}

async function loadSelfDescribed(connection: DuckDBConnection, made: string, scan: string): Promise<LoadedColumn[]> {
  const described = await readRows(connection, `DESCRIBE FROM ${scan}`);
  const columns = described.map(({ column_name: name, column_type: type }, i) => ({
    name: String(name),
    field: `c${i}`,
    type: String(type),
  }));
  await connection.run(`CREATE ${made} AS FROM ${scan} AS file(${columns.map(({ field }) => field).join(", ")})`);
  return columns;
}

/** The DataError, one line, for what DuckDB says of a file that it cannot read. */
function readingError(cause: unknown, { path: source, kind }: TableFile): DataError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [line = ""] = message.replace(/^[\w ]*Error: /, "").split("\n");
  const refuse = (problem: string, row?: number) =>
    new DataError(problem, { source, ...(row !== undefined && { row }) }, { cause });
  if (/unicode|utf-?8/i.test(message)) return refuse("is not UTF-8 text: save it as UTF-8");
  if (kind === "parquet")
    return refuse(`is not a sound Parquet file: ${line.replace(/ (at end of|in) file '.*'/, "")}`);
  if (/expected records/.test(line))
    return refuse("holds no table: it should be JSON objects, one a row, at least one");
  const [, row, problem = ""] = /^Malformed JSON .* in (?:line|record\/value) (\d+): (.*?)\.? *$/.exec(line) ?? [];
  return row === undefined ? refuse(line) : refuse(`is malformed JSON: ${problem}`, Number(row));
}
