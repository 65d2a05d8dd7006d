import { DataError } from "../errors.ts";
import { readRow } from "./database.ts";
import type { Column, TableSet } from "./tables.ts";

/** A value of a column that is not a number, and the row in which it stands first. */
export interface NotNumber {
  readonly row: number;
  readonly value: string;
}

/** How many characters of a value a message shows. */
const shown = 40;

/** The column as DOUBLE in SQL; NULL, and text that is no number, as NaN. */
export function asDouble(column: Column): string {
  const number = column.numeric ? `${column.field}::DOUBLE` : `TRY_CAST(${asText(column)} AS DOUBLE)`;
  return `coalesce(${number}, 'nan'::DOUBLE)`;
}

/** The column as VARCHAR in SQL; a JSON text without its quotation marks. */
export function asText({ field, type }: Column): string {
  return type === "JSON" ? `(${field} ->> '$')` : `${field}::VARCHAR`;
}

/** The DataError for the value of a column in a row (from 1) that cannot be used; `needed` says what would be right. */
export async function unusable(tables: TableSet, column: Column, row: number, needed: string): Promise<DataError> {
  const { source, name, relation } = column;
  const sql = `SELECT ${asText(column)} AS value FROM ${relation} WHERE rowid = ${row - 1}`;
  const found = await readRow(tables.database.connection, sql);
  const problem = typeof found?.value === "string" ? `${found.value} is out of range` : "is missing";
  return new DataError(`${problem}: ${needed}`, { source, row, column: name });
}

/** The first value of a column that is not a number; undefined when all values are numbers or missing. */
export async function firstNotNumber({ database }: TableSet, column: Column): Promise<NotNumber | undefined> {
  if (column.numeric) return undefined;
  const isNotNumber = `${asText(column)} IS NOT NULL AND TRY_CAST(${asText(column)} AS DOUBLE) IS NULL`;
  const found = await readRow(
    database.connection,
    `SELECT rowid + 1 AS row, ${asText(column)} AS value FROM ${column.relation} WHERE ${isNotNumber} ORDER BY rowid LIMIT 1`,
  );
  const value = String(found?.value);
  return found && { row: Number(found.row), value: value.length > shown ? `${value.slice(0, shown)}…` : value };
}

/** Throws DataError, naming the first row that is to blame, unless all values of the column are numbers or missing. */
export async function requireNumeric(tables: TableSet, column: Column): Promise<void> {
  const found = await firstNotNumber(tables, column);
  if (found !== undefined) throw notNumberError(column, found);
}

/** The DataError for a value that is not a number. */
export function notNumberError({ source, name }: Column, { row, value }: NotNumber): DataError {
  return new DataError(`${JSON.stringify(value)} is not a number`, { source, row, column: name });
}
