import { parseMolfile } from "../data/molecules/molfile.ts";
import { RecordError, type Structure } from "../data/molecules/structure.ts";
import { atomsOfXyz, parseXyz } from "../data/molecules/xyz.ts";

/** One record of a file of molecules: the structure in it, or what is wrong with it and in which line. */
export type StructureRecord = { readonly structure: Structure } | { readonly problem: string; readonly line?: number };

/** The records of an SD file, split at `$$$$`, from its lines. */
export async function* sdfRecords(lines: AsyncIterable<string[]>): AsyncGenerator<StructureRecord, void> {
  let record: string[] = [];
  let [first, next] = [1, 1];
  for await (const chunk of lines) {
    for (const line of chunk) {
      next++;
      if (!line.startsWith("$$$$")) {
        record.push(line);
        continue;
      }
      yield attempt(() => parseMolfile(record, first));
      record = [];
      first = next;
    }
  }
  // A lone molfile has no end mark.
  if (record.some((line) => line.trim() !== "")) yield attempt(() => parseMolfile(record, first));
}

/** Lines after the atoms of a frame that QM9's own files have: frequencies, SMILES, InChI. */
const QM9_TRAILER = 3;

/**
 * The frames of an XYZ file from its lines. Where a frame does not begin with a number of atoms, the lines up to the next
 * one that does are one bad record.
 */
export async function* xyzRecords(lines: AsyncIterable<string[]>): AsyncGenerator<StructureRecord, void> {
  let frame: string[] = [];
  let [first, next, wanted, lost] = [1, 1, 0, false];
  for await (const chunk of lines) {
    for (const line of chunk) {
      const number = next++;
      if (frame.length === 0) {
        if (line.trim() === "") continue;
        const atoms = attempt(() => atomsOfXyz(line, number));
        if ("problem" in atoms) {
          if (!lost) yield atoms;
          lost = true;
          continue;
        }
        [first, wanted, lost] = [number, 2 + atoms.structure, false];
      }
      frame.push(line);
      if (frame.length === 2 && line.startsWith("gdb ")) wanted += QM9_TRAILER;
      if (frame.length < wanted) continue;
      const complete = frame;
      yield attempt(() => parseXyz(complete, first));
      frame = [];
    }
  }
  if (frame.length > 0) yield attempt(() => parseXyz(frame, first));
}

/** What `read` returns, or the problem that it found. Throws whatever is no RecordError. */
function attempt<T>(read: () => T): { structure: T } | { problem: string; line?: number } {
  try {
    return { structure: read() };
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return { problem: error.message, ...(error.line !== undefined && { line: error.line }) };
  }
}
