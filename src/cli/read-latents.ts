import { existsSync } from "node:fs";
import { DataError } from "../errors.ts";
import { takeColumns } from "../linalg/matrix.ts";
import { locate, type NamedMatrix, openRun, readMatrix, readNumericTable } from "../node/index.ts";
import { isFolder } from "./load-model.ts";

/**
 * The latents at `path`: of a run folder, an array in a .npy file, or a table, of which the columns z0, z1, … are taken
 * where there are such, else every numeric column. Throws DataError for a run that was fitted to moments and has none.
 */
export async function readLatents(path: string): Promise<NamedMatrix> {
  const file = (await isFolder(path)) ? await latentsOfRun(path) : path;
  if (file.endsWith(".npy")) return readMatrix(file);
  const table = await readNumericTable(file);
  const columns = table.columnNames.flatMap((name, j) => (/^z\d+$/.test(name) ? [j] : []));
  if (table.cols === 0) throw new DataError("holds no column of numbers", { source: file });
  if (columns.length === 0) return table;
  return { ...takeColumns(table, columns), columnNames: columns.map((j) => table.columnNames[j] as string) };
}

async function latentsOfRun(path: string): Promise<string> {
  const file = locate(await openRun(path), "latents");
  if (existsSync(file)) return file;
  const remedy = `taskprism transform ${path} TABLE --out FILE writes those of a table; compare and score take FILE`;
  throw new DataError(`fitted to moments, so the run has no latents: ${remedy}`, { source: path });
}
