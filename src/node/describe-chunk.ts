import { Resources } from "openchemlib";
import { type DescribedStructures, describeStructures } from "../data/molecules/describe-structures.ts";
import { RecordError, type Structure } from "../data/molecules/structure.ts";
import { type Geometry, structureFromSmiles } from "../data/molecules/structure-from-smiles.ts";

/** Molecules to describe: as structures, or as SMILES of which one may be missing. */
export type Chunk = { readonly structures: readonly Structure[] } | { readonly smiles: readonly (string | null)[] };

/** How molecules become graphs. */
export interface DescribeOptions {
  /** Beside bonds, pairs of atoms nearer than this are edges, in angstrom; 0 for bonds alone. */
  readonly cutoff: number;
  readonly geometry: Geometry;
}

/** The graphs of a chunk: a job for another process. Failures are counted by their position in the chunk. */
export function describeChunk(chunk: Chunk, { cutoff, geometry }: DescribeOptions): DescribedStructures {
  if ("structures" in chunk) {
    const described = describeStructures(chunk.structures, { cutoff });
    if (geometry === "none") described.graphs.positions.fill(0);
    return described;
  }
  if (geometry === "3d") registerResources();
  const failures: { index: number; problem: string }[] = [];
  const structures: Structure[] = [];
  const places: number[] = [];
  chunk.smiles.forEach((text, index) => {
    try {
      structures.push(structureFromSmiles(text ?? "", geometry));
      places.push(index);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      failures.push({ index, problem: error.message });
    }
  });
  const described = describeStructures(structures, { cutoff });
  const further = described.failures.map(({ index, problem }) => ({ index: places[index] as number, problem }));
  return { ...described, failures: [...failures, ...further].sort((a, b) => a.index - b.index) };
}

let registered = false;

/** The torsions and force field that OpenChemLib keeps in a file beside it. */
function registerResources(): void {
  if (!registered) Resources.registerFromNodejs();
  registered = true;
}
