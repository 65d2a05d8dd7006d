import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { ConfigError } from "../errors.ts";
import type { SeedCell } from "../experiments/seeds/cells.ts";
import type { SeedCellResult } from "../experiments/seeds/run-cell.ts";
import { decodePlain, encodePlain } from "../model/plain-file.ts";
import type { FileFormat } from "../model/safetensors-format.ts";
import { readInputFile, writeFileAtomically } from "../node/index.ts";
import { VERSION } from "../version.ts";

/** The folder of an experiment on real data, with the trainings that it holds so far. */
export interface SeedFolder {
  readonly path: string;
  /** By the id of their cells. */
  readonly results: ReadonlyMap<string, SeedCellResult>;
  store(cell: SeedCell, result: SeedCellResult): Promise<void>;
}

const CONFIG = "config.yaml";
const CELLS = "cells";

const cellFormat: FileFormat = { format: "taskprism-seed-cell", version: 1, noun: "a training of an experiment" };

/** A stored training is only ever read by the version that wrote it. */
const schema = z.looseObject({ version: z.string(), id: z.string() });

/**
 * Makes the folder of an experiment, or opens one for going on. Trainings of another version, of other data or options stay
 * where they are and are not used.
 *
 * @throws ConfigError for a folder that holds something else; DataError when a stored training is damaged.
 */
export async function openSeedFolder(path: string, config: object, force = false): Promise<SeedFolder> {
  const present = await readdir(path).catch((): string[] => []);
  if (present.length > 0 && !present.includes(CONFIG)) {
    throw new ConfigError(`${path}: the folder is not empty and holds no experiment: choose another one`);
  }
  const folder = join(path, CELLS);
  if (force) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(join(path, CONFIG), stringify({ version: VERSION, ...config }));
  const results = new Map<string, SeedCellResult>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".safetensors")).sort()) {
    const file = join(folder, name);
    const { version, ...result } = decodePlain(cellFormat, await readInputFile(file), file, schema);
    if (version === VERSION) results.set(result.id, result as unknown as SeedCellResult);
  }
  return {
    path,
    results,
    async store(cell, result) {
      await writeFileAtomically(join(folder, fileName(cell)), encodePlain(cellFormat, { version: VERSION, ...result }));
      results.set(result.id, result);
    },
  };
}

function fileName({ name, seed, latentDims }: SeedCell): string {
  const words = name.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  return `${[...(words ? [words] : []), `seed${seed}`, `d${latentDims.join("-")}`].join("_")}.safetensors`;
}
