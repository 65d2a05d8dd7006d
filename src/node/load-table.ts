import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError, TaskprismError } from "../errors.ts";
import { type Database, quotePath, readRow, readRows } from "./database.ts";
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
 * Makes a table file known to the database as `relation`, rows in the order of the file: text is read into a table,
 * which goes to temporary files where it outgrows the memory allowed; Parquet stays where it is. Either has a field
 * `rowid` that numbers the rows from 0.
 *
 * Throws DataError, with the row where there is one, when the file is damaged, is not what its name says, or has no rows.
 */
export async function loadTable(database: Database, relation: string, file: TableFile): Promise<LoadedTable> {
  const { connection } = database;
  try {
    const columns = await load(database, relation, file);
    const counted = await readRow(connection, `SELECT count(*) AS rows FROM ${relation}`);
    const rows = Number(counted?.rows);
    if (rows === 0) throw new DataError("has no rows", { source: file.path });
    return { columns, rows };
  } catch (error) {
    throw error instanceof TaskprismError ? error : readingError(error, file);
  }
}

function load(database: Database, relation: string, file: TableFile): Promise<LoadedColumn[]> {
  const { connection } = database;
  switch (file.kind) {
    case "csv":
    case "tsv":
      return loadCsv(database, relation, file);
    case "parquet":
      return loadParquet(connection, relation, file);
    case "json":
      return loadJson(connection, relation, file, "auto");
    case "jsonl":
      return loadJson(connection, relation, file, "newline_delimited");
  }
}

async function loadParquet(connection: DuckDBConnection, relation: string, file: TableFile): Promise<LoadedColumn[]> {
  const path = quotePath(file.path);
  const columns = await describe(connection, `read_parquet(${path})`);
  const taken = columns.some(({ name }) => name.toLowerCase() === "file_row_number");
  const scan = taken
    ? `(SELECT *, row_number() OVER () - 1 FROM read_parquet(${path}))`
    : `read_parquet(${path}, file_row_number = true)`;
  await connection.run(`CREATE VIEW ${relation} AS FROM ${scan} AS file(${fieldList(columns)}, rowid)`);
  return columns;
}

async function loadJson(
  connection: DuckDBConnection,
  relation: string,
  { path, gzipped }: TableFile,
  layout: string,
): Promise<LoadedColumn[]> {
  const reading = `format = '${layout}', records = true, compression = '${gzipped ? "gzip" : "uncompressed"}'`;
  // All of the file is sampled for its types: one guessed from its first rows would round what it does not expect.
  const scan = `read_json(${quotePath(path)}, ${reading}, sample_size = -1)`;
  const columns = await describe(connection, scan);
  await connection.run(`CREATE TABLE ${relation} AS FROM ${scan} AS file(${fieldList(columns)})`);
  return columns;
}

async function describe(connection: DuckDBConnection, scan: string): Promise<LoadedColumn[]> {
  const described = await readRows(connection, `DESCRIBE FROM ${scan}`);
  return described.map(({ column_name: name, column_type: type }, i) => ({
    name: String(name),
    field: `c${i}`,
    type: String(type),
  }));
}

function fieldList(columns: readonly LoadedColumn[]): string {
  return columns.map(({ field }) => field).join(", ");
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
