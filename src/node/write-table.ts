import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBVector,
  FLOAT,
  INTEGER,
  VARCHAR,
} from "@duckdb/node-api";
import { ConfigError, ShapeError } from "../errors.ts";
import { replaceFile } from "./atomic-write.ts";
import { openDatabase, quoteName, quoteText } from "./database.ts";
import { FileError } from "./file-error.ts";
import { type TableFile, tableFile } from "./table-file.ts";

/** The values of a column, one a row; NaN and null are missing values. */
export type ColumnValues = Float64Array | Float32Array | Int32Array | readonly (string | null)[];

/** A column to be written. */
export interface NamedColumn {
  readonly name: string;
  readonly values: ColumnValues;
}

/** Rows that DuckDB takes at a time. */
const chunkRows = 2048;

/**
 * Writes a table to `path` in the format its ending names (.csv, .tsv, .json, .jsonl, each also with .gz, .parquet);
 * the file is replaced as a whole or not at all. Numbers are written so that they read back as the same numbers.
 *
 * @param columns At least one, all of the same length.
 * @throws ShapeError when the columns differ in length; ConfigError for an ending that is no format, no columns, or two
 *   names that are the same but for the case of their letters; FileError when the file cannot be written.
 */
export async function writeTable(path: string, columns: readonly NamedColumn[]): Promise<void> {
  const file = tableFile(path);
  checkColumns(path, columns);
  const database = await openDatabase();
  try {
    await fillTable(database.connection, columns);
    const fields = columns.map(({ name }, i) => `c${i} AS ${quoteName(name)}`).join(", ");
    await replaceFile(path, async (temporary) => {
      const options = `${copyOptions(file)}, USE_TMP_FILE false`;
      const copy = `COPY (SELECT ${fields} FROM written) TO ${quoteText(temporary)} (${options})`;
      await database.connection.run(copy).catch((cause: unknown) => {
        throw writingError(path, cause);
      });
    });
  } finally {
    database.close();
  }
}

async function fillTable(connection: DuckDBConnection, columns: readonly NamedColumn[]): Promise<void> {
  const types = columns.map(({ values }) => columnType(values));
  await connection.run(`CREATE TABLE written (${types.map((type, i) => `c${i} ${type}`).join(", ")})`);
  const appender = await connection.createAppender("written");
  const rows = columns[0]?.values.length ?? 0;
  for (let start = 0; start < rows; start += chunkRows) {
    const count = Math.min(chunkRows, rows - start);
    const chunk = DuckDBDataChunk.create(types, count);
    columns.forEach(({ values }, i) => void fillVector(chunk.getColumnVector(i), values, start, count));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function fillVector(vector: DuckDBVector, values: ColumnValues, start: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const value = values[start + i] as string | number | null;
    vector.setItem(i, Number.isNaN(value) ? null : value);
  }
  vector.flush();
}

function columnType(values: ColumnValues): DuckDBType {
  if (values instanceof Float64Array) return DOUBLE;
  if (values instanceof Float32Array) return FLOAT;
  return values instanceof Int32Array ? INTEGER : VARCHAR;
}

/** How a table of this kind is written, as options of COPY. */
export function copyOptions({ kind, gzipped }: TableFile): string {
  const compression = gzipped ? ", COMPRESSION gzip" : "";
  switch (kind) {
    case "csv":
    case "tsv":
      return `FORMAT csv, HEADER, DELIMITER '${kind === "csv" ? "," : "\t"}'${compression}`;
    case "parquet":
      return "FORMAT parquet, COMPRESSION zstd";
    case "json":
    case "jsonl":
      return `FORMAT json, ARRAY ${kind === "json"}${compression}`;
  }
}

function checkColumns(path: string, columns: readonly NamedColumn[]): void {
  const [first] = columns;
  if (first === undefined) throw new ConfigError(`${path}: a table needs at least one column`);
  const names = new Map<string, string>();
  for (const { name, values } of columns) {
    if (values.length !== first.values.length) {
      throw new ShapeError(
        `writeTable: '${first.name}' has ${first.values.length} rows, '${name}' has ${values.length}`,
      );
    }
    const other = names.get(name.toLowerCase());
    if (other !== undefined) {
      throw new ConfigError(`${path}: the columns '${other}' and '${name}' need names that differ in more than case`);
    }
    names.set(name.toLowerCase(), name);
  }
}

/** The FileError for what DuckDB says of a file that it cannot write, which ends in the operating system's words. */
export function writingError(path: string, cause: unknown): FileError {
  const [line = ""] = String(cause instanceof Error ? cause.message : cause).split("\n");
  const words = line.endsWith("No space left on device") ? "no space left on the disk" : line.split(": ").at(-1);
  return new FileError(`cannot write ${path}: ${words}`, { cause });
}
