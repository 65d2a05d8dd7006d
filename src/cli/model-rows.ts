import type { FittedModel } from "../model/fitted-model.ts";
import type { EncoderInput } from "../mtrn/architecture.ts";
import { openTables, readMoleculeLabels, readNamedFeatures, readRowNames, type TableSet } from "../node/index.ts";
import { checkRowKind, openWithProgress, readsMolecules } from "./molecule-input.ts";
import type { MoleculeFlags } from "./molecule-options.ts";
import { createProgress } from "./progress.ts";
import type { RowLabels } from "./run-results.ts";

/** New rows for a fitted model: what its encoder reads, what says which row is which, and the tables they come with. */
export interface ModelRows {
  readonly features: EncoderInput;
  readonly labels: RowLabels;
  /** Null when there are molecules alone. */
  readonly tables: TableSet | null;
  readonly fingerprint: string;
  /** Those of values, one for each row of the tables, that belong to rows of `features`. */
  keep<T>(values: readonly T[]): T[];
  close(): void;
}

/** Options of the commands that apply a model to new rows. */
export interface ModelRowFlags extends MoleculeFlags {
  readonly id?: string;
  readonly out: string;
  readonly quiet: boolean;
}

/**
 * Reads new rows as the model needs them: the columns that it knows by name, or molecules described as they were in its fit.
 * @param path - of the model, for messages
 * @throws ConfigError and DataError for rows that the model cannot read
 */
export async function openModelRows(
  model: FittedModel,
  path: string,
  paths: readonly string[],
  flags: ModelRowFlags,
): Promise<ModelRows> {
  const { molecules } = model;
  checkRowKind(path, molecules !== undefined, await readsMolecules(paths, flags));
  if (molecules !== undefined) {
    const progress = createProgress(flags.quiet);
    const opened = await openWithProgress(paths, flags, molecules, flags.out, progress);
    progress.stop();
    const { set, tables, fingerprint, close } = opened;
    const { records, names, smiles } = await readMoleculeLabels(opened, flags.id);
    const keep = <T>(values: readonly T[]) => Array.from(set.kept, (row) => values[row] as T);
    return {
      features: set.graphs,
      labels: { numbers: records, smiles, ...(names && { names }) },
      ...{ tables, fingerprint, keep, close },
    };
  }
  const tables = await openTables(paths);
  try {
    const features = await readNamedFeatures(tables, model.featureNames);
    const labels = flags.id === undefined ? {} : { names: await readRowNames(tables, flags.id) };
    const { fingerprint, close } = tables;
    return { features, labels, tables, fingerprint, keep: (values) => [...values], close };
  } catch (error) {
    tables.close();
    throw error;
  }
}
