import { Molecule } from "openchemlib";

/** A molecule as a file describes it: its atoms where they are, and what is said to bind them. */
export interface Structure {
  /** What the file calls it; empty when it has no name. */
  readonly name: string;
  /** n numbers. */
  readonly atomicNumbers: Uint8Array;
  /** Formal charges, n. */
  readonly charges: Int8Array;
  /** n × 3, in angstrom. */
  readonly positions: Float32Array;
  /** Null when the file has none. */
  readonly bonds: Bonds | null;
  /** Numbers that the file gives for the molecule, by name; NaN for one that it leaves open. */
  readonly properties: Readonly<Record<string, number>>;
}

/** Bonds between atoms counted from 0. */
export interface Bonds {
  readonly first: Uint16Array;
  readonly second: Uint16Array;
  /** 1, 2, 3, or 4 for aromatic. */
  readonly order: Uint8Array;
}

/** A record that cannot be read: what is wrong, and in which line of the file, counted from 1. */
export class RecordError extends Error {
  readonly line: number | undefined;

  constructor(problem: string, line?: number) {
    super(problem);
    this.line = line;
  }
}

/** The atomic number of an element's symbol. Throws RecordError when there is no such element. */
export function atomicNumber(symbol: string, line: number): number {
  const number = symbol === "D" || symbol === "T" ? 1 : Molecule.getAtomicNoFromLabel(symbol);
  if (number < 1 || number > 118) throw new RecordError(`there is no element '${symbol}'`, line);
  return number;
}

/** A number in a text file. Throws RecordError, naming `what`, when the text is none. */
export function numberIn(text: string, what: string, line: number): number {
  // Mathematica, with which the files of QM9 were written, puts 1.5*^-6 for 1.5e-6.
  const value = Number(text.trim().replace("*^", "e"));
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new RecordError(`${what} should be a number and is '${text.trim()}'`, line);
  }
  return value;
}
