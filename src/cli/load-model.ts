import { stat } from "node:fs/promises";
import { decodeModel } from "../model/file.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import { locate, openRun, readInputFile } from "../node/index.ts";

/** The model in a run folder or a model file. Throws DataError when there is none, or it is damaged. */
export async function loadModel(path: string): Promise<FittedModel> {
  const file = (await isFolder(path)) ? locate(await openRun(path), "model") : path;
  return decodeModel(await readInputFile(file), file);
}

/** Whether there is a folder at `path`. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
