import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError } from "../errors.ts";
import { type CsvHeader, readCsvHeader } from "./csv-header.ts";
import { readRejects, rejectError } from "./csv-rejects.ts";
import { quotePath, quoteText, readRows } from "./database.ts";
import type { LoadedColumn } from "./load-table.ts";
import type { TableFormat } from "./table-format.ts";

/** Fields that stand for a missing value. */
const missing = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"];

/** Rows from which the type of each column is guessed; the whole file then confirms or refutes it. */
const sampleRows = 1000;

/**
 * Loads a CSV or TSV file into the new table `relation`, rows in the order of the file, and returns its columns.
 *
 * Columns of numbers become DOUBLE (an integer type would round what it does not expect), of true and false BOOLEAN,
 * all others VARCHAR.
 *
 * Throws DataError, with the row, when the file has no header, a row with too many or too few fields, an open
 * quotation mark or text that is not UTF-8.
 */
export async function loadCsv(
  connection: DuckDBConnection,
  relation: string,
  path: string,
  format: TableFormat,
): Promise<LoadedColumn[]> {
  const header = await readCsvHeader(path, format);
  const { names } = header;
  checkNames(names, path);
  let types = await guessTypes(connection, path, header);
  for (;;) {
    const columns = types.map((type, i) => `c${i}: '${type}'`).join(", ");
    const scan = `read_csv(${quotePath(path)}, ${dialect(header)}, auto_detect = false, columns = {${columns}}`;
    try {
      await connection.run(`CREATE TABLE ${relation} AS FROM ${scan})`);
      return names.map((name, i) => ({ name, field: `c${i}`, type: types[i] as string }));
    } catch (cause) {
      const rejects = await readRejects(connection, scan);
      const structural = rejects.find(({ kind }) => kind !== "CAST");
      if (structural) throw await rejectError(path, format.gzipped, names.length, structural);
      if (rejects.length === 0) throw cause;
      const refuted = new Set(rejects.map(({ column }) => column - 1));
      types = types.map((type, i) => (refuted.has(i) ? "VARCHAR" : type));
    }
  }
}

function dialect({ delimiter }: CsvHeader): string {
  const nulls = missing.map(quoteText).join(", ");
  return `delim = ${quoteText(delimiter)}, quote = '"', escape = '"', header = true, skip = 0, nullstr = [${nulls}]`;
}

async function guessTypes(connection: DuckDBConnection, path: string, header: CsvHeader): Promise<string[]> {
  const sampling = `sample_size = ${sampleRows}, auto_type_candidates = ['BOOLEAN', 'DOUBLE', 'VARCHAR']`;
  const scan = `read_csv(${quotePath(path)}, ${dialect(header)}, ${sampling})`;
  const guessed = await readRows(connection, `DESCRIBE FROM ${scan}`).catch(() => []);
  // Rows that do not fit together leave nothing to guess from; loading the file then says which they are.
  if (guessed.length !== header.names.length) return header.names.map(() => "VARCHAR");
  return guessed.map(({ column_type: type }) => String(type));
}

function checkNames(names: readonly string[], source: string): void {
  if (names.every((name) => name !== "" && Number.isFinite(Number(name)))) {
    throw new DataError("has no header: its first line holds numbers, not the names of columns", { source });
  }
  const repeated = names.find((name, i) => name !== "" && names.indexOf(name) !== i);
  if (repeated !== undefined) throw new DataError("two columns have this name", { source, column: repeated });
}
