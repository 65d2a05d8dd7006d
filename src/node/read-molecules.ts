import { setImmediate } from "node:timers/promises";
import type { DescribedStructures } from "../data/molecules/describe-structures.ts";
import { joinGraphs, type MoleculeGraphs } from "../data/molecules/molecule-graphs.ts";
import type { Structure } from "../data/molecules/structure.ts";
import { DataError, type DataLocation } from "../errors.ts";
import { type Chunk, type DescribeOptions, describeChunk } from "./describe-chunk.ts";
import type { DescribedParts } from "./described-parts.ts";
import { readRecords } from "./molecule-source.ts";
import { runJobs } from "./worker-pool.ts";

/** Molecules read from files, ready for an encoder. */
export interface MoleculeSet {
  readonly graphs: MoleculeGraphs;
  /** What the files call them; empty where they have no name. */
  readonly names: readonly string[];
  readonly smiles: readonly string[];
  /** Numbers that the files give for the molecules, by name; NaN where one has none. */
  readonly properties: Readonly<Record<string, Float64Array>>;
  /** Records in all, and the index of the one that each molecule comes from. */
  readonly records: number;
  readonly kept: Int32Array;
  /** Records that were left out, one line each: where, and why. */
  readonly skipped: readonly string[];
}

/** How molecules are read. */
export interface ReadMoleculesOptions extends DescribeOptions {
  /** Leave out records that cannot be used, instead of stopping at the first. */
  readonly skipBad: boolean;
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** Where parts are kept that take long: conformers. What is there already is taken from there. */
  readonly parts?: DescribedParts;
}

/** How far the reading is. */
export interface ReadMoleculesStep {
  readonly stage: "read" | "describe";
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
}

/** Molecules that another process describes at a time; a conformer takes as long as hundreds of molecules that have theirs. */
const CHUNK = 512;
const CHUNK_OF_CONFORMERS = 32;
/** Where there are no more than these, no process is started. */
const SMALL = 256;

/**
 * The molecules in files and folders (`readRecords`), one source after the other. Chemistry, which takes most of the time,
 * runs in processes on all cores; the result does not depend on how many.
 * @throws DataError naming file, record and line for a record that cannot be used, unless `skipBad`; when none is left
 */
export async function* readMolecules(
  paths: readonly string[],
  options: ReadMoleculesOptions,
): AsyncGenerator<ReadMoleculesStep, MoleculeSet> {
  const structures: Structure[] = [];
  const located: { place: DataLocation; index: number }[] = [];
  const problems = new Problems(options.skipBad);
  let records = 0;
  for (const path of paths) {
    for await (const item of readRecords(path)) {
      options.signal?.throwIfAborted();
      const place = { source: item.source, record: item.record };
      if ("problem" in item) problems.add(item.problem, { ...place, ...(item.line && { line: item.line }) });
      else {
        structures.push(item.structure);
        located.push({ place, index: records });
      }
      records++;
      if (records % CHUNK === 0) yield { stage: "read", done: records, total: null };
    }
  }
  const chunks = slices(structures, CHUNK).map((part) => ({ structures: part }));
  const described = yield* describeAll(chunks, structures.length, options);
  return collect(described, CHUNK, problems, records, located, structures);
}

/**
 * The molecules that the texts of a column describe, one a row.
 * @param column - where the texts come from, for messages
 * @throws DataError naming file, row and column for a text that is no SMILES, unless `skipBad`; when none is left
 */
export async function* readSmiles(
  texts: readonly (string | null)[],
  column: { readonly source: string; readonly column: string },
  options: ReadMoleculesOptions,
): AsyncGenerator<ReadMoleculesStep, MoleculeSet> {
  const size = options.geometry === "3d" ? CHUNK_OF_CONFORMERS : CHUNK;
  const chunks = slices(texts, size).map((smiles) => ({ smiles }));
  const described = yield* describeAll(chunks, texts.length, options);
  const located = texts.map((_, index) => ({ place: { ...column, row: index + 1 }, index }));
  return collect(described, size, new Problems(options.skipBad), texts.length, located, []);
}

/** The chunks described, in order. */
async function* describeAll(
  chunks: readonly Chunk[],
  total: number,
  { cutoff, geometry, workers, signal, parts }: ReadMoleculesOptions,
): AsyncGenerator<ReadMoleculesStep, DescribedStructures[]> {
  const shared: DescribeOptions = { cutoff, geometry };
  const results: DescribedStructures[] = [];
  const left: { readonly at: number; readonly chunk: Chunk }[] = [];
  let done = 0;
  const take = (at: number, result: DescribedStructures) => {
    results[at] = result;
    done += result.graphs.rows + result.failures.length;
  };
  for (const [at, chunk] of chunks.entries()) {
    const known = await parts?.read(at);
    if (known) take(at, known);
    else left.push({ at, chunk });
  }
  if (total <= SMALL) {
    for (const { at, chunk } of left) {
      // Describing holds the thread: a request to stop is heard in between.
      await setImmediate();
      signal?.throwIfAborted();
      take(at, describeChunk(chunk, shared));
      await parts?.write(at, results[at] as DescribedStructures);
    }
    return results;
  }
  const task = { module: new URL("./describe-chunk.ts", import.meta.url), name: "describeChunk" };
  const remaining = left.map(({ chunk }) => chunk);
  const jobs = runJobs<Chunk, DescribedStructures>(task, remaining, {
    shared,
    ...(workers !== undefined && { workers }),
    ...(signal && { signal }),
  });
  for await (const { index, result } of jobs) {
    const { at } = left[index] as (typeof left)[number];
    take(at, result);
    await parts?.write(at, result);
    yield { stage: "describe", done, total };
  }
  return results;
}

/** Puts the described chunks together; what failed is a problem of the record that it came from. */
function collect(
  described: readonly DescribedStructures[],
  chunkSize: number,
  problems: Problems,
  records: number,
  located: readonly { readonly place: DataLocation; readonly index: number }[],
  structures: readonly Structure[],
): MoleculeSet {
  const failed = new Set<number>();
  described.forEach(({ failures }, chunk) => {
    for (const { index, problem } of failures) {
      const at = chunk * chunkSize + index;
      problems.add(problem, located[at]?.place ?? {});
      failed.add(at);
    }
  });
  const good = located.flatMap(({ index }, at) => (failed.has(at) ? [] : [{ at, index }]));
  if (good.length === 0) throw new DataError(`no molecule is left: ${problems.lines[0] ?? "there was none"}`);
  return {
    graphs: joinGraphs(described.map(({ graphs }) => graphs)),
    names: good.map(({ at }) => structures[at]?.name ?? ""),
    smiles: described.flatMap(({ smiles }) => smiles),
    properties: propertyColumns(good.flatMap(({ at }) => structures[at] ?? [])),
    records,
    kept: Int32Array.from(good, ({ index }) => index),
    skipped: problems.lines,
  };
}

function propertyColumns(structures: readonly Structure[]): Record<string, Float64Array> {
  const columns: Record<string, Float64Array> = {};
  structures.forEach(({ properties }, i) => {
    for (const [name, value] of Object.entries(properties)) {
      columns[name] ??= new Float64Array(structures.length).fill(Number.NaN);
      columns[name][i] = value;
    }
  });
  return columns;
}

/** What is wrong with records: an error at once, or lines to report. */
class Problems {
  readonly lines: string[] = [];
  readonly #skip: boolean;

  constructor(skip: boolean) {
    this.#skip = skip;
  }

  add(problem: string, place: DataLocation): void {
    const error = new DataError(problem, place);
    if (!this.#skip) throw error;
    this.lines.push(error.message);
  }
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, k) => items.slice(k * size, (k + 1) * size));
}
