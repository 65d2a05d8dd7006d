import Papa from "papaparse";
import { DataError } from "../../src/errors.ts";
import { type Column, columnOf } from "./table.ts";

/**
 * The columns of comma-, semicolon- or tab-separated text whose first line names them.
 *
 * @param source the file's name, for messages.
 * @throws DataError naming file, row and column for a line with too few or too many values, an open quotation mark, a name
 *   that occurs twice, or a file without rows.
 */
export function readCsv(text: string, source: string): Column[] {
  const { data, errors } = Papa.parse<string[]>(text, { skipEmptyLines: "greedy" });
  const broken = errors.find(({ type }) => type === "Quotes");
  if (broken)
    throw new DataError(`a quotation mark is not closed or stands inside a value`, located(source, broken.row));
  const [names, ...rows] = data;
  if (names === undefined || rows.length === 0) {
    throw new DataError("no rows; the first line names the columns, and each line after it is a row", { source });
  }
  checkNames(names, source);
  rows.forEach((row, i) => {
    if (row.length === names.length) return;
    const column = row.length < names.length ? names[row.length] : names.at(-1);
    throw new DataError(`the row has ${row.length} values; the first line names ${names.length} columns`, {
      source,
      row: i + 1,
      ...(column !== undefined && { column }),
    });
  });
  return names.map((name, j) =>
    columnOf(
      name.trim(),
      rows.map((row) => row[j] as string),
    ),
  );
}

const located = (source: string, row: number | undefined) => ({ source, ...(row !== undefined && { row }) });

function checkNames(names: readonly string[], source: string): void {
  names.forEach((name, j) => {
    if (name.trim() === "") throw new DataError(`column ${j + 1} has no name in the first line`, { source });
    if (names.indexOf(name) !== j)
      throw new DataError("two columns have this name; names must differ", { source, column: name });
  });
}
