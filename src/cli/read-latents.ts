import { DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { takeColumns } from "../linalg/matrix.ts";
import { locate, openRun, readMatrix, readNumericTable } from "../node/index.ts";
import { isFolder } from "./load-model.ts";

/**
 * The latents at `path`: of a run folder, an array in a .npy file, or a table, of which the columns z0, z1, … are taken
 * where there are such, else every numeric column.
 */
export async function readLatents(path: string): Promise<Matrix> {
  const file = (await isFolder(path)) ? locate(await openRun(path), "latents") : path;
  if (file.endsWith(".npy")) return readMatrix(file);
  const table = await readNumericTable(file);
  const columns = table.columnNames.flatMap((name, j) => (/^z\d+$/.test(name) ? [j] : []));
  if (table.cols === 0) throw new DataError("holds no column of numbers", { source: file });
  return columns.length > 0 ? takeColumns(table, columns) : table;
}
