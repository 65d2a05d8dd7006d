/** Molecules as graphs, laid end to end: what a graph encoder reads. */
export interface MoleculeGraphs {
  /** Number of molecules. */
  readonly rows: number;
  /** Where the atoms of each molecule begin, rows + 1; and its edges. */
  readonly atomStart: Int32Array;
  readonly edgeStart: Int32Array;
  /** What describes each atom (`NODE_FEATURES`), atoms × nodeDim. */
  readonly nodes: Uint8Array;
  readonly nodeDim: number;
  /** Atoms × 3, in angstrom. */
  readonly positions: Float32Array;
  /** The atom that each edge comes from and the one it goes to, counted within its molecule. */
  readonly source: Uint16Array;
  readonly target: Uint16Array;
  /** The kind of each edge: 1 single, 2 double, 3 triple, 4 aromatic bond; 0 for a pair that is near but not bonded. */
  readonly edgeKind: Uint8Array;
  readonly edgeDim: number;
}

/** What describes an atom, in the order of the columns of `nodes`. Bonded hydrogens are counted; atomic number is Z. */
export const NODE_FEATURES = ["H", "C", "N", "O", "F", "Z", "aromatic", "sp", "sp2", "sp3", "hydrogens"] as const;

/** Kinds of bonds: single, double, triple, aromatic. */
export const BOND_KINDS = 4;

/** The molecules of several sets, one set after the other. */
export function joinGraphs(parts: readonly MoleculeGraphs[]): MoleculeGraphs {
  const total = (count: (part: MoleculeGraphs) => number) => parts.reduce((sum, part) => sum + count(part), 0);
  const rows = total((part) => part.rows);
  const atoms = total(({ positions }) => positions.length / 3);
  const edges = total(({ source }) => source.length);
  const joined = {
    rows,
    atomStart: new Int32Array(rows + 1),
    edgeStart: new Int32Array(rows + 1),
    nodes: new Uint8Array(atoms * NODE_FEATURES.length),
    nodeDim: NODE_FEATURES.length,
    positions: new Float32Array(3 * atoms),
    source: new Uint16Array(edges),
    target: new Uint16Array(edges),
    edgeKind: new Uint8Array(edges),
    edgeDim: BOND_KINDS,
  };
  let [row, atom, edge] = [0, 0, 0];
  for (const part of parts) {
    for (let i = 0; i <= part.rows; i++) {
      joined.atomStart[row + i] = atom + part.atomStart[i];
      joined.edgeStart[row + i] = edge + part.edgeStart[i];
    }
    joined.nodes.set(part.nodes, atom * joined.nodeDim);
    joined.positions.set(part.positions, 3 * atom);
    joined.source.set(part.source, edge);
    joined.target.set(part.target, edge);
    joined.edgeKind.set(part.edgeKind, edge);
    row += part.rows;
    atom += part.positions.length / 3;
    edge += part.source.length;
  }
  return joined;
}
