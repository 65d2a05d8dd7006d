import { dirname, resolve } from "node:path";
import type { MoleculeDescription } from "../data/molecules/molecule-data.ts";
import { ConfigError } from "../errors.ts";
import { anyMolecules, type OpenMolecules, openMolecules } from "../node/index.ts";
import { InterruptedError, onInterrupt } from "./interrupt.ts";
import type { MoleculeFlags } from "./molecule-options.ts";
import type { Progress } from "./progress.ts";

/** Whether the command is given molecules. */
export async function readsMolecules(paths: readonly string[], { smiles }: MoleculeFlags): Promise<boolean> {
  return smiles !== undefined || (await anyMolecules(paths));
}

/**
 * The molecules in files or a column, read with progress; kept beside `out` for the next time.
 * @throws ConfigError and DataError as `openMolecules`; InterruptedError when the user stops it
 */
export async function openWithProgress(
  paths: readonly string[],
  { smiles, skipBad = false }: MoleculeFlags,
  description: MoleculeDescription,
  out: string,
  progress: Progress,
): Promise<OpenMolecules> {
  const cacheFolder = dirname(resolve(out));
  const interrupt = onInterrupt();
  const { signal } = interrupt;
  const steps = openMolecules({ paths, smiles, skipBad, cacheFolder, signal, ...description });
  let done = "";
  try {
    for (;;) {
      const step = await steps.next();
      if (step.done) return step.value;
      if (step.value.total === null) continue;
      done = `, ${step.value.done} of ${step.value.total} done`;
      const detail = `${step.value.done} of ${step.value.total} molecules`;
      progress.update({ phase: "molecules", done: step.value.done, total: step.value.total, detail });
    }
  } catch (error) {
    if (!interrupt.requested) throw error;
    progress.stop();
    const kept = smiles !== undefined && description.geometry === "3d" ? "; the same command goes on there" : "";
    throw new InterruptedError(`stopped while reading molecules${done}${kept}`);
  } finally {
    interrupt.dispose();
  }
}

/** Throws ConfigError when a model that reads one kind of rows is given the other. */
export function checkRowKind(path: string, readsThem: boolean, given: boolean): void {
  if (readsThem && !given)
    throw new ConfigError(`${path} reads molecules: give an .sdf or .xyz file, or --smiles COLUMN`);
  if (!readsThem && given) throw new ConfigError(`${path} reads a table of numbers, not molecules`);
}
