// What a program that has molecules imports from "taskprism/molecules": everything here runs on Node and in browsers. It is apart
// from "taskprism" because OpenChemLib, which reads SMILES and bonds, is large. Files of molecules: "taskprism/node".
export {
  type AtomReferenceChoice,
  type AtomReferences,
  fitAtomReferences,
  referenceOf,
  withoutReferences,
} from "./data/molecules/atom-references.ts";
export {
  type DescribedStructures,
  describeStructures,
  type EdgeOptions,
} from "./data/molecules/describe-structures.ts";
export { type MoleculeData, type MoleculeDescription, moleculeData } from "./data/molecules/molecule-data.ts";
export { joinGraphs, type MoleculeGraphs, NODE_FEATURES } from "./data/molecules/molecule-graphs.ts";
export { parseMolfile } from "./data/molecules/molfile.ts";
export { type Bonds, RecordError, type Structure } from "./data/molecules/structure.ts";
export { type Geometry, structureFromSmiles } from "./data/molecules/structure-from-smiles.ts";
export { takeMolecules } from "./data/molecules/take-molecules.ts";
export { parseXyz } from "./data/molecules/xyz.ts";
export { drawMolecule } from "./report/draw-molecule.ts";
