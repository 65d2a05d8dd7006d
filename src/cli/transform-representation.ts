import { ConfigError, DataError } from "../errors.ts";
import { type FittedModel, latentNames } from "../model/fitted-model.ts";
import { latentsOf } from "../model/unmix.ts";
import {
  type Column,
  findFeatures,
  findRowNames,
  mapTableSteps,
  openTables,
  readMatrix,
  type TableSet,
  writeNpy,
  writeTable,
} from "../node/index.ts";
import { createProgress } from "./progress.ts";
import { latentColumns } from "./run-results.ts";
import { scanShare } from "./scan-share.ts";
import type { TransformFlags } from "./transform.ts";

/** What the database may hold: rows stream through it, so that more would not make it faster. */
const LIMITS = { memory: "512MB" } as const;

/**
 * Writes the latents of rows whose representation is at hand, for a model without an encoder: a table with the columns
 * of the representation, of any size, or its numbers in a .npy file.
 * @returns how many rows
 */
export async function transformRepresentation(
  model: FittedModel,
  files: readonly string[],
  flags: TransformFlags,
): Promise<number> {
  const npy = files.find((file) => file.toLowerCase().endsWith(".npy"));
  return npy === undefined ? transformTable(model, files, flags) : transformArray(model, npy, files.length, flags);
}

async function transformTable(model: FittedModel, files: readonly string[], flags: TransformFlags): Promise<number> {
  const { mtlcm } = model;
  const progress = createProgress(flags.quiet);
  const tables = await openTables(files, LIMITS);
  try {
    const columns = await representationColumns(model, tables);
    const id = flags.id === undefined ? undefined : findRowNames(tables, flags.id);
    const map = { map: mtlcm.unmixing, mean: mtlcm.mean };
    const names = latentNames(mtlcm.unmixing.rows);
    for await (const step of mapTableSteps(tables, { columns, map, names, id }, flags.out)) {
      progress.update({ phase: "latents", done: scanShare(step), total: 1, detail: flags.out });
    }
    return tables.rows;
  } finally {
    progress.stop();
    tables.close();
  }
}

/** The columns that the model was fitted to; where they had no names, all columns of numbers, if there are as many. */
async function representationColumns(
  { featureNames, mtlcm }: FittedModel,
  tables: TableSet,
): Promise<readonly Column[]> {
  if (featureNames.length > 0) return findFeatures(tables, featureNames);
  const numeric = tables.columns.filter((column) => column.numeric);
  const d = mtlcm.mean.length;
  if (numeric.length === d) return numeric;
  throw new ConfigError(
    `the model was fitted to ${d} columns without names, and the table has ${numeric.length} columns of numbers; give a table of these ${d} alone`,
  );
}

async function transformArray(
  { mtlcm }: FittedModel,
  file: string,
  files: number,
  { out, id }: TransformFlags,
): Promise<number> {
  if (files > 1 || id !== undefined) {
    throw new ConfigError(
      `${file}: a .npy file holds the whole representation and no names; give it alone, without --id`,
    );
  }
  const h = await readMatrix(file);
  const d = mtlcm.mean.length;
  if (h.cols !== d) throw new DataError(`${h.cols} columns, but the model was fitted to ${d}`, { source: file });
  const bad = h.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const [row, column] = [Math.floor(bad / d) + 1, String((bad % d) + 1)];
    throw new DataError("not a finite number", { source: file, row, column });
  }
  const latents = latentsOf(mtlcm, h);
  if (out.toLowerCase().endsWith(".npy")) await writeNpy(out, latents);
  else await writeTable(out, latentColumns(latents));
  return h.rows;
}
