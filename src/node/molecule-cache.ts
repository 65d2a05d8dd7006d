import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pack, unpack } from "../model/plain-data.ts";
import { decodeFormat, encodeFormat, type FileFormat } from "../model/safetensors-format.ts";
import { VERSION } from "../version.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { fileError } from "./file-error.ts";
import { readInputFile } from "./input-file.ts";
import type { MoleculeSet } from "./read-molecules.ts";

/** Molecules that were read before. */
const cacheFormat: FileFormat = { format: "taskprism-molecules", version: 1, noun: "a cache of molecules" };

/**
 * Where the molecules read from such an input are kept: in the folder `.taskprism` of `folder`, under a name that another
 * input, other options or another version of this package do not share.
 * @param input - whatever determines the result: fingerprint of the files, options
 */
export function cachePath(folder: string, input: unknown): string {
  const key = createHash("sha256")
    .update(JSON.stringify([VERSION, input]))
    .digest("hex")
    .slice(0, 24);
  return join(folder, ".taskprism", `molecules-${key}.safetensors`);
}

/** The molecules kept at `path`; undefined when there are none. Throws DataError for a file that is damaged. */
export async function readCachedMolecules(path: string): Promise<MoleculeSet | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const { tensors, metadata } = decodeFormat(cacheFormat, await readInputFile(path), path);
  return unpack({ json: metadata.data ?? "", tensors }, path) as MoleculeSet;
}

/** Keeps molecules at `path`. Throws FileError when that fails. */
export async function writeCachedMolecules(path: string, molecules: MoleculeSet): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw fileError("write", dirname(path), error);
  });
  const { json, tensors } = pack(molecules);
  await writeFileAtomically(path, encodeFormat(cacheFormat, { tensors, metadata: { data: json } }));
}
