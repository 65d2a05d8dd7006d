import { type CsvHead, isNumber, readCsvHead } from "./csv-head.ts";
import { readRejects, rejectError } from "./csv-rejects.ts";
import { type Database, quotePath, quoteText } from "./database.ts";
import type { LoadedColumn } from "./load-table.ts";
import type { TableFile } from "./table-file.ts";

/** Fields that stand for a missing value. */
const missing = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"];

/**
 * Loads a CSV or TSV file into the new table `relation`, rows in the order of the file, and returns its columns.
 *
 * Columns of numbers become DOUBLE (an integer type would round what it does not expect), of true and false BOOLEAN,
 * all others VARCHAR.
 *
 * Throws DataError, with the row, when the file has no header (unless that is optional), a row with too many or too few
 * fields, an open quotation mark or text that is not UTF-8.
 */
export async function loadCsv(database: Database, relation: string, file: TableFile): Promise<LoadedColumn[]> {
  const { connection } = database;
  const head = await readCsvHead(file);
  const { names } = head;
  await database.boundMemory(names.length);
  let types = guessTypes(head);
  for (;;) {
    const columns = types.map((type, i) => `c${i}: '${type}'`).join(", ");
    const scan = `read_csv(${quotePath(file.path)}, ${dialect(head, file)}, auto_detect = false, columns = {${columns}}`;
    try {
      await connection.run(`CREATE TABLE ${relation} AS FROM ${scan})`);
      return names.map((name, i) => ({ name, field: `c${i}`, type: types[i] as string }));
    } catch (cause) {
      const rejects = await readRejects(connection, scan);
      const structural = rejects.find(({ kind }) => kind !== "CAST");
      if (structural) throw await rejectError(file, head, structural);
      if (rejects.length === 0) throw cause;
      const refuted = new Set(rejects.map(({ column }) => column - 1));
      types = types.map((type, i) => (refuted.has(i) ? "VARCHAR" : type));
    }
  }
}

function dialect({ delimiter, hasHeader }: CsvHead, { gzipped }: TableFile): string {
  const nulls = missing.map(quoteText).join(", ");
  const packing = `compression = '${gzipped ? "gzip" : "uncompressed"}'`;
  return `${packing}, delim = ${quoteText(delimiter)}, quote = '"', escape = '"', header = ${hasHeader}, skip = 0, nullstr = [${nulls}]`;
}

/** The type of each column in the sample. A wrong guess costs time only: reading the whole file refutes it. */
function guessTypes({ names, sample }: CsvHead): string[] {
  return names.map((_, i) => {
    const fields = sample.map((record) => record[i] ?? "").filter((field) => !missing.includes(field));
    if (fields.every(isNumber)) return "DOUBLE";
    return fields.every((field) => /^(true|false)$/i.test(field)) ? "BOOLEAN" : "VARCHAR";
  });
}
