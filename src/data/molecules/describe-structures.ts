import { Molecule } from "openchemlib";
import { AROMATIC as AROMATIC_BOND, kekulise } from "./kekulise.ts";
import { BOND_KINDS, type MoleculeGraphs, NODE_FEATURES } from "./molecule-graphs.ts";
import { perceiveBonds } from "./perceive-bonds.ts";
import { type Bonds, RecordError, type Structure } from "./structure.ts";

/** Structures as graphs, and what could not be made of them. */
export interface DescribedStructures {
  readonly graphs: MoleculeGraphs;
  /** Canonical isomeric SMILES of the molecules of `graphs`, hydrogens implied. */
  readonly smiles: readonly string[];
  /** Structures that are left out, by their index, and why. */
  readonly failures: readonly { readonly index: number; readonly problem: string }[];
}

/** Which pairs of atoms are edges. */
export interface EdgeOptions {
  /** Beside bonds, pairs of atoms nearer than this, in angstrom; 0 for bonds alone. */
  readonly cutoff: number;
}

const ONE_HOT = [1, 6, 7, 8, 9];
const [Z, AROMATIC, SP, SP2, SP3, HYDROGENS] = [5, 6, 7, 8, 9, 10];
const AROMATIC_KIND = 4;

/**
 * The graphs of structures: what describes each atom (`NODE_FEATURES`) and edges in both directions.
 *
 * Aromaticity is OpenChemLib's. Hybridisation: aromatic atoms, nitrogen with a flat geometry (amides) and atoms with one π
 * electron are sp2, those with two sp, other heavy atoms sp3, hydrogens none of them. Bonds that a file does not have are
 * found from distances and valences (`perceiveBonds`).
 */
export function describeStructures(structures: readonly Structure[], { cutoff }: EdgeOptions): DescribedStructures {
  const described: DescribedStructure[] = [];
  const failures: { index: number; problem: string }[] = [];
  structures.forEach((structure, index) => {
    try {
      described.push(describeStructure(structure, cutoff));
    } catch (error) {
      failures.push({ index, problem: error instanceof Error ? error.message : String(error) });
    }
  });
  const joined = (part: (one: DescribedStructure) => Iterable<number>) => described.flatMap((one) => [...part(one)]);
  const graphs: MoleculeGraphs = {
    rows: described.length,
    atomStart: starts(described.map(({ positions }) => positions.length / 3)),
    edgeStart: starts(described.map(({ edges }) => edges.source.length)),
    nodes: Uint8Array.from(joined(({ nodes }) => nodes)),
    nodeDim: NODE_FEATURES.length,
    positions: Float32Array.from(joined(({ positions }) => positions)),
    source: Uint16Array.from(joined(({ edges }) => edges.source)),
    target: Uint16Array.from(joined(({ edges }) => edges.target)),
    edgeKind: Uint8Array.from(joined(({ edges }) => edges.kind)),
    edgeDim: BOND_KINDS,
  };
  return { graphs, smiles: described.map(({ smiles }) => smiles), failures };
}

interface DescribedStructure {
  readonly nodes: Uint8Array;
  readonly positions: Float32Array;
  readonly edges: Edges;
  readonly smiles: string;
}

interface Edges {
  readonly source: number[];
  readonly target: number[];
  readonly kind: number[];
}

function describeStructure(structure: Structure, cutoff: number): DescribedStructure {
  const bonds = structure.bonds ?? perceiveBonds(structure);
  const molecule = toMolecule(structure, bonds);
  return {
    nodes: describeAtoms(molecule, structure, bonds),
    positions: structure.positions,
    edges: edgesOf(molecule, structure, cutoff),
    smiles: smilesOf(structure, bonds, molecule),
  };
}

/** Of aromatic bonds alone OpenChemLib writes texts that do not say which nitrogen has the hydrogen. */
function smilesOf(structure: Structure, bonds: Bonds, molecule: Molecule): string {
  const written = bonds.order.includes(AROMATIC_BOND) ? kekulise(structure, bonds) : null;
  return (written ? toMolecule(structure, written) : molecule).toIsomericSmiles();
}

/** The structure as OpenChemLib's molecule, its atoms and bonds in the same order as long as hydrogens are not moved. */
function toMolecule({ atomicNumbers, charges, positions }: Structure, bonds: Bonds): Molecule {
  const molecule = new Molecule(atomicNumbers.length, bonds.order.length);
  const types = [
    0,
    Molecule.cBondTypeSingle,
    Molecule.cBondTypeDouble,
    Molecule.cBondTypeTriple,
    Molecule.cBondTypeDelocalized,
  ];
  for (let i = 0; i < atomicNumbers.length; i++) {
    const atom = molecule.addAtom(atomicNumbers[i]);
    // The map number survives the reordering of atoms and says which one is which.
    molecule.setAtomMapNo(atom, i + 1, false);
    if (charges[i] !== 0) molecule.setAtomCharge(atom, charges[i]);
    molecule.setAtomX(atom, positions[3 * i]);
    molecule.setAtomY(atom, positions[3 * i + 1]);
    molecule.setAtomZ(atom, positions[3 * i + 2]);
  }
  for (let k = 0; k < bonds.order.length; k++) {
    const bond = molecule.addBond(bonds.first[k], bonds.second[k]);
    molecule.setBondType(bond, types[bonds.order[k]]);
  }
  molecule.ensureHelperArrays(Molecule.cHelperRings);
  return molecule;
}

function describeAtoms(molecule: Molecule, { atomicNumbers }: Structure, bonds: Bonds): Uint8Array {
  const width = NODE_FEATURES.length;
  const table = new Uint8Array(atomicNumbers.length * width);
  atomicNumbers.forEach((number, i) => {
    const kind = ONE_HOT.indexOf(number);
    if (kind >= 0) table[i * width + kind] = 1;
    table[i * width + Z] = number;
  });
  for (let k = 0; k < bonds.order.length; k++) {
    const [a, b] = [bonds.first[k], bonds.second[k]];
    if (atomicNumbers[b] === 1) table[a * width + HYDROGENS]++;
    if (atomicNumbers[a] === 1) table[b * width + HYDROGENS]++;
  }
  for (let atom = 0; atom < molecule.getAllAtoms(); atom++) {
    if (molecule.getAtomicNo(atom) === 1) continue;
    const row = (molecule.getAtomMapNo(atom) - 1) * width;
    const isAromatic = molecule.isAromaticAtom(atom);
    const pi = isAromatic || molecule.isFlatNitrogen(atom) ? 1 : molecule.getAtomPi(atom);
    if (isAromatic) table[row + AROMATIC] = 1;
    table[row + (pi === 1 ? SP2 : pi >= 2 ? SP : SP3)] = 1;
  }
  return table;
}

function edgesOf(molecule: Molecule, { atomicNumbers, positions }: Structure, cutoff: number): Edges {
  const edges: Edges = { source: [], target: [], kind: [] };
  const add = (a: number, b: number, kind: number) => {
    edges.source.push(a, b);
    edges.target.push(b, a);
    edges.kind.push(kind, kind);
  };
  const bonded = new Set<number>();
  const atoms = atomicNumbers.length;
  const place = (atom: number) => molecule.getAtomMapNo(atom) - 1;
  for (let bond = 0; bond < molecule.getAllBonds(); bond++) {
    const [a, b] = [place(molecule.getBondAtom(0, bond)), place(molecule.getBondAtom(1, bond))];
    const order = molecule.getBondOrder(bond);
    if (order > 3) throw new RecordError(`a bond of order ${order} cannot be described`);
    add(a, b, molecule.isAromaticBond(bond) ? AROMATIC_KIND : Math.max(order, 1));
    bonded.add(Math.min(a, b) * atoms + Math.max(a, b));
  }
  if (cutoff <= 0) return edges;
  for (let a = 0; a < atoms; a++) {
    for (let b = a + 1; b < atoms; b++) {
      if (!bonded.has(a * atoms + b) && distance(positions, a, b) < cutoff) add(a, b, 0);
    }
  }
  return edges;
}

function distance(positions: Float32Array, a: number, b: number): number {
  const along = (axis: number) => positions[3 * a + axis] - positions[3 * b + axis];
  return Math.hypot(along(0), along(1), along(2));
}

function starts(lengths: readonly number[]): Int32Array {
  const result = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    result[i + 1] = result[i] + length;
  });
  return result;
}
