import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { ConfigError } from "../errors.ts";
import type { CellResult } from "../experiments/run-cell.ts";
import { appendRecord, openRecords, writeFileAtomically } from "../node/index.ts";
import { VERSION } from "../version.ts";

/** The folder of an experiment, with the results that it holds so far. */
export interface ExperimentFolder {
  readonly path: string;
  /** By the id of their cells. */
  readonly results: ReadonlyMap<string, CellResult>;
  /** Adds a result, on the disk first. */
  store(result: CellResult): Promise<void>;
  /** Takes note of a cell whose process died: it counts as failed now, and runs again when the folder is opened again. */
  leave(result: CellResult): void;
}

const CELLS = "cells.jsonl";
const CONFIG = "config.yaml";

/**
 * Makes the folder of an experiment, or opens one for going on. Results of another version of this package, or of cells
 * that the configuration no longer has, stay in the file and are not used.
 *
 * @throws ConfigError for a folder that holds something else; DataError when its results are damaged.
 */
export async function openExperiment(
  path: string,
  config: object,
  { force = false }: { readonly force?: boolean },
): Promise<ExperimentFolder> {
  const present = await readdir(path).catch((): string[] => []);
  if (present.length > 0 && !present.includes(CONFIG)) {
    throw new ConfigError(`${path}: the folder is not empty and holds no experiment: choose another one`);
  }
  await mkdir(path, { recursive: true });
  const file = join(path, CELLS);
  if (force) await rm(file, { force: true });
  await writeFileAtomically(join(path, CONFIG), stringify({ version: VERSION, ...config }));
  const results = new Map<string, CellResult>();
  for (const record of (await openRecords(file)) as (CellResult & { version: string })[]) {
    const { version, ...result } = record;
    if (version === VERSION) results.set(result.id, result);
  }
  return {
    path,
    results,
    async store(result) {
      await appendRecord(file, { version: VERSION, ...result });
      results.set(result.id, result);
    },
    leave: (result) => void results.set(result.id, result),
  };
}
