import { atomicNumber, type Bonds, numberIn, RecordError, type Structure } from "./structure.ts";

/** Charges by the codes of the atom lines; where there are `M  CHG` lines, these alone count. */
const CHARGE_CODES = [0, 3, 2, 1, 0, -1, -2, -3];

/**
 * The molecule in one record of an SD file, or in a molfile: the V2000 connection table (CTfile formats, BIOVIA 2020) with
 * the numeric ones of the data fields after it.
 * @param lines - of the record, the `$$$$` at its end left out
 * @param firstLine - the line of the file in which the record begins, from 1
 * @throws RecordError for a record that is damaged or of another version, naming the line and what would be right
 */
export function parseMolfile(lines: readonly string[], firstLine: number): Structure {
  const at = (index: number) => firstLine + index;
  const line = (index: number, what: string) => {
    const text = lines[index];
    if (text === undefined) throw new RecordError(`ends where ${what} should follow`, at(lines.length));
    return text;
  };
  const counts = line(3, "its counts line");
  if (/V3000/.test(counts)) throw new RecordError("is of version V3000; only V2000 can be read", at(3));
  const [atoms, bonds] = [counts.slice(0, 3), counts.slice(3, 6)].map((text, i) =>
    count(text, i === 0 ? "atoms" : "bonds", at(3)),
  );
  if (atoms === 0) throw new RecordError("has no atoms", at(3));

  const structure = {
    name: line(0, "its title").trim(),
    atomicNumbers: new Uint8Array(atoms),
    charges: new Int8Array(atoms),
    positions: new Float32Array(3 * atoms),
  };
  for (let i = 0; i < atoms; i++) readAtom(line(4 + i, `atom ${i + 1} of ${atoms}`), i, structure, at(4 + i));
  const table: Bonds = {
    first: new Uint16Array(bonds),
    second: new Uint16Array(bonds),
    order: new Uint8Array(bonds),
  };
  for (let k = 0; k < bonds; k++) {
    const index = 4 + atoms + k;
    readBond(line(index, `bond ${k + 1} of ${bonds}`), k, table, atoms, at(index));
  }
  const end = readProperties(lines, 4 + atoms + bonds, structure.charges, at);
  return { ...structure, bonds: table, properties: dataFields(lines, end + 1) };
}

type Atoms = Pick<Structure, "atomicNumbers" | "charges" | "positions">;

function readAtom(text: string, i: number, { atomicNumbers, charges, positions }: Atoms, line: number): void {
  for (let axis = 0; axis < 3; axis++) {
    const what = `coordinate ${"xyz"[axis]} of atom ${i + 1}`;
    positions[3 * i + axis] = numberIn(text.slice(10 * axis, 10 * axis + 10), what, line);
  }
  atomicNumbers[i] = atomicNumber(text.slice(31, 34).trim(), line);
  charges[i] = CHARGE_CODES[Number(text.slice(36, 39))] ?? 0;
}

function readBond(text: string, k: number, { first, second, order }: Bonds, atoms: number, line: number): void {
  const [a, b, kind] = [0, 3, 6].map((from) => Number(text.slice(from, from + 3)));
  for (const atom of [a, b]) {
    if (!(Number.isInteger(atom) && atom >= 1 && atom <= atoms)) {
      throw new RecordError(`a bond joins atom ${atom}, but there are ${atoms} atoms`, line);
    }
  }
  if (a === b) throw new RecordError(`a bond joins atom ${a} with itself`, line);
  if (!(Number.isInteger(kind) && kind >= 1 && kind <= 4)) {
    throw new RecordError(`a bond is of order '${text.slice(6, 9).trim()}'; it should be 1, 2, 3 or 4`, line);
  }
  first[k] = a - 1;
  second[k] = b - 1;
  order[k] = kind;
}

/** Reads the `M` lines up to `M  END`; returns the index of that line. */
function readProperties(
  lines: readonly string[],
  start: number,
  charges: Int8Array,
  at: (index: number) => number,
): number {
  let hasCharges = false;
  for (let index = start; index < lines.length; index++) {
    const text = lines[index];
    if (text.startsWith("M  END")) return index;
    if (!text.startsWith("M  CHG")) continue;
    if (!hasCharges) charges.fill(0);
    hasCharges = true;
    const numbers = text.slice(9).trim().split(/\s+/).map(Number);
    for (let k = 0; k + 1 < numbers.length; k += 2) {
      if (!(numbers[k] >= 1 && numbers[k] <= charges.length)) {
        throw new RecordError(`a charge is given to atom ${numbers[k]} of ${charges.length}`, at(index));
      }
      charges[numbers[k] - 1] = numbers[k + 1];
    }
  }
  throw new RecordError("ends where 'M  END' should follow", at(lines.length));
}

/** The data fields whose value is one number. */
function dataFields(lines: readonly string[], start: number): Record<string, number> {
  const fields: Record<string, number> = {};
  for (let index = start; index < lines.length; index++) {
    const name = /^>.*?<([^>]*)>/.exec(lines[index])?.[1];
    if (name === undefined) continue;
    const text = lines[++index]?.trim() ?? "";
    const value = Number(text);
    if (text !== "" && Number.isFinite(value)) fields[name] = value;
  }
  return fields;
}

function count(text: string, what: string, line: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0) {
    throw new RecordError(`the number of ${what} should be in this line and is '${text.trim()}'`, line);
  }
  return value;
}
