import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DescribedStructures } from "../data/molecules/describe-structures.ts";
import { pack, unpack } from "../model/plain-data.ts";
import { decodeFormat, encodeFormat, type FileFormat } from "../model/safetensors-format.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { fileError } from "./file-error.ts";
import { readInputFile } from "./input-file.ts";

/** The parts of a long description of molecules, each kept as soon as it is done, so that an interrupted one goes on. */
export interface DescribedParts {
  /** Part number `index`, if it is there. */
  read(index: number): Promise<DescribedStructures | undefined>;
  write(index: number, part: DescribedStructures): Promise<void>;
  /** Removes all of them. */
  clear(): Promise<void>;
}

const partFormat: FileFormat = {
  format: "taskprism-described-part",
  version: 1,
  noun: "a part of described molecules",
};

/**
 * Parts as files in a folder, which is made when the first is kept.
 * Reading throws DataError for a file that is damaged, writing FileError when it fails.
 */
export function partsIn(folder: string): DescribedParts {
  const path = (index: number) => join(folder, `part-${index}.safetensors`);
  return {
    async read(index) {
      const file = path(index);
      if (!(await stat(file).catch(() => undefined))?.isFile()) return undefined;
      const { tensors, metadata } = decodeFormat(partFormat, await readInputFile(file), file);
      return unpack({ json: metadata.data ?? "", tensors }, file) as DescribedStructures;
    },
    async write(index, part) {
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw fileError("write", folder, error);
      });
      const { json, tensors } = pack(part);
      await writeFileAtomically(path(index), encodeFormat(partFormat, { tensors, metadata: { data: json } }));
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}
