import { ConfigError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import { transform } from "../model/transform.ts";
import { latentsOf } from "../model/unmix.ts";
import type { EncoderInput } from "../mtrn/architecture.ts";
import { openTables, readMoleculeLabels, readNamedFeatures, readRowNames, type TableSet } from "../node/index.ts";
import { checkRowKind, openWithProgress, readsMolecules } from "./molecule-input.ts";
import type { MoleculeFlags } from "./molecule-options.ts";
import { createProgress } from "./progress.ts";
import { openRepresentationRows } from "./representation-rows.ts";
import type { RowLabels } from "./run-results.ts";

/** New rows for a fitted model: what its encoder reads, what says which row is which, and the tables they come with. */
export interface ModelRows {
  /** Null for a model without an encoder. */
  readonly features: EncoderInput | null;
  readonly rows: number;
  readonly labels: RowLabels;
  /** Null when there are molecules alone. */
  readonly tables: TableSet | null;
  readonly fingerprint: string;
  /** z, rows × d. */
  latents(): Promise<Matrix>;
  /** Those of values, one for each row of the tables, that belong to these rows. */
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
 * Reads new rows as the model needs them: the columns that it knows by name, molecules described as they were in its fit,
 * or, for a model without an encoder, rows of its representation.
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
  if (model.mtrn === null) return openLatentRows(model, paths, flags);
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
      rows: set.graphs.rows,
      latents: () => transform(model, set.graphs),
      labels: { numbers: records, smiles, ...(names && { names }) },
      ...{ tables, fingerprint, keep, close },
    };
  }
  const tables = await openTables(paths);
  try {
    const features = await readNamedFeatures(tables, model.featureNames);
    const labels = flags.id === undefined ? {} : { names: await readRowNames(tables, flags.id) };
    const { fingerprint, close } = tables;
    const latents = () => transform(model, features);
    return { features, rows: features.rows, latents, labels, tables, fingerprint, keep, close };
  } catch (error) {
    tables.close();
    throw error;
  }
}

async function openLatentRows(model: FittedModel, paths: readonly string[], { id }: ModelRowFlags): Promise<ModelRows> {
  const { representation, ...opened } = await openRepresentationRows(model, paths);
  const { tables, close } = opened;
  try {
    if (id !== undefined && tables === null) {
      throw new ConfigError("--id names a column, and there is no table beside the .npy file");
    }
    const labels = id === undefined || tables === null ? {} : { names: await readRowNames(tables, id) };
    const latents = async () => latentsOf(model.mtlcm, representation);
    return { ...opened, features: null, rows: representation.rows, latents, labels, keep };
  } catch (error) {
    close();
    throw error;
  }
}

const keep = <T>(values: readonly T[]) => [...values];
