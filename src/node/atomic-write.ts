import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileError, systemCode } from "./file-error.ts";

/** Writes a file's new contents to the path it is given. */
export type FileWriter = (temporary: string) => Promise<void>;

/** Numbers the temporary files of this process. */
let counter = 0;

/**
 * Replaces the file at `path` by what `write` puts into the temporary sibling whose path it is given.
 *
 * The sibling is flushed to the disk and then renamed, so that whatever happens (a full disk, a killed process, a
 * power cut) `path` holds either its old contents or all of the new ones. A symbolic link is followed. What is no
 * regular file (a pipe, /dev/stdout) cannot be replaced and is written to directly.
 *
 * Throws FileError, and removes the sibling, when the file cannot be written. An error of `write`'s own passes through.
 */
export async function replaceFile(path: string, write: FileWriter): Promise<void> {
  const target = await resolveTarget(path);
  if (!target.replaceable) return guard(path, () => write(target.path));
  const temporary = join(dirname(target.path), `.${basename(target.path)}.${process.pid}.${counter++}.tmp`);
  try {
    await guard(path, async () => {
      await (await open(temporary, "w")).close();
      await write(temporary);
      await withFile(temporary, "r+", (file) => file.sync());
      await rename(temporary, target.path);
    });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** `replaceFile` with contents at hand. Throws FileError when the file cannot be written. */
export function writeFileAtomically(path: string, contents: Uint8Array | string): Promise<void> {
  return replaceFile(path, async (temporary) => {
    await withFile(temporary, "w", (file) => file.writeFile(contents));
  });
}

async function resolveTarget(path: string): Promise<{ path: string; replaceable: boolean }> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    return { path: found.isFile() ? await realpath(path) : path, replaceable: found.isFile() };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { path, replaceable: true };
    throw fileError("write", path, error);
  }
}

async function guard(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw systemCode(error) === undefined ? error : fileError("write", path, error);
  }
}

async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
