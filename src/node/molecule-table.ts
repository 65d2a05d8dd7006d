import { type MoleculeData, type MoleculeDescription, moleculeData } from "../data/molecules/molecule-data.ts";
import { ConfigError, DataError } from "../errors.ts";
import { takeTargets, type WideTargets } from "../stats/targets.ts";
import { readRowNames, readTargets } from "./multi-task-table.ts";
import { suggestion } from "./nearest-name.ts";
import type { OpenMolecules } from "./open-molecules.ts";
import type { MoleculeSet } from "./read-molecules.ts";
import { type ColumnRequest, selectTargetColumns } from "./select-columns.ts";

/** The column of QM9's own table that holds the titles of the molecules. */
const TITLE_COLUMN = "mol_id";

/** How the molecules of a set are called and numbered. */
export interface MoleculeLabels {
  /** Number of each molecule's record, from 1. */
  readonly records: Int32Array;
  readonly names?: readonly string[];
  readonly smiles: readonly string[];
}

/**
 * The data set of molecules and the targets that their table, or the files themselves, give for them.
 * @throws ConfigError for targets that nothing is called; DataError as `moleculeData`, and when the names in the table are
 *   not those of the molecules
 */
export async function readMoleculeData(
  opened: OpenMolecules,
  request: Pick<ColumnRequest, "targets" | "task" | "target" | "drop" | "rowName">,
  description: MoleculeDescription,
): Promise<{ readonly data: MoleculeData; readonly notices: readonly string[] }> {
  const { set, tables } = opened;
  const { names, smiles } = await readMoleculeLabels(opened, request.rowName);
  const skipped = skippedNotices(set);
  const shared = { features: set.graphs, smiles, description, ...(names && { rowNames: names }) };
  if (tables === null) {
    return { data: moleculeData({ ...shared, targets: ownTargets(set, request.targets) }), notices: skipped };
  }
  const { targets, notices } = await selectTargetColumns(tables, request);
  const all = await readTargets(tables, targets);
  return {
    data: moleculeData({ ...shared, targets: takeTargets(all, set.kept) }),
    notices: [...notices, ...skipped],
  };
}

/**
 * What the molecules are called: as the column `rowName` says, else as QM9's table or the files do.
 * @throws DataError when QM9's table names other molecules than the file
 */
export async function readMoleculeLabels(
  { set, tables }: OpenMolecules,
  rowName: string | undefined,
): Promise<MoleculeLabels> {
  const titles = set.names.some((name) => name !== "") ? set.names : undefined;
  const titleColumn = tables?.columns.find(({ name }) => name === TITLE_COLUMN);
  const labels = { records: set.kept.map((index) => index + 1), smiles: set.smiles };
  if (tables && titleColumn && titles) {
    const named = await readRowNames(tables, titleColumn.qualifiedName);
    const wrong = titles.findIndex((title, i) => named[set.kept[i] as number] !== title);
    if (wrong >= 0) {
      const row = (set.kept[wrong] as number) + 1;
      const problem = `is '${named[row - 1]}', but the molecule of record ${row} is '${titles[wrong]}'`;
      throw new DataError(`${problem}: rows and molecules must be in one order`, {
        source: titleColumn.source,
        row,
        column: TITLE_COLUMN,
      });
    }
  }
  if (tables === null || rowName === undefined) return { ...labels, ...(titles && { names: titles }) };
  const all = await readRowNames(tables, rowName);
  return { ...labels, names: Array.from(set.kept, (index) => all[index] ?? "") };
}

/** Targets among the numbers that the files themselves give, by name, with * for any characters. */
function ownTargets({ properties, graphs }: MoleculeSet, patterns: readonly string[] = []): WideTargets {
  const known = Object.keys(properties);
  if (patterns.length === 0) {
    const listed =
      known.length > 0 ? `; the files give ${known.join(", ")}` : "; a table beside the molecules may hold them";
    throw new ConfigError(`targets: none are named${listed}`);
  }
  const taskNames = [
    ...new Set(patterns.flatMap((text) => text.split(",")).flatMap((text) => matching(text.trim(), known))),
  ];
  const values = new Float64Array(graphs.rows * taskNames.length);
  taskNames.forEach((name, t) => {
    properties[name]?.forEach((value, i) => {
      values[i * taskNames.length + t] = value;
    });
  });
  return { layout: "wide", values: { rows: graphs.rows, cols: taskNames.length, data: values }, taskNames };
}

function matching(pattern: string, known: readonly string[]): string[] {
  const source = pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, (c) => (c === "*" ? ".*" : `\\${c}`));
  const found = known.filter((name) => new RegExp(`^${source}$`).test(name));
  if (found.length > 0) return found;
  throw new ConfigError(`targets: the files of molecules give no '${pattern}'${suggestion(pattern, known)}`);
}

/** How many records were left out, and what was wrong with the first. */
function skippedNotices({ skipped, records }: MoleculeSet): string[] {
  if (skipped.length === 0) return [];
  const SHOWN = 3;
  const more = skipped.length > SHOWN ? [`and ${skipped.length - SHOWN} more`] : [];
  return [`${skipped.length} of ${records} records are left out`, ...skipped.slice(0, SHOWN), ...more];
}
