import { dirname, resolve } from "node:path";
import type { MoleculeDescription } from "../data/molecules/molecule-data.ts";
import { ConfigError } from "../errors.ts";
import { anyMolecules, type OpenMolecules, openMolecules } from "../node/index.ts";
import type { MoleculeFlags } from "./molecule-options.ts";
import type { Progress } from "./progress.ts";

/** Whether the command is given molecules. */
export async function readsMolecules(paths: readonly string[], { smiles }: MoleculeFlags): Promise<boolean> {
  return smiles !== undefined || (await anyMolecules(paths));
}

/**
 * The molecules in files or a column, read with progress; kept beside `out` for the next time.
 * @throws ConfigError and DataError as `openMolecules`
 */
export async function openWithProgress(
  paths: readonly string[],
  { smiles, skipBad = false }: MoleculeFlags,
  description: MoleculeDescription,
  out: string,
  progress: Progress,
): Promise<OpenMolecules> {
  const cacheFolder = dirname(resolve(out));
  const steps = openMolecules({ paths, smiles, skipBad, cacheFolder, ...description });
  for (;;) {
    const { value, done } = await steps.next();
    if (done) return value;
    if (value.total === null) continue;
    const detail = `${value.done} of ${value.total} molecules`;
    progress.update({ phase: "molecules", done: value.done, total: value.total, detail });
  }
}

/** Throws ConfigError when a model that reads one kind of rows is given the other. */
export function checkRowKind(path: string, readsThem: boolean, given: boolean): void {
  if (readsThem && !given)
    throw new ConfigError(`${path} reads molecules: give an .sdf or .xyz file, or --smiles COLUMN`);
  if (!readsThem && given) throw new ConfigError(`${path} reads a table of numbers, not molecules`);
}
