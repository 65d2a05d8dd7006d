import type { DuckDBVector } from "@duckdb/node-api";
import { ConfigError } from "../errors.ts";
import type { CentredMap } from "../linalg/centred-map.ts";
import { replaceFile } from "./atomic-write.ts";
import { quoteName, quoteText, readChunks } from "./database.ts";
import { refuseNotFinite } from "./moment-centres.ts";
import { writeNpyPieces } from "./npy-stream.ts";
import { asDouble, asText } from "./numeric-column.ts";
import { tableFile } from "./table-file.ts";
import type { Column, TableSet } from "./tables.ts";
import { type ScanStep, watch, watchQuery } from "./watch-scan.ts";
import { copyOptions, writingError } from "./write-table.ts";

/** A linear map of columns of a table, to be written to a file. */
export interface MappedColumns {
  /** k columns of one file, in the order in which the map takes them. */
  readonly columns: readonly Column[];
  /** d × k. */
  readonly map: CentredMap;
  /** What the d results are called. */
  readonly names: readonly string[];
  /** A column that names the rows, copied beside the results. */
  readonly id?: Column | undefined;
}

/**
 * Writes map · (x − mean) for every row of a table of any size, rows in its order: to a table, with `row` (from 1) and
 * `id` before the results, or to a .npy file of the results alone. The database maps and writes, a few thousand rows at
 * a time; the file is replaced as a whole or not at all.
 *
 * @throws ConfigError when the columns come from several files; DataError, naming file, row and column, for a number that
 *   is missing or infinite; FileError when the file cannot be written.
 */
export async function* mapTableSteps(
  tables: TableSet,
  mapped: MappedColumns,
  path: string,
): AsyncGenerator<ScanStep, void> {
  checkOneFile(mapped);
  const npy = path.toLowerCase().endsWith(".npy");
  if (!npy) tableFile(path);
  yield* refuseNotFinite(tables, mapped.columns, { scan: 0, scans: 2 });
  yield* npy ? writeNumbers(tables, mapped, path) : writeRows(tables, mapped, path);
}

function writeRows(tables: TableSet, mapped: MappedColumns, path: string): AsyncGenerator<ScanStep, void> {
  const options = copyOptions(tableFile(path));
  const { id } = mapped;
  const named = id === undefined ? [] : [`coalesce(${asText(id)}, '') AS id`];
  const query = resultQuery(mapped, ["(rowid + 1)::INTEGER AS row", ...named]);
  const copying = replaceFile(path, async (temporary) => {
    const copy = `COPY (${query}) TO ${quoteText(temporary)} (${options}, USE_TMP_FILE false)`;
    await tables.database.connection.run(copy).catch((cause: unknown) => {
      throw writingError(path, cause);
    });
  });
  return watchQuery(tables, copying, { scan: 1, scans: 2 });
}

function writeNumbers(tables: TableSet, mapped: MappedColumns, path: string): AsyncGenerator<ScanStep, void> {
  const { rows, database } = tables;
  const d = mapped.names.length;
  const state = { read: 0, stopped: false };
  const pieces = async function* () {
    for await (const chunk of readChunks(database, resultQuery(mapped, []))) {
      if (state.stopped) return;
      const piece = new Float64Array(chunk.rowCount * d);
      for (let j = 0; j < d; j++) {
        const vector = chunk.getColumnVector(j) as DuckDBVector<number>;
        for (let i = 0; i < chunk.rowCount; i++) piece[i * d + j] = vector.getItem(i) as number;
      }
      state.read += chunk.rowCount;
      yield piece;
    }
  };
  const step = () => ({ scan: 1, scans: 2, read: state.read, rows });
  return watch(writeNpyPieces(path, rows, d, pieces()), step, () => {
    state.stopped = true;
  });
}

/** The map in SQL, its sums taken in the order of `applyCentredMap`. */
function resultQuery({ columns, map: { map, mean }, names }: MappedColumns, before: readonly string[]): string {
  const number = (value: number) => `${quoteText(String(value))}::DOUBLE`;
  const centred = columns.map((column, k) => `${asDouble(column)} - ${number(mean[k] as number)} AS d${k}`);
  const results = names.map((name, j) => {
    const terms = columns.map((_, k) => `${number(map.data[j * columns.length + k] as number)} * d${k}`);
    return `${terms.join(" + ")} AS ${quoteName(name)}`;
  });
  return `SELECT ${[...before, ...results].join(", ")} FROM (SELECT *, rowid, ${centred.join(", ")} FROM ${columns[0]?.relation})`;
}

function checkOneFile({ columns, id }: MappedColumns): void {
  const files = new Set([...columns, ...(id ? [id] : [])].map(({ source }) => source));
  if (files.size > 1) {
    throw new ConfigError(
      `the columns of a representation, and of its rows' names, are read from one file, not from ${[...files].join(" and ")}`,
    );
  }
}
