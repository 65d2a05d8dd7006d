import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { ConfigError, DataError } from "../errors.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { fileError, systemCode } from "./file-error.ts";
import { jsonText } from "./json-text.ts";
import { suggestion } from "./nearest-name.ts";

/** A folder that holds, or will hold, all that one fit leaves behind. */
export interface RunFolder {
  /** Where the run is found once it is finished, as the path was given. */
  readonly path: string;
  /** Where its files are now: `path`, or a folder beside it as long as an older run stands there. */
  readonly folder: string;
}

/** The files of a run; `steps` grows while it lasts, each of the others is written as a whole. */
export const runFiles = {
  config: "config.yaml",
  steps: "steps.jsonl",
  checkpoint: "checkpoint.safetensors",
  model: "model.safetensors",
  latents: "latents.parquet",
  indicators: "indicators.csv",
  certificate: "certificate.json",
  latentMatrix: "latents.npy",
  unmixing: "unmixing.npy",
  report: "report.html",
  /** Written last: a run that has it is finished. */
  metrics: "metrics.json",
} as const;

/**
 * Starts a run: makes its folder, with the configuration in it.
 *
 * With `force` an older run is replaced, and stays as it is until `finishRun`: until then the new one is written beside
 * it. Nothing but a run is ever replaced.
 *
 * @throws ConfigError when the folder is there and not empty (unless `force`), or is no run (with `force`).
 * @throws FileError when it cannot be made.
 */
export async function createRun(path: string, config: unknown, { force = false } = {}): Promise<RunFolder> {
  const present = await list(path);
  const replaces = present !== undefined && present.length > 0;
  if (replaces && !force) throw new ConfigError(`${path}: the folder is not empty: choose another one, or force it`);
  if (replaces && !present.includes(runFiles.config)) {
    throw new ConfigError(`${path}: the folder is not empty and holds no run, so it is not replaced`);
  }
  const run = { path, folder: replaces ? sibling(path, "new") : path };
  await attempt(path, async () => {
    if (replaces) await rm(run.folder, { recursive: true, force: true });
    await mkdir(run.folder, { recursive: true });
  });
  await writeFileAtomically(join(run.folder, runFiles.config), stringify(JSON.parse(jsonText(config))));
  return run;
}

/**
 * Finishes a run: writes its metrics, removes its checkpoint, and puts it in the place of the run that it replaces.
 *
 * @throws FileError when that fails; an older run is then still there.
 */
export async function finishRun({ path, folder }: RunFolder, metrics: unknown): Promise<RunFolder> {
  await writeFileAtomically(join(folder, runFiles.metrics), jsonText(metrics));
  await attempt(path, async () => {
    await rm(join(folder, runFiles.checkpoint), { force: true });
    if (folder === path) return;
    const old = sibling(path, "old");
    await rename(path, old);
    try {
      await rename(folder, path);
    } catch (error) {
      await rename(old, path);
      throw error;
    }
    await rm(old, { recursive: true, force: true });
  });
  return { path, folder: path };
}

/** Removes a run that failed, unless it has a checkpoint to go on from. A finished run, or one to be replaced, stays. */
export async function abandonRun({ path, folder }: RunFolder): Promise<void> {
  const present = (await list(folder)) ?? [];
  const usable = present.includes(runFiles.checkpoint) || present.includes(runFiles.metrics);
  if (folder === path && usable) return;
  await attempt(path, () => rm(folder, { recursive: true, force: true }));
}

/**
 * Opens a run that is there.
 *
 * @param interrupted Whether a run that was not finished will do.
 * @throws DataError when there is no such folder, it holds no run, or the run was not finished.
 */
export async function openRun(path: string, { interrupted = false } = {}): Promise<RunFolder> {
  const present = await list(path);
  const refuse = (problem: string) => new DataError(problem, { source: path });
  if (present === undefined) {
    const siblings = (await list(dirname(resolve(path)))) ?? [];
    throw refuse(`no such run${suggestion(basename(path), siblings)}`);
  }
  if (!present.includes(runFiles.config)) throw refuse(`not a run: the folder holds no ${runFiles.config}`);
  if (!interrupted && !present.includes(runFiles.metrics)) {
    const left = present.includes(runFiles.checkpoint) ? "only a checkpoint of it is there" : "it left no checkpoint";
    throw refuse(`the run was interrupted: ${left}`);
  }
  return { path, folder: path };
}

/** The names in a folder; undefined when there is none. Throws DataError when it is a file or cannot be read. */
async function list(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path);
  } catch (cause) {
    const code = systemCode(cause);
    if (code === "ENOENT") return undefined;
    const problem = code === "ENOTDIR" ? "is a file, not a folder" : "the folder cannot be read";
    throw new DataError(problem, { source: path }, { cause });
  }
}

function sibling(path: string, role: "new" | "old"): string {
  const whole = resolve(path);
  return join(dirname(whole), `.${basename(whole)}.${process.pid}.${role}`);
}

async function attempt(path: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw fileError("write", path, error);
  }
}
