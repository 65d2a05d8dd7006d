import { slice } from "../graph/indexing.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import type { Values } from "../runtime/values.ts";
import type { GraphEncoder } from "./egnn.ts";
import { type FloatType, type WeightTensors, zeros } from "./parameters.ts";

/** Graph inputs that describe a batch of rows, and their values for the rows of one batch. */
export interface FedInputs {
  readonly tensors: Readonly<Record<string, Tensor>>;
  values(rows: Int32Array): Readonly<Record<string, Values>>;
}

/** Molecules laid end to end, one a row of the data: what a graph encoder reads. */
export interface GraphTable {
  /** Number of molecules. */
  readonly rows: number;
  /** Where the atoms of each molecule begin, rows + 1; and its edges. */
  readonly atomStart: Int32Array;
  readonly edgeStart: Int32Array;
  /** What describes each atom: counts and flags, atoms × nodeDim. */
  readonly nodes: Uint8Array;
  readonly nodeDim: number;
  /** Atoms × 3, in any unit. */
  readonly positions: Float32Array;
  /** The atom that each edge comes from and the one it goes to, counted within its molecule. */
  readonly source: Uint16Array;
  readonly target: Uint16Array;
  /** The kind of each edge, 1 … edgeDim, given to the encoder as a one-hot vector; 0 for an edge of no kind. */
  readonly edgeKind: Uint8Array;
  readonly edgeDim: number;
}

/** Numbers that are subtracted from each column of the atoms' descriptions, and that divide it. */
export interface NodeScaler {
  readonly mean: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
}

/**
 * The graph inputs through which batches of `size` molecules are fed, all of one shape: as many atoms and edges as the
 * largest of `batches` has, one atom more. What a smaller batch leaves empty are atoms of a molecule number `size`, which
 * `graphFeatures` drops, and edges from the last atom to itself. Padding costs a few percent; the shapes being fixed, the
 * runtime plans its memory once.
 *
 * `values` writes to the same arrays each time: a run must end before the next batch is asked for.
 * @param batches - every batch that will be fed
 */
export function fedGraphs(
  table: GraphTable,
  { mean, scale }: NodeScaler,
  size: number,
  batches: Iterable<Int32Array>,
  dtype: FloatType = "float32",
): FedInputs {
  const { nodeDim, edgeDim, atomStart, edgeStart } = table;
  const atoms = 1 + largest(atomStart, batches);
  const edges = largest(edgeStart, batches);
  const held = {
    nodes: zeros(atoms * nodeDim, dtype),
    positions: zeros(atoms * 3, dtype),
    attributes: zeros(edges * edgeDim, dtype),
    source: new Int32Array(edges),
    target: new Int32Array(edges),
    molecule: new Int32Array(atoms),
  };
  const scaled = Float64Array.from({ length: nodeDim * 256 }, (_, at) => {
    const column = Math.floor(at / 256);
    return ((at % 256) - mean[column]) / scale[column];
  });
  return {
    tensors: {
      nodes: input("nodes", dtype, [atoms, nodeDim]),
      positions: input("positions", dtype, [atoms, 3]),
      attributes: input("attributes", dtype, [edges, edgeDim]),
      source: input("source", "int64", [edges]),
      target: input("target", "int64", [edges]),
      molecule: input("molecule", "int64", [atoms]),
    },
    values: (rows) => {
      held.nodes.fill(0);
      held.positions.fill(0);
      held.attributes.fill(0);
      held.source.fill(atoms - 1);
      held.target.fill(atoms - 1);
      held.molecule.fill(size);
      let [atom, edge] = [0, 0];
      for (let i = 0; i < rows.length; i++) {
        const [firstAtom, endAtom] = [atomStart[rows[i]], atomStart[rows[i] + 1]];
        const [firstEdge, endEdge] = [edgeStart[rows[i]], edgeStart[rows[i] + 1]];
        for (let a = firstAtom * nodeDim, to = atom * nodeDim; a < endAtom * nodeDim; a++, to++) {
          held.nodes[to] = scaled[(a % nodeDim) * 256 + table.nodes[a]];
        }
        held.positions.set(table.positions.subarray(firstAtom * 3, endAtom * 3), atom * 3);
        held.molecule.fill(i, atom, atom + endAtom - firstAtom);
        for (let e = firstEdge; e < endEdge; e++, edge++) {
          held.source[edge] = atom + table.source[e];
          held.target[edge] = atom + table.target[e];
          if (table.edgeKind[e] > 0) held.attributes[edge * edgeDim + table.edgeKind[e] - 1] = 1;
        }
        atom += endAtom - firstAtom;
      }
      return held;
    },
  };
}

/** The features of a batch fed through `fedGraphs`, size × featureDim. */
export function graphFeatures(
  encoder: GraphEncoder,
  weights: WeightTensors,
  fed: Readonly<Record<string, Tensor>>,
  size: number,
): Tensor {
  const { nodes, positions, attributes, source, target, molecule } = fed;
  const batch = { nodes, positions, attributes, source, target, graph: molecule, graphCount: size + 1 };
  return slice(encoder.encode(weights, batch), 0, 0, size);
}

/** The most atoms, or edges, that any of the batches has. */
function largest(start: Int32Array, batches: Iterable<Int32Array>): number {
  let most = 0;
  for (const rows of batches) {
    let count = 0;
    for (let i = 0; i < rows.length; i++) count += start[rows[i] + 1] - start[rows[i]];
    most = Math.max(most, count);
  }
  return most;
}
