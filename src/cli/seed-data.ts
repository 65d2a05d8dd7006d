import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { elementCounts } from "../data/molecules/atom-references.ts";
import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { ConfigError } from "../errors.ts";
import type { SeedData, TargetChoice } from "../experiments/seeds/config.ts";
import { openTables, readMoleculeData, readMultiTaskData, selectColumns, type TableSet } from "../node/index.ts";
import { openWithProgress } from "./molecule-input.ts";
import type { Progress } from "./progress.ts";

/** The data of a case, and how its targets are called and measured. */
export interface OpenSeedData {
  readonly data: MultiTaskData | MoleculeData;
  readonly fingerprint: string;
  readonly units: NonNullable<TargetChoice["units"]>;
}

/**
 * The files of a data set: those given, or in a folder the first that is there of each list of names.
 * @param given of `--data`; by default the folder `name` in the one that the environment variable TASKPRISM_DATA names
 * @throws ConfigError when nothing is given or the folder lacks a file
 */
export async function seedDataFiles(
  name: string,
  given: readonly string[] | undefined,
  files: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const root = process.env.TASKPRISM_DATA;
  const paths = given ?? (root === undefined ? [] : [join(root, name)]);
  const wanted = files.map((names) => names.join(" or ")).join("; ");
  const [folder] = paths;
  if (folder === undefined) {
    throw new ConfigError(`--data is missing: name the folder that holds ${wanted}, or the files one by one`);
  }
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) throw new ConfigError(`--data ${folder}: there is no such file or folder`);
  if (!found.isDirectory() || paths.length > 1) return paths;
  const present = await readdir(folder);
  return files.map((names) => {
    const file = names.find((candidate) => present.includes(candidate));
    if (file === undefined) throw new ConfigError(`--data ${folder}: the folder holds no ${names.join(" or ")}`);
    return join(folder, file);
  });
}

/** Reads the data of a case; what was left out is noted. Throws ConfigError and DataError as `fit` does. */
export async function readSeedData(
  files: readonly string[],
  { features, drop, targets, molecules }: SeedData,
  out: string,
  progress: Progress,
): Promise<OpenSeedData> {
  const columnsOf = (tables: TableSet | null) => {
    const edition = editionIn(tables, targets);
    return { edition, request: { targets: [...edition.columns], ...(drop && { drop: [...drop] }) } };
  };
  if (molecules) {
    const opened = await openWithProgress(files, {}, molecules, out, progress);
    try {
      const { edition, request } = columnsOf(opened.tables);
      const { data, notices } = await readMoleculeData(opened, request, molecules);
      for (const notice of notices) progress.note(`note: ${notice}`);
      return { data, fingerprint: opened.fingerprint, units: edition.units ?? {} };
    } finally {
      opened.close();
    }
  }
  const opened = await openTables(files);
  try {
    const { edition, request } = columnsOf(opened);
    const selection = await selectColumns(opened, { ...request, ...(features && { features: [...features] }) });
    const { data, notices } = await readMultiTaskData(opened, selection);
    for (const notice of notices) progress.note(`note: ${notice}`);
    return { data, fingerprint: opened.fingerprint, units: edition.units ?? {} };
  } finally {
    opened.close();
  }
}

/** The edition of the targets whose columns the tables have; the first where there is no choice. */
function editionIn(tables: TableSet | null, editions: readonly TargetChoice[]): TargetChoice {
  const names = new Set(tables?.columns.map(({ name }) => name));
  const fitting = editions.find(({ columns }) => columns.every((column) => names.has(column)));
  return fitting ?? (editions[0] as TargetChoice);
}

/** The data in a few words: "subset: 26,961 molecules, fluorine-free; 12 targets". */
export function dataInWords(data: MultiTaskData | MoleculeData, whole: number | undefined): string {
  const { features, targets } = data;
  const count = features.rows.toLocaleString("en");
  const part = whole !== undefined && features.rows < whole ? "subset: " : "";
  const rows = "description" in data ? `${count} molecules${withoutFluorine(data)}` : `${count} rows`;
  const columns = "description" in data ? "" : `, ${data.featureNames.length} inputs`;
  return `${part}${rows}${columns}; ${targets.taskNames.length} targets`;
}

const FLUORINE = 9;

function withoutFluorine({ features }: MoleculeData): string {
  return elementCounts(features, [FLUORINE]).data.some((count) => count > 0) ? "" : ", fluorine-free";
}
