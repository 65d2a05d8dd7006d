import { describe, expect, it } from "vitest";
import { square } from "../graph/elementwise.ts";
import { gradient } from "../graph/gradient.ts";
import { sum } from "../graph/reductions.ts";
import { compile } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import { egnn } from "./egnn.ts";
import { fedGraphs, type GraphTable, graphFeatures } from "./graph-rows.ts";
import { initialWeights, weightTensors } from "./parameters.ts";
import { fedTensors, fedValues } from "./training-session.ts";

const random = createRandom(3);
const [NODE_DIM, EDGE_DIM] = [2, 3];

/** A chain, a single atom, a ring, and a pair without an edge. */
const molecules = [
  {
    atoms: 4,
    bonds: [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  },
  { atoms: 1, bonds: [] },
  {
    atoms: 5,
    bonds: [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 0],
    ],
  },
  { atoms: 2, bonds: [] },
].map(({ atoms, bonds }) => ({
  nodes: Array.from({ length: atoms * NODE_DIM }, () => Math.floor(random.uniform(0, 9))),
  positions: Array.from({ length: atoms * 3 }, () => random.normal()),
  edges: bonds.flatMap(([a, b], i) => [
    { source: a, target: b, kind: i % 4 },
    { source: b, target: a, kind: i % 4 },
  ]),
}));

function starts(lengths: readonly number[]): Int32Array {
  const result = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    result[i + 1] = result[i] + length;
  });
  return result;
}

const edges = molecules.flatMap((molecule) => molecule.edges);
const table: GraphTable = {
  rows: molecules.length,
  atomStart: starts(molecules.map(({ positions }) => positions.length / 3)),
  edgeStart: starts(molecules.map((molecule) => molecule.edges.length)),
  nodes: Uint8Array.from(molecules.flatMap(({ nodes }) => nodes)),
  nodeDim: NODE_DIM,
  positions: Float32Array.from(molecules.flatMap(({ positions }) => positions)),
  source: Uint16Array.from(edges, ({ source }) => source),
  target: Uint16Array.from(edges, ({ target }) => target),
  edgeKind: Uint8Array.from(edges, ({ kind }) => kind),
  edgeDim: EDGE_DIM,
};

const encoder = egnn({ inputDim: NODE_DIM, edgeDim: EDGE_DIM, hidden: [5, 6], featureDim: 3, positionRelu: false });
const weights = initialWeights(encoder.parameters, "float64", random);
const scaler = { mean: [4, 3], scale: [2.5, 3] };

/** Features of a batch of molecules, and the gradient of the sum of their squares. */
async function features(batch: readonly number[], planned: readonly (readonly number[])[]) {
  const rows = Int32Array.from(batch);
  const plans = planned.map((plan) => Int32Array.from(plan));
  const inputs = fedGraphs(table, scaler, batch.length, plans, "float64");
  const fed = fedTensors(inputs, "float64");
  const tensors = weightTensors(encoder.parameters, "float64");
  const h = graphFeatures(encoder, tensors, fed, batch.length);
  const slopes = gradient(sum(square(h)), Object.values(tensors));
  const named = Object.fromEntries(Object.keys(tensors).map((name, i) => [`d ${name}`, slopes[i]]));
  const session = await compile({
    inputs: [...Object.values(fed), ...Object.values(tensors)],
    outputs: { h, ...named },
  });
  for (const name of Object.keys(tensors)) session.set(name, weights[name]);
  await session.run(fedValues(inputs, null, Int32Array.from(plans[0])));
  const result = await session.run(fedValues(inputs, null, rows));
  await session.release();
  return result as Record<string, Float64Array>;
}

/** Rounding of float64 sums in another order. */
const TOLERANCE = 1e-12;

describe("fedGraphs", () => {
  it("gives every molecule the features that it has alone, in any batch, padded or not", async () => {
    const alone: number[] = [];
    for (const row of [0, 1, 2, 3]) alone.push(...(await features([row], [[row]])).h);
    const order = [2, 0, 3, 1];
    const expected = order.flatMap((row) => alone.slice(3 * row, 3 * row + 3));
    for (const planned of [[order], [[2, 2, 2, 2], order]]) {
      const { h } = await features(order, planned);
      for (let i = 0; i < h.length; i++) expect(Math.abs(h[i] - expected[i])).toBeLessThan(TOLERANCE);
    }
    expect(new Set(alone.map((value) => value.toFixed(6))).size).toBe(alone.length);
  });

  it("lets no gradient flow through the padding, and none become NaN", async () => {
    const tight = await features([0, 2], [[0, 2]]);
    const padded = await features(
      [0, 2],
      [
        [2, 2],
        [0, 2],
      ],
    );
    for (const [name, values] of Object.entries(tight)) {
      values.forEach((value, i) => {
        expect(Math.abs(padded[name][i] - value), name).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(value)));
      });
    }
  });

  it("scales what describes the atoms", async () => {
    const fed = fedGraphs(table, scaler, 1, [Int32Array.of(0)], "float64");
    const { nodes, attributes } = fedValues(fed, null, Int32Array.of(0));
    const [first] = molecules;
    expect(Array.from(nodes as Float64Array).slice(0, -NODE_DIM)).toEqual(
      first.nodes.map((value, i) => (value - scaler.mean[i % 2]) / scaler.scale[i % 2]),
    );
    // Kind 0 is an edge of no kind; kind k sets element k − 1.
    expect(Array.from(attributes as Float64Array)).toEqual(
      first.edges.flatMap(({ kind }) => [1, 2, 3].map((k) => (k === kind ? 1 : 0))),
    );
  });
});
