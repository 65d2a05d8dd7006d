import { atomicNumber, numberIn, RecordError, type Structure } from "./structure.ts";

/** The numbers of a property line of QM9, in its order: rotational constants first (Ramakrishnan et al. 2014, Table 3). */
const QM9_PROPERTIES = ["A", "B", "C", "mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "U0", "U", "H", "G", "Cv"];

/** Where the columns of an atom line are. */
interface Columns {
  readonly species: number;
  readonly position: number;
}

/**
 * The molecule of one XYZ frame: number of atoms, comment, atoms.
 *
 * The comment may be QM9's property line (`gdb 12  157.7 …`, numbers as in the paper, energies in hartree), or that of
 * extended XYZ (`Properties=species:S:1:pos:R:3 energy=−1.5`), whose numeric entries become properties; anything else is
 * the name. There are no bonds in these files.
 * @param lines - the frame, beginning with the number of atoms; what follows the atoms is not looked at
 * @param firstLine - the line of the file in which the frame begins, from 1
 * @throws RecordError for a damaged frame, and a periodic one, naming the line and what would be right
 */
export function parseXyz(lines: readonly string[], firstLine: number): Structure {
  const atoms = atomsOfXyz(lines[0] ?? "", firstLine);
  const comment = lines[1] ?? "";
  const { name, properties, columns } = readComment(comment, firstLine + 1);
  const atomicNumbers = new Uint8Array(atoms);
  const positions = new Float32Array(3 * atoms);
  for (let i = 0; i < atoms; i++) {
    const line = firstLine + 2 + i;
    const text = lines[2 + i];
    if (text === undefined) throw new RecordError(`ends after ${i} of ${atoms} atoms`, line);
    const parts = text.trim().split(/\s+/);
    const species = parts[columns.species] ?? "";
    atomicNumbers[i] = /^\d+$/.test(species) ? Number(species) : atomicNumber(species, line);
    for (let axis = 0; axis < 3; axis++) {
      const what = `coordinate ${"xyz"[axis]} of atom ${i + 1}`;
      positions[3 * i + axis] = numberIn(parts[columns.position + axis] ?? "", what, line);
    }
  }
  return { name, atomicNumbers, charges: new Int8Array(atoms), positions, bonds: null, properties };
}

/** The number of atoms that the first line of a frame announces. Throws RecordError when it is none. */
export function atomsOfXyz(text: string, line: number): number {
  const atoms = Number(text);
  if (text.trim() === "" || !Number.isInteger(atoms) || atoms < 1) {
    throw new RecordError(`the number of atoms should be in this line and is '${text.trim()}'`, line);
  }
  return atoms;
}

function readComment(comment: string, line: number) {
  const plain: Columns = { species: 0, position: 1 };
  const words = comment.trim().split(/\s+/);
  if (words[0] === "gdb" && words.length === 2 + QM9_PROPERTIES.length) {
    const entries = QM9_PROPERTIES.map((key, i) => [key, numberIn(words[2 + i], key, line)]);
    return { name: `gdb_${words[1]}`, properties: Object.fromEntries(entries), columns: plain };
  }
  if (!/\b\w+=/.test(comment)) return { name: comment.trim(), properties: {}, columns: plain };
  const entries = [...comment.matchAll(/([\w.-]+)=("[^"]*"|\S+)/g)].map(([, key, value]) => [
    key,
    value.replace(/^"(.*)"$/, "$1"),
  ]);
  const given = Object.fromEntries(entries) as Record<string, string>;
  if (/T/.test(given.pbc ?? "")) throw new RecordError("is periodic; only molecules can be read", line);
  const numbers = entries.filter(
    ([key, value]) => key !== "Properties" && value !== "" && Number.isFinite(Number(value)),
  );
  return {
    name: given.name ?? given.id ?? "",
    properties: Object.fromEntries(numbers.map(([key, value]) => [key, Number(value)])),
    columns: given.Properties === undefined ? plain : columnsOf(given.Properties, line),
  };
}

/** The columns of the species and the position in `species:S:1:pos:R:3:…`. */
function columnsOf(layout: string, line: number): Columns {
  const parts = layout.split(":");
  const columns: Record<string, number> = {};
  let column = 0;
  for (let i = 0; i + 2 < parts.length; i += 3) {
    columns[parts[i]] = column;
    column += Number(parts[i + 2]);
  }
  const { species = columns.Z, pos } = columns;
  if (species === undefined || pos === undefined) {
    throw new RecordError("Properties should name the columns species and pos", line);
  }
  return { species, position: pos };
}
