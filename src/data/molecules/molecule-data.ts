import { ShapeError } from "../../errors.ts";
import { rowCount } from "../../stats/targets.ts";
import type { MultiTaskData } from "../multi-task-data.ts";
import { checkTargets } from "../multi-task-data.ts";
import { type MoleculeGraphs, NODE_FEATURES } from "./molecule-graphs.ts";
import type { Geometry } from "./structure-from-smiles.ts";

/** How molecules became graphs, which new ones must too. */
export interface MoleculeDescription {
  /** Beside bonds, pairs of atoms nearer than this are edges, in angstrom; 0 for bonds alone. */
  readonly cutoff: number;
  readonly geometry: Geometry;
}

/** A multi-task regression problem whose rows are molecules. */
export interface MoleculeData extends Omit<MultiTaskData, "features"> {
  readonly features: MoleculeGraphs;
  readonly description: MoleculeDescription;
  /** One SMILES a row, to show them by. */
  readonly smiles: readonly string[];
}

/**
 * The data set of molecules and their targets, checked once as `multiTaskData` does.
 * @throws ShapeError when molecules, targets, names and SMILES differ in number; DataError as `multiTaskData`
 */
export function moleculeData(fields: Omit<MoleculeData, "featureNames">): MoleculeData {
  const { features, targets, rowNames, smiles } = fields;
  for (const [what, count] of [
    ["targets", rowCount(targets)],
    ["SMILES", smiles.length],
    ["names", rowNames?.length ?? features.rows],
  ] as const) {
    if (count !== features.rows) throw new ShapeError(`moleculeData: ${features.rows} molecules, but ${count} ${what}`);
  }
  checkTargets(targets);
  return { ...fields, featureNames: NODE_FEATURES };
}
