import { slice } from "../graph/indexing.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { GraphEncoder } from "./egnn.ts";
import { type FloatArray, type FloatType, type WeightTensors, zeros } from "./parameters.ts";
import type { FedInput } from "./training-session.ts";

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
 * The inputs through which batches of `size` molecules are fed, all of one shape: as many atoms and edges as the largest of
 * `batches` has, one atom more. What a smaller batch leaves empty are atoms of a molecule number `size`, which
 * `graphFeatures` drops, and edges from the last atom to itself. Padding costs a few percent; the shapes being fixed, the
 * runtime plans its memory once.
 *
 * The same arrays are filled each time: a run must end before the next batch is asked for.
 * @param batches - every batch that will be fed
 */
export function fedGraphs(
  table: GraphTable,
  scaler: NodeScaler,
  size: number,
  batches: Iterable<Int32Array>,
  dtype: FloatType = "float32",
): Readonly<Record<GraphInput, FedInput>> {
  const { nodeDim, edgeDim, atomStart, edgeStart } = table;
  const [mostAtoms, edges] = largest([atomStart, edgeStart], batches);
  const atoms = mostAtoms + 1;
  const scaled = scaledValues(scaler, nodeDim);

  /** An input of one number or more for each atom, or edge, of the batch; `padding` where there are none. */
  const each = (start: Int32Array, shape: readonly number[], array: FloatArray | Int32Array, padding: number) => {
    const width = shape[1] ?? 1;
    return (write: (from: number, end: number, at: number, place: Place) => void): FedInput => ({
      shape,
      ...(array instanceof Int32Array && { dtype: "int64" }),
      values: (_, rows) => {
        array.fill(padding);
        let [at, firstAtom] = [0, 0];
        rows.forEach((row, molecule) => {
          write(start[row] * width, start[row + 1] * width, at, { molecule, firstAtom });
          at += (start[row + 1] - start[row]) * width;
          firstAtom += atomStart[row + 1] - atomStart[row];
        });
        return array;
      },
    });
  };
  const nodes = zeros(atoms * nodeDim, dtype);
  const positions = zeros(atoms * 3, dtype);
  const attributes = zeros(edges * edgeDim, dtype);
  const [source, target, molecules] = [new Int32Array(edges), new Int32Array(edges), new Int32Array(atoms)];
  const endpoint = (from: Uint16Array, to: Int32Array) =>
    each(
      edgeStart,
      [edges],
      to,
      atoms - 1,
    )((first, end, at, { firstAtom }) => {
      for (let e = first; e < end; e++) to[at + e - first] = firstAtom + from[e];
    });
  return {
    nodes: each(
      atomStart,
      [atoms, nodeDim],
      nodes,
      0,
    )((first, end, at) => {
      for (let k = first; k < end; k++) nodes[at + k - first] = scaled[(k % nodeDim) * 256 + table.nodes[k]];
    }),
    positions: each(
      atomStart,
      [atoms, 3],
      positions,
      0,
    )((first, end, at) => {
      positions.set(table.positions.subarray(first, end), at);
    }),
    attributes: each(
      edgeStart,
      [edges, edgeDim],
      attributes,
      0,
    )((first, end, at) => {
      for (let k = first; k < end; k += edgeDim) {
        const kind = table.edgeKind[k / edgeDim];
        if (kind > 0) attributes[at + k - first + kind - 1] = 1;
      }
    }),
    source: endpoint(table.source, source),
    target: endpoint(table.target, target),
    molecule: each(
      atomStart,
      [atoms],
      molecules,
      size,
    )((first, end, at, { molecule }) => {
      molecules.fill(molecule, at, at + end - first);
    }),
  };
}

/** The inputs of a batch of molecules. */
type GraphInput = "nodes" | "positions" | "attributes" | "source" | "target" | "molecule";

/** Which molecule of the batch it is, and where its atoms begin. */
interface Place {
  readonly molecule: number;
  readonly firstAtom: number;
}

/** (value − mean) / scale for every column and every value that a byte can have. */
function scaledValues({ mean, scale }: NodeScaler, columns: number): Float64Array {
  return Float64Array.from({ length: columns * 256 }, (_, at) => {
    const column = Math.floor(at / 256);
    return ((at % 256) - mean[column]) / scale[column];
  });
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

/** The most atoms, and the most edges, that any of the batches has. */
function largest(starts: readonly Int32Array[], batches: Iterable<Int32Array>): number[] {
  const most = starts.map(() => 0);
  for (const rows of batches) {
    starts.forEach((start, k) => {
      let count = 0;
      for (let i = 0; i < rows.length; i++) count += start[rows[i] + 1] - start[rows[i]];
      most[k] = Math.max(most[k], count);
    });
  }
  return most;
}
