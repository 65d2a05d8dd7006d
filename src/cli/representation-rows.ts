import { createHash } from "node:crypto";
import { ConfigError, DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import {
  type Column,
  findFeatures,
  openTables,
  readInputFile,
  readMatrix,
  readRepresentation,
  type TableSet,
} from "../node/index.ts";

/** Rows of the representation that a model without an encoder was fitted to, and the tables they come with. */
export interface RepresentationRows {
  /** h, rows × d. */
  readonly representation: Matrix;
  /** Null when there is a .npy file alone. */
  readonly tables: TableSet | null;
  readonly fingerprint: string;
  close(): void;
}

/**
 * Reads new rows of a representation: the columns of tables that the model knows, or the numbers of a .npy file, beside
 * which tables of as many rows may hold tasks, targets and names.
 * @throws ConfigError and DataError for rows that the model cannot read
 */
export async function openRepresentationRows(
  model: FittedModel,
  files: readonly string[],
): Promise<RepresentationRows> {
  const arrays = files.filter(isArray);
  const others = files.filter((file) => !isArray(file));
  if (arrays.length > 1) throw new ConfigError(`${arrays.join(", ")}: one .npy file holds the whole representation`);
  const [array] = arrays;
  if (array !== undefined && others.length === 0) {
    const representation = await readRepresentationArray(model, array);
    return { representation, tables: null, fingerprint: await fingerprintArray(array), close: () => undefined };
  }
  const tables = await openTables(others);
  try {
    if (array === undefined) {
      const representation = await readRepresentation(tables, await representationColumns(model, tables));
      return { representation, tables, fingerprint: tables.fingerprint, close: tables.close };
    }
    const representation = await readRepresentationArray(model, array);
    if (representation.rows !== tables.rows) {
      throw new DataError(`${representation.rows} rows, but ${tables.rows} in ${others[0]}`, { source: array });
    }
    const fingerprint = await fingerprintArray(array, tables.fingerprint);
    return { representation, tables, fingerprint, close: tables.close };
  } catch (error) {
    tables.close();
    throw error;
  }
}

/** Whether a file of that name holds an array instead of a table. */
export function isArray(file: string): boolean {
  return file.toLowerCase().endsWith(".npy");
}

async function fingerprintArray(file: string, others = ""): Promise<string> {
  return createHash("sha256")
    .update(await readInputFile(file))
    .update(others)
    .digest("hex");
}

/** The representation in a .npy file. Throws DataError where it has other columns than the model, or is not finite. */
export async function readRepresentationArray({ mtlcm }: FittedModel, file: string): Promise<Matrix> {
  const h = await readMatrix(file);
  const d = mtlcm.mean.length;
  if (h.cols !== d) throw new DataError(`${h.cols} columns, but the model was fitted to ${d}`, { source: file });
  const bad = h.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const [row, column] = [Math.floor(bad / d) + 1, String((bad % d) + 1)];
    throw new DataError("not a finite number", { source: file, row, column });
  }
  return h;
}

/** The columns that the model was fitted to; where they had no names, all columns of numbers, if there are as many. */
export async function representationColumns(
  { featureNames, mtlcm }: FittedModel,
  tables: TableSet,
): Promise<readonly Column[]> {
  if (featureNames.length > 0) return findFeatures(tables, featureNames);
  const numeric = tables.columns.filter((column) => column.numeric);
  const d = mtlcm.mean.length;
  if (numeric.length === d) return numeric;
  throw new ConfigError(
    `the model was fitted to ${d} columns without names, and the table has ${numeric.length} columns of numbers; ` +
      `give a table of these ${d} alone, or them as a .npy file`,
  );
}
