import type { Bonds, Structure } from "../src/data/molecules/structure.ts";
import type { Random } from "../src/stats/random.ts";

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

/**
 * A zigzag chain of carbon, nitrogen and oxygen with its hydrogens, of random length and make-up: not a geometry that exists,
 * but one that can be read.
 */
export function randomChain(name: string, random: Random): WrittenMolecule {
  const heavy = Array.from({ length: 2 + Math.floor(random.uniform(0, 5)) }, () => {
    const draw = random.uniform(0, 1);
    return draw < 0.6 ? "C" : draw < 0.8 ? "N" : "O";
  });
  const atoms = heavy.map((symbol, i) => `${symbol} ${(1.25 * i).toFixed(4)} ${i % 2 === 0 ? 0 : 0.8} 0`);
  const bonds: [number, number, number][] = heavy.slice(1).map((_, i) => [i + 1, i + 2, 1]);
  const valence: Readonly<Record<string, number>> = { C: 4, N: 3, O: 2 };
  heavy.forEach((symbol, i) => {
    const neighbours = (i > 0 ? 1 : 0) + (i < heavy.length - 1 ? 1 : 0);
    for (let k = neighbours; k < (valence[symbol] ?? 0); k++) {
      const angle = k * 1.9 + random.uniform(0, 0.2);
      const place = [1.25 * i, (i % 2 === 0 ? 0 : 0.8) + Math.cos(angle), Math.sin(angle)];
      atoms.push(`H ${place.map((x) => x.toFixed(4)).join(" ")}`);
      bonds.push([i + 1, atoms.length, 1]);
    }
  });
  return { name, atoms, bonds };
}

/** The molecule turned about an axis and moved, its atoms listed in reverse. */
export function moved({ name, atoms, bonds }: WrittenMolecule): WrittenMolecule {
  const last = atoms.length + 1;
  const turned = atoms.map((atom) => {
    const [symbol, ...place] = atom.split(" ");
    const [x = 0, y = 0, z = 0] = place.map(Number);
    const [cos, sin] = [Math.cos(1), Math.sin(1)];
    return `${symbol} ${[cos * x - sin * z + 3, y - 2, sin * x + cos * z + 1].map((value) => value.toFixed(4)).join(" ")}`;
  });
  return { name, atoms: turned.reverse(), bonds: bonds.map(([a, b, order]) => [last - a, last - b, order]) };
}
