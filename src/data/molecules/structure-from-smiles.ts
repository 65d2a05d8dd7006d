import { ConformerGenerator, Molecule } from "openchemlib";
import { RecordError, type Structure } from "./structure.ts";

/**
 * Where atoms are: "3d", where the file says or, for a SMILES, at the positions of one likely conformer; or "none", all in
 * one place, so that an encoder sees bonds alone.
 */
export type Geometry = "3d" | "none";

/** What the generator of conformers starts from: always the same, so that a molecule has one geometry. */
const CONFORMER_SEED = 1;

/**
 * The molecule that a SMILES describes, with all its hydrogens, by OpenChemLib. Conformers need its resources to be
 * registered (`Resources.register`), and some tenths of a second a molecule until fragments begin to repeat.
 * @throws RecordError for a text that is no SMILES, and a molecule for which no conformer is found
 */
export function structureFromSmiles(smiles: string, geometry: Geometry): Structure {
  const molecule = parse(smiles);
  if (geometry === "none") molecule.addImplicitHydrogens();
  else if (new ConformerGenerator(CONFORMER_SEED).getOneConformerAsMolecule(molecule) === null) {
    throw new RecordError(`no conformer of '${smiles}' was found`);
  }
  molecule.ensureHelperArrays(Molecule.cHelperNeighbours);
  const atoms = Array.from({ length: molecule.getAllAtoms() }, (_, i) => i);
  const bonds = Array.from({ length: molecule.getAllBonds() }, (_, k) => k);
  const place = (i: number) => [molecule.getAtomX(i), molecule.getAtomY(i), molecule.getAtomZ(i)];
  return {
    name: "",
    atomicNumbers: Uint8Array.from(atoms, (i) => molecule.getAtomicNo(i)),
    charges: Int8Array.from(atoms, (i) => molecule.getAtomCharge(i)),
    positions: Float32Array.from(geometry === "none" ? new Float32Array(3 * atoms.length) : atoms.flatMap(place)),
    bonds: {
      first: Uint16Array.from(bonds, (k) => molecule.getBondAtom(0, k)),
      second: Uint16Array.from(bonds, (k) => molecule.getBondAtom(1, k)),
      order: Uint8Array.from(bonds, (k) => molecule.getBondOrder(k)),
    },
    properties: {},
  };
}

function parse(smiles: string): Molecule {
  if (smiles.trim() === "") throw new RecordError("the SMILES is missing");
  try {
    return Molecule.fromSmiles(smiles.trim(), { noCoordinates: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RecordError(`'${smiles}' is not a SMILES: ${reason.replace(/^.*SmilesParser: /, "")}`);
  }
}
