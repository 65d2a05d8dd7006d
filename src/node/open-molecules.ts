import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { MoleculeDescription } from "../data/molecules/molecule-data.ts";
import { ConfigError, DataError } from "../errors.ts";
import { findColumn } from "./column-patterns.ts";
import { type DescribedParts, partsIn } from "./described-parts.ts";
import { checkInputFile, fingerprintFile } from "./input-file.ts";
import { cachePath, readCachedMolecules, writeCachedMolecules } from "./molecule-cache.ts";
import { checkUnpacked, holdsMolecules } from "./molecule-source.ts";
import { readTexts } from "./read-columns.ts";
import { type MoleculeSet, type ReadMoleculesStep, readMolecules, readSmiles } from "./read-molecules.ts";
import { openTables, type TableSet } from "./tables.ts";

/** Which molecules to read, and how. */
export interface MoleculeRequest extends MoleculeDescription {
  /** Files and folders of molecules, and tables whose rows go with their records; or tables alone, with `smiles`. */
  readonly paths: readonly string[];
  /** The column that holds a SMILES a row. */
  readonly smiles?: string | undefined;
  /** Leave out records that cannot be used, instead of stopping at the first. */
  readonly skipBad: boolean;
  /** The folder in which what was read is kept for the next time. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
}

/** Molecules, and the tables beside them. */
export interface OpenMolecules {
  readonly set: MoleculeSet;
  /** One row a record, so that row `set.kept[i]` belongs to molecule i; null when there are none. */
  readonly tables: TableSet | null;
  /** SHA-256 of everything that was read. */
  readonly fingerprint: string;
  close(): void;
}

/** Whether any of the paths holds molecules. */
export async function anyMolecules(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (await holdsMolecules(path)) return true;
  return false;
}

/**
 * Reads molecules, or takes them from the cache, and opens the tables beside them.
 * @throws ConfigError when there are neither molecules nor a column of SMILES, or both; DataError for records, tables and
 *   files that cannot be used, and when tables and molecules differ in number or order
 */
export async function* openMolecules(request: MoleculeRequest): AsyncGenerator<ReadMoleculesStep, OpenMolecules> {
  const { paths, smiles, cutoff, geometry } = request;
  const isSource = await Promise.all(paths.map(holdsMolecules));
  const sources = paths.filter((_, i) => isSource[i]);
  const others = paths.filter((_, i) => !isSource[i]);
  if (sources.length > 0 && smiles !== undefined) {
    throw new ConfigError("give either files of molecules or a column of SMILES, not both");
  }
  if (sources.length === 0 && smiles === undefined) {
    throw new ConfigError("there are no molecules: give an .sdf or .xyz file, or a table and --smiles COLUMN");
  }
  for (const path of sources) checkUnpacked(path);
  if (cutoff > 0 && geometry === "none") throw new ConfigError("a cutoff needs the positions of the atoms");

  const tables = others.length > 0 ? await openTables(others) : null;
  try {
    const fingerprints = await Promise.all(sources.map(fingerprintOf));
    const fingerprint = joined([...fingerprints, ...(tables ? [tables.fingerprint] : [])]);
    const origin = tables && smiles !== undefined ? [tables.fingerprint, smiles] : fingerprints;
    const cache = cachePath(request.cacheFolder, { origin, cutoff, geometry, skipBad: request.skipBad });
    let set = await readCachedMolecules(cache);
    if (set === undefined) {
      // Hours of conformers outlive an interruption, and a bad record that only another run may leave out.
      const parts = partsIn(`${cachePath(request.cacheFolder, { origin, cutoff, geometry })}.parts`);
      set = yield* tables && smiles !== undefined
        ? fromColumn(tables, smiles, request, parts)
        : readMolecules(sources, request);
      await writeCachedMolecules(cache, set);
      await parts.clear();
    }
    if (tables) checkSameRows(tables, sources, set);
    return { set, tables, fingerprint, close: () => tables?.close() };
  } catch (error) {
    tables?.close();
    throw error;
  }
}

async function* fromColumn(
  tables: TableSet,
  name: string,
  request: MoleculeRequest,
  parts: DescribedParts,
): AsyncGenerator<ReadMoleculesStep, MoleculeSet> {
  const column = findColumn(tables.columns, name, "smiles");
  if (column.numeric) throw new ConfigError(`smiles: '${name}' holds numbers, not SMILES`);
  const place = { source: column.source, column: column.name };
  const kept = request.geometry === "3d" ? { parts } : {};
  return yield* readSmiles(await readTexts(tables, column), place, { ...request, ...kept });
}

function checkSameRows(tables: TableSet, sources: readonly string[], { records }: MoleculeSet): void {
  if (tables.rows === records || sources.length === 0) return;
  const source = tables.columns[0]?.source ?? "the table";
  throw new DataError(
    `has ${tables.rows} rows and ${sources.join(", ")} has ${records} molecules: one row a molecule is needed`,
    { source },
  );
}

/** SHA-256 of a file, or of the names and contents of the files in a folder. */
async function fingerprintOf(path: string): Promise<string> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) {
    await checkInputFile(path);
    return fingerprintFile(path, /\.(gz|tgz)$/i.test(path));
  }
  const names = (await readdir(path)).sort();
  const hash = createHash("sha256");
  for (const name of names) {
    const inside = join(path, name);
    if ((await stat(inside)).isFile()) hash.update(`${name}\n${await fingerprintFile(inside, false)}\n`);
  }
  return hash.digest("hex");
}

function joined(fingerprints: readonly string[]): string {
  if (fingerprints.length === 1) return fingerprints[0] as string;
  return createHash("sha256").update(fingerprints.join("\n")).digest("hex");
}
