import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, DataError } from "../errors.ts";
import { type StructureRecord, sdfRecords, xyzRecords } from "./structure-records.ts";
import { tarMembers } from "./tar-members.ts";
import { linesOf, readBytes } from "./text-lines.ts";

/** A record, and the file and position in it that it comes from. */
export type LocatedRecord = StructureRecord & { readonly source: string; readonly record: number };

/** Whether a path names molecules, by its ending, or as a folder. */
export async function holdsMolecules(path: string): Promise<boolean> {
  return /\.(sdf|sd|mol|xyz|extxyz|tar|tgz)(\.gz)?$/i.test(path) || isPacked(path) || isFolder(path);
}

/**
 * The records of a source of molecules, in order: an SD file or molfile (.sdf, .sd, .mol), an XYZ file (.xyz, .extxyz), any
 * of them with .gz; a folder of such files, in the natural order of their names; a tar archive of them (.tar, .tar.gz).
 * @throws ConfigError for an archive of a kind that cannot be unpacked; DataError for a file that is missing or damaged
 */
export async function* readRecords(path: string): AsyncGenerator<LocatedRecord, void> {
  checkUnpacked(path);
  let found = 0;
  for await (const { name, records } of files(path)) {
    let record = 0;
    for await (const item of records) {
      found++;
      yield { ...item, source: name, record: ++record };
    }
  }
  if (found === 0) throw new DataError("holds no molecule", { source: path });
}

interface RecordFile {
  readonly name: string;
  readonly records: AsyncIterable<StructureRecord>;
}

async function* files(path: string): AsyncGenerator<RecordFile, void> {
  if (await isFolder(path)) {
    const names = (await readdir(path)).filter((name) => recordsOf(name) !== undefined);
    for (const name of names.toSorted(naturally)) yield file(join(path, name));
  } else if (/\.(tar(\.gz)?|tgz)$/i.test(path)) {
    for await (const { name, bytes } of tarMembers(readBytes(path), path)) {
      const read = recordsOf(name);
      if (read !== undefined) yield { name: `${path}: ${name}`, records: read(linesOf(once(bytes))) };
    }
  } else yield file(path);
}

function file(path: string): RecordFile {
  const read = recordsOf(path);
  if (read === undefined)
    throw new ConfigError(`${path}: molecules are in .sdf, .mol, .xyz, .extxyz, .tar, or a folder`);
  return { name: path, records: read(linesOf(readBytes(path))) };
}

/** How the records of a file called so are read; undefined when it holds none. */
function recordsOf(name: string) {
  if (/\.(sdf|sd|mol)(\.gz)?$/i.test(name)) return sdfRecords;
  return /\.(xyz|extxyz)(\.gz)?$/i.test(name) ? xyzRecords : undefined;
}

/** Throws ConfigError for an archive of a kind that cannot be read. */
export function checkUnpacked(path: string): void {
  if (isPacked(path)) throw new ConfigError(`${path}: unpack it first, to .tar or to a folder`);
}

function isPacked(path: string): boolean {
  return /\.(zip|tar\.(bz2|xz|zst)|bz2|xz|zst)$/i.test(path);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

function naturally(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
