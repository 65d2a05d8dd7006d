import { takeTargets } from "../../stats/targets.ts";
import type { MoleculeData } from "./molecule-data.ts";
import type { MoleculeGraphs } from "./molecule-graphs.ts";

/** The molecules named by `rows`, in that order, with their targets. Tasks keep their indices. */
export function takeMolecules(data: MoleculeData, rows: ArrayLike<number>): MoleculeData {
  const { rowNames } = data;
  return {
    ...data,
    features: takeGraphs(data.features, rows),
    targets: takeTargets(data.targets, rows),
    smiles: Array.from(rows, (row) => data.smiles[row]),
    ...(rowNames && { rowNames: Array.from(rows, (row) => rowNames[row]) }),
  };
}

/** The graphs named by `rows`, in that order. */
export function takeGraphs(graphs: MoleculeGraphs, rows: ArrayLike<number>): MoleculeGraphs {
  const { atomStart, edgeStart, nodeDim } = graphs;
  const starts = (start: Int32Array) => {
    const taken = new Int32Array(rows.length + 1);
    for (let i = 0; i < rows.length; i++) taken[i + 1] = taken[i] + start[rows[i] + 1] - start[rows[i]];
    return taken;
  };
  const [atoms, edges] = [starts(atomStart), starts(edgeStart)];
  const [atomCount, edgeCount] = [atoms[rows.length], edges[rows.length]];
  const taken = {
    ...graphs,
    rows: rows.length,
    atomStart: atoms,
    edgeStart: edges,
    nodes: new Uint8Array(atomCount * nodeDim),
    positions: new Float32Array(atomCount * 3),
    source: new Uint16Array(edgeCount),
    target: new Uint16Array(edgeCount),
    edgeKind: new Uint8Array(edgeCount),
  };
  for (let i = 0; i < rows.length; i++) {
    const [a, b] = [atomStart[rows[i]], atomStart[rows[i] + 1]];
    const [e, f] = [edgeStart[rows[i]], edgeStart[rows[i] + 1]];
    taken.nodes.set(graphs.nodes.subarray(a * nodeDim, b * nodeDim), atoms[i] * nodeDim);
    taken.positions.set(graphs.positions.subarray(a * 3, b * 3), atoms[i] * 3);
    taken.source.set(graphs.source.subarray(e, f), edges[i]);
    taken.target.set(graphs.target.subarray(e, f), edges[i]);
    taken.edgeKind.set(graphs.edgeKind.subarray(e, f), edges[i]);
  }
  return taken;
}
