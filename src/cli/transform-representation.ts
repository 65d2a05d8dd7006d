import { ConfigError } from "../errors.ts";
import { type FittedModel, latentNames } from "../model/fitted-model.ts";
import { latentsOf } from "../model/unmix.ts";
import { findRowNames, mapTableSteps, openTables, writeNpy, writeTable } from "../node/index.ts";
import { createProgress } from "./progress.ts";
import { isArray, readRepresentationArray, representationColumns } from "./representation-rows.ts";
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
  const npy = files.find(isArray);
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

async function transformArray(
  model: FittedModel,
  file: string,
  files: number,
  { out, id }: TransformFlags,
): Promise<number> {
  if (files > 1 || id !== undefined) {
    throw new ConfigError(
      `${file}: a .npy file holds the whole representation and no names; give it alone, without --id`,
    );
  }
  const h = await readRepresentationArray(model, file);
  const latents = latentsOf(model.mtlcm, h);
  if (isArray(out)) await writeNpy(out, latents);
  else await writeTable(out, latentColumns(latents));
  return h.rows;
}
