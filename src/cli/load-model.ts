import { stat } from "node:fs/promises";
import { DataError } from "../errors.ts";
import { decodeBaseline, holdsBaseline } from "../model/baseline-file.ts";
import { decodeModel } from "../model/file.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import { locate, openRun, readInputFile } from "../node/index.ts";

/** The model in a run folder or a model file. Throws DataError when there is none, it is damaged, or it is a baseline. */
export async function loadModel(path: string): Promise<FittedModel> {
  const loaded = await loadModelOrBaseline(path);
  if (loaded.kind === "model") return loaded.model;
  const { method } = loaded.baseline;
  const holds = method === "icarl" ? "latents and, in indicators.csv, causes" : "latents but no causes";
  throw new DataError(`is a baseline (${method}), which has ${holds}, no effects and no certificate`, { source: path });
}

/** What `fit` left in a run folder or a model file: both stages, or a baseline. Throws DataError as `loadModel`. */
export async function loadModelOrBaseline(path: string) {
  const file = (await isFolder(path)) ? locate(await openRun(path), "model") : path;
  const bytes = await readInputFile(file);
  if (holdsBaseline(bytes, file)) return { kind: "baseline", baseline: decodeBaseline(bytes, file) } as const;
  return { kind: "model", model: decodeModel(bytes, file) } as const;
}

/** Whether there is a folder at `path`. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
