import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ConfigError, DataError } from "../errors.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { fileError, reason, systemCode } from "./file-error.ts";
import { readInputFile } from "./input-file.ts";
import { jsonText } from "./json-text.ts";
import { runFiles } from "./run-folder.ts";

/** What a folder of runs holds beside them, one run for every seed in `seed-0`, `seed-1`, … */
const seedsFiles = { request: "seeds.yaml", comparison: "comparison.json" } as const;

/** How far the run of a seed has come. */
export type SeedProgress = "finished" | "checkpoint" | "none";

/**
 * Starts a folder of runs with what was asked for in it.
 * @throws ConfigError when the folder is not empty; with `force`, when it is not empty and no folder of seeds. FileError
 *   when it cannot be made.
 */
export async function createSeedsFolder(path: string, request: unknown, { force = false } = {}): Promise<void> {
  const present = await readdir(path).catch((error: unknown): string[] => {
    if (systemCode(error) === "ENOENT") return [];
    throw fileError("read", path, error);
  });
  if (present.length > 0 && !force) {
    throw new ConfigError(`${path}: the folder is not empty: choose another one, or force it`);
  }
  if (present.length > 0 && !present.includes(seedsFiles.request)) {
    throw new ConfigError(`${path}: the folder is not empty and holds no runs of several seeds, so it is not replaced`);
  }
  try {
    const replaced = present.filter((name) => /^seed-\d+$/.test(name) || name === seedsFiles.comparison);
    for (const name of replaced) await rm(join(path, name), { recursive: true });
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileError("write", path, error);
  }
  await writeFileAtomically(join(path, seedsFiles.request), stringify(JSON.parse(jsonText(request))));
}

/** Whether this is a folder of runs of several seeds. */
export function isSeedsFolder(path: string): boolean {
  return existsSync(join(path, seedsFiles.request));
}

/** What was asked for. Throws DataError when the file is damaged. */
export async function readSeedsRequest(path: string): Promise<{ request: unknown; source: string }> {
  const source = join(path, seedsFiles.request);
  const text = Buffer.from(await readInputFile(source)).toString("utf8");
  try {
    return { request: parse(text), source };
  } catch (cause) {
    throw new DataError(`is damaged: ${reason(cause)}`, { source }, { cause });
  }
}

/** The folder of one seed's run. */
export function seedRunPath(path: string, seed: number): string {
  return join(path, `seed-${seed}`);
}

/** How far a seed's run has come; one that left nothing to go on from is removed. */
export async function seedProgress(run: string): Promise<SeedProgress> {
  if (existsSync(join(run, runFiles.metrics))) return "finished";
  if (existsSync(join(run, runFiles.checkpoint))) return "checkpoint";
  await rm(run, { recursive: true, force: true });
  return "none";
}

/** Writes how far the runs agree. */
export function writeComparison(path: string, comparison: unknown): Promise<void> {
  return writeFileAtomically(join(path, seedsFiles.comparison), jsonText(comparison));
}
