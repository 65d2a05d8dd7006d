import type { DuckDBVector } from "@duckdb/node-api";
import { DataError } from "../errors.ts";
import { type Database, readChunks } from "./database.ts";
import { reason } from "./file-error.ts";
import { asDouble, asText } from "./numeric-column.ts";
import { type RowTasks, tasksFromNumbers, tasksFromTexts } from "./row-tasks.ts";
import type { Column, TableSet } from "./tables.ts";

/**
 * Writes the columns, side by side, into `out`: rows × columns, row-major, NaN where a value is missing.
 *
 * Values go from DuckDB's vectors to `out` one number at a time; no row and no column is ever an array of its own.
 */
export async function readNumbersInto<Numbers extends Float32Array | Float64Array>(
  { database }: TableSet,
  columns: readonly Column[],
  out: Numbers,
): Promise<Numbers> {
  for (const relation of new Set(columns.map((column) => column.relation))) {
    const places = columns.flatMap((column, place) => (column.relation === relation ? [place] : []));
    const fields = places.map((place) => asDouble(columns[place] as Column)).join(", ");
    let start = 0;
    for await (const chunk of readFields(database, fields, columns[places[0] as number] as Column)) {
      places.forEach((place, i) => {
        scatter(chunk.getColumnVector(i) as DuckDBVector<number>, out, start + place, columns.length);
      });
      start += chunk.rowCount * columns.length;
    }
  }
  return out;
}

/** The column as texts, one a row; null where it is missing. */
export async function readTexts({ database }: TableSet, column: Column): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for await (const chunk of readFields(database, asText(column), column)) {
    for (const value of chunk.getColumnValues(0)) texts.push(value as string | null);
  }
  return texts;
}

/**
 * The tasks that the rows name in a column of any type: numbers in ascending order, texts as they first appear.
 *
 * @throws DataError, with file, row and column, where the task is missing.
 */
export async function readTasks(tables: TableSet, column: Column): Promise<RowTasks> {
  const location = { source: column.source, column: column.name };
  if (!column.numeric) return tasksFromTexts(await readTexts(tables, column), location);
  return tasksFromNumbers(await readNumbersInto(tables, [column], new Float64Array(tables.rows)), location);
}

/** The chunks of some fields of the table of `column`; a file that turns out to be damaged is named. */
async function* readFields(database: Database, fields: string, { relation, source }: Column) {
  try {
    yield* readChunks(database, `SELECT ${fields} FROM ${relation}`);
  } catch (cause) {
    throw new DataError(`cannot be read: ${reason(cause)}`, { source }, { cause });
  }
}

/** Writes a vector without gaps to every `stride`th place of `out` from `start` on. */
function scatter(vector: DuckDBVector<number>, out: Float32Array | Float64Array, start: number, stride: number): void {
  const count = vector.itemCount;
  for (let i = 0; i < count; i++) out[start + i * stride] = vector.getItem(i) as number;
}
