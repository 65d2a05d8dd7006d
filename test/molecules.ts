import type { Bonds, Structure } from "../src/data/molecules/structure.ts";

const SYMBOLS: Readonly<Record<string, number>> = { H: 1, C: 6, N: 7, O: 8, F: 9 };

/** A molecule written down by hand: atoms as "C x y z", bonds as [first, second, order] with atoms counted from 1. */
export interface WrittenMolecule {
  readonly name: string;
  readonly atoms: readonly string[];
  readonly bonds: readonly (readonly [number, number, number])[];
}

/** Methane, water, formamide and ethyne at roughly their real geometries, and furan with its bonds marked aromatic. */
export const written: Readonly<Record<"methane" | "water" | "formamide" | "ethyne" | "furan", WrittenMolecule>> = {
  methane: {
    name: "gdb_1",
    atoms: ["C 0 0 0", "H 0.63 0.63 0.63", "H -0.63 -0.63 0.63", "H -0.63 0.63 -0.63", "H 0.63 -0.63 -0.63"],
    bonds: [
      [1, 2, 1],
      [1, 3, 1],
      [1, 4, 1],
      [1, 5, 1],
    ],
  },
  water: {
    name: "gdb_3",
    atoms: ["O 0 0 0.12", "H 0 0.76 -0.47", "H 0 -0.76 -0.47"],
    bonds: [
      [1, 2, 1],
      [1, 3, 1],
    ],
  },
  formamide: {
    name: "gdb_12",
    atoms: [
      "N -0.0259 1.3461 0.0089",
      "C 0.0465 -0.0117 0.0012",
      "O 1.0718 -0.6526 -0.0111",
      "H 0.8254 1.885 0.0037",
      "H -0.9084 1.8268 0.0189",
      "H -0.9614 -0.475 0.0081",
    ],
    bonds: [
      [1, 2, 1],
      [1, 4, 1],
      [1, 5, 1],
      [2, 3, 2],
      [2, 6, 1],
    ],
  },
  ethyne: {
    name: "gdb_4",
    atoms: ["C 0 0 0.6", "C 0 0 -0.6", "H 0 0 1.66", "H 0 0 -1.66"],
    bonds: [
      [1, 2, 3],
      [1, 3, 1],
      [2, 4, 1],
    ],
  },
  furan: {
    name: "gdb_52",
    atoms: [
      ...["O 0 1.16 0", "C 1.09 0.35 0", "C 0.71 -0.96 0", "C -0.71 -0.96 0", "C -1.09 0.35 0"],
      ...["H 2.05 0.85 0", "H 1.37 -1.81 0", "H -1.37 -1.81 0", "H -2.05 0.85 0"],
    ],
    bonds: [
      [1, 2, 4],
      [2, 3, 4],
      [3, 4, 4],
      [4, 5, 4],
      [5, 1, 4],
      [2, 6, 1],
      [3, 7, 1],
      [4, 8, 1],
      [5, 9, 1],
    ],
  },
};

/** The lines of a V2000 record, without the mark at its end. */
export function molfileLines({ name, atoms, bonds }: WrittenMolecule): string[] {
  const wide = (value: number, width: number) => String(value).padStart(width);
  return [
    name,
    "  3D",
    "",
    `${wide(atoms.length, 3)}${wide(bonds.length, 3)}  0  0  0  0  0  0  0  0999 V2000`,
    ...atoms.map((atom) => {
      const [symbol, ...place] = atom.split(" ");
      const numbers = place.map((text) => Number(text).toFixed(4).padStart(10)).join("");
      return `${numbers} ${symbol?.padEnd(3)} 0  0  0  0  0  0  0  0  0  0  0  0`;
    }),
    ...bonds.map((bond) => `${bond.map((value) => wide(value, 3)).join("")}  0`),
    "M  END",
  ];
}

/** An SD file of the molecules. */
export function sdfText(molecules: readonly WrittenMolecule[]): string {
  return molecules.map((molecule) => `${[...molfileLines(molecule), "$$$$"].join("\n")}\n`).join("");
}

/** An XYZ frame of a molecule. */
export function xyzLines({ atoms }: WrittenMolecule, comment: string): string[] {
  return [String(atoms.length), comment, ...atoms];
}

/** The molecule as readers return it. */
export function structureOf({ name, atoms, bonds }: WrittenMolecule): Structure {
  const parts = atoms.map((atom) => atom.split(" "));
  const table: Bonds = {
    first: Uint16Array.from(bonds, ([first]) => first - 1),
    second: Uint16Array.from(bonds, ([, second]) => second - 1),
    order: Uint8Array.from(bonds, ([, , order]) => order),
  };
  return {
    name,
    atomicNumbers: Uint8Array.from(parts, ([symbol = ""]) => SYMBOLS[symbol] ?? 0),
    charges: new Int8Array(atoms.length),
    positions: Float32Array.from(parts.flatMap(([, ...place]) => place.map(Number))),
    bonds: table,
    properties: {},
  };
}
