import { DataError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { readInputFile } from "./input-file.ts";
import { decodeNpy, encodeNpy, type NpyArray } from "./npy.ts";
import { requireNumeric } from "./numeric-column.ts";
import { readNumbersInto, readTasks } from "./read-columns.ts";
import { type RowTasks, tasksFromIntegers, tasksFromTexts } from "./row-tasks.ts";
import { openTables, type TableSet } from "./tables.ts";

/** A matrix, and what its columns are called where the file says so. */
export interface NamedMatrix extends Matrix {
  readonly columnNames?: readonly string[];
}

/**
 * The matrix in the file at `path`: an array of a .npy file (a vector is one column), or all columns of a table.
 * Missing values are NaN.
 *
 * @throws DataError for a file that is missing, damaged, or holds text where numbers should be (row and column named).
 */
export async function readMatrix(path: string): Promise<NamedMatrix> {
  if (isNpy(path)) {
    const { kind, shape, data } = await readNpy(path);
    if (kind === "text") throw new DataError("holds text, not numbers", { source: path });
    const [rows = 1, cols = 1] = shape;
    return matrix(rows, cols, data);
  }
  return withTable(path, async (tables) => {
    const { columns, rows } = tables;
    for (const column of columns) await requireNumeric(tables, column);
    const data = await readNumbersInto(tables, columns, new Float64Array(rows * columns.length));
    return { ...matrix(rows, columns.length, data), columnNames: columns.map(({ name }) => name) };
  });
}

/** The columns of numbers of a table, rows × columns, with their names; columns of text are left out. */
export async function readNumericTable(
  path: string,
): Promise<NamedMatrix & { readonly columnNames: readonly string[] }> {
  return withTable(path, async (tables) => {
    const columns = tables.columns.filter(({ numeric }) => numeric);
    const data = await readNumbersInto(tables, columns, new Float64Array(tables.rows * columns.length));
    return { ...matrix(tables.rows, columns.length, data), columnNames: columns.map(({ name }) => name) };
  });
}

/**
 * The numbers in the file at `path`: a .npy file of one dimension (or one column, or one row), or a table of one column.
 *
 * @throws DataError as `readMatrix`, and for a matrix.
 */
export async function readVector(path: string): Promise<Float64Array> {
  const { rows, cols, data } = await readMatrix(path);
  if (cols !== 1 && rows !== 1) throw notVector(path, rows, cols);
  return data;
}

/**
 * The task of each row in the file at `path`: integers or texts, as a .npy file of one dimension or a table of one column.
 *
 * @throws DataError as `readVector`, and for a number that is not an integer, or a missing one.
 */
export async function readLabels(path: string): Promise<RowTasks> {
  if (!isNpy(path)) {
    return withTable(path, async (tables) => {
      const [column, ...others] = tables.columns;
      if (column === undefined || others.length > 0) throw notVector(path, tables.rows, tables.columns.length);
      if (!column.numeric) return readTasks(tables, column);
      const labels = await readNumbersInto(tables, [column], new Float64Array(tables.rows));
      return tasksFromIntegers(labels, { source: path, column: column.name });
    });
  }
  const labels = await readNpy(path);
  const [rows = 1, cols = 1] = labels.shape;
  if (rows !== 1 && cols !== 1) throw notVector(path, rows, cols);
  return labels.kind === "text"
    ? tasksFromTexts(labels.data, { source: path })
    : tasksFromIntegers(labels.data, { source: path });
}

/** Writes a matrix to a .npy file of doubles, rows × cols. Throws FileError when it cannot be written. */
export function writeNpy(path: string, { rows, cols, data }: Matrix): Promise<void> {
  return writeFileAtomically(path, encodeNpy([rows, cols], data));
}

function isNpy(path: string): boolean {
  return path.toLowerCase().endsWith(".npy");
}

async function readNpy(path: string): Promise<NpyArray> {
  return decodeNpy(await readInputFile(path), path);
}

async function withTable<Result>(path: string, use: (tables: TableSet) => Promise<Result>): Promise<Result> {
  const tables = await openTables([path], { headerOptional: true });
  try {
    return await use(tables);
  } finally {
    tables.close();
  }
}

function notVector(source: string, rows: number, cols: number): DataError {
  return new DataError(`holds ${rows} × ${cols} values, one row or one column is needed`, { source });
}
