import { Molecule } from "openchemlib";
import type { VolumeRule } from "./proximity-embedding.ts";

/** What a text says about the shape of a molecule: parities of its atoms and of its double bonds, by OpenChemLib's numbering. */
export interface Stereo {
  /** By atom; 1 or 2 where it is given. */
  readonly atoms: readonly number[];
  /** By the two atoms of a bond. */
  readonly bonds: readonly { readonly ends: readonly [number, number]; readonly parity: number }[];
  /** The isomer as a canonical SMILES. */
  readonly smiles: string;
}

/** Volume of four neighbours of a stereo centre at least, in Å³; that of methane is 4, of four carbon atoms around one 11. */
const LEAST_VOLUME = 5;

/** The parities of a molecule as it was read, before hydrogens are added: they stay atoms of the highest indices. */
export function stereoOf(molecule: Molecule): Stereo {
  molecule.ensureHelperArrays(Molecule.cHelperParities);
  return {
    atoms: Array.from({ length: molecule.getAtoms() }, (_, atom) => molecule.getAtomParity(atom)),
    bonds: Array.from({ length: molecule.getBonds() }, (_, bond) => ({
      ends: endsOf(molecule, bond),
      parity: molecule.getBondParity(bond),
    })),
    smiles: molecule.toIsomericSmiles(),
  };
}

/**
 * The volumes that follow: of the neighbours of each stereo centre, by ascending index (parity 1: clockwise, the last one
 * behind), and none for an sp² atom with its three neighbours.
 * @param molecule - with all its hydrogens
 */
export function volumeRules(molecule: Molecule, { atoms }: Stereo): VolumeRule[] {
  return atoms.flatMap((parity, centre): VolumeRule[] => {
    const near = Array.from({ length: molecule.getAllConnAtoms(centre) }, (_, k) => molecule.getConnAtom(centre, k));
    const [a, b, c, d] = near.sort((p, q) => p - q);
    if (near.length === 4 && isGiven(parity)) {
      return [{ atoms: [a, b, c, d], volume: parity === Molecule.cAtomParity1 ? -LEAST_VOLUME : LEAST_VOLUME }];
    }
    const isFlat =
      molecule.isAromaticAtom(centre) || molecule.isFlatNitrogen(centre) || molecule.getAtomPi(centre) === 1;
    return near.length === 3 && isFlat ? [{ atoms: [a, b, c, centre], volume: 0 }] : [];
  });
}

/** Whether the positions of a molecule are those of the isomer: no parity is the opposite one, or its SMILES is the same. */
export function isIsomer(molecule: Molecule, stereo: Stereo): boolean {
  molecule.ensureHelperArrays(Molecule.cHelperParities);
  const found = new Map<string, number>();
  for (let bond = 0; bond < molecule.getBonds(); bond++) {
    found.set(String(endsOf(molecule, bond)), molecule.getBondParity(bond));
  }
  const same =
    stereo.atoms.every((parity, atom) => agree(parity, molecule.getAtomParity(atom))) &&
    stereo.bonds.every(({ ends, parity }) => agree(parity, found.get(String(ends)) ?? 0));
  // Parities of symmetric cages can be turned round by renumbering alone.
  return same || molecule.toIsomericSmiles() === stereo.smiles;
}

function agree(given: number, found: number): boolean {
  return !isGiven(given) || !isGiven(found) || given === found;
}

function isGiven(parity: number): boolean {
  return parity === Molecule.cAtomParity1 || parity === Molecule.cAtomParity2;
}

function endsOf(molecule: Molecule, bond: number): [number, number] {
  const [a, b] = [molecule.getBondAtom(0, bond), molecule.getBondAtom(1, bond)];
  return a < b ? [a, b] : [b, a];
}
