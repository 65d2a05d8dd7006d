import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { gradientError, gradientTolerance, randomPoint } from "../../test/gradient-check.ts";
import { mul } from "../graph/elementwise.ts";
import { gradient } from "../graph/gradient.ts";
import { sum } from "../graph/reductions.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { compile } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import { egnn, type GraphBatch, type GraphEncoder } from "./egnn.ts";
import { egnnLayer } from "./egnn-layer.ts";
import { initialWeights, type Weights, weightTensors } from "./parameters.ts";

const file = golden("egnn.json");

/** Golden values have 17 digits; sums over a few dozen terms of order 1 lose a few of them in another order. */
const TOLERANCE = 1e-12;

/** A batch as plain numbers. */
interface Numbers {
  readonly nodes: Float64Array;
  readonly positions: Float64Array;
  readonly attributes: Float64Array;
  readonly source: readonly number[];
  readonly target: readonly number[];
  readonly graph: readonly number[];
}

function numbersOf(batch: (typeof file)["batch"]): Numbers {
  return {
    nodes: goldenArray(batch.node_attr),
    positions: goldenArray(batch.pos),
    attributes: goldenArray(batch.edge_attr),
    source: batch.src.data ?? batch.src,
    target: batch.dst.data ?? batch.dst,
    graph: batch.graph_of_node.data ?? batch.graph_of_node,
  };
}

const [NODE_DIM, EDGE_DIM] = [5, 4];

function batchOf(numbers: Numbers, positions?: Tensor): GraphBatch {
  const { nodes, attributes, source, target, graph } = numbers;
  return {
    nodes: constant(nodes, [nodes.length / NODE_DIM, NODE_DIM], "float64"),
    positions: positions ?? constant(numbers.positions, [numbers.positions.length / 3, 3], "float64"),
    attributes: constant(attributes, [attributes.length / EDGE_DIM, EDGE_DIM], "float64"),
    source: constant(source, [source.length], "int64"),
    target: constant(target, [target.length], "int64"),
    graph: constant(graph, [graph.length], "int64"),
    graphCount: 1 + Math.max(...graph),
  };
}

const OURS: readonly [RegExp, string][] = [
  [/^layer(\d)/, "encoder.$1"],
  ["phi_e", "edge"],
  ["phi_h", "node"],
  ["phi_x", "position"],
].map(([from, to]) => [new RegExp(from), to as string]);

/** Golden arrays by our names: layers count from 0. */
function renamed(arrays: Record<string, { data: number[] }>): Weights {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const ours = OURS.reduce((text, [from, to]) => text.replace(from, to), name);
      return [ours.replace(/^encoder\.(\d)/, (_, layer) => `encoder.${layer - 1}`), goldenArray(array)];
    }),
  );
}

async function encode(encoder: GraphEncoder, weights: Weights, batch: GraphBatch): Promise<number[]> {
  const tensors = weightTensors(encoder.parameters, "float64");
  const session = await compile({
    inputs: Object.values(tensors),
    outputs: { h: encoder.encode(tensors, batch) },
  });
  for (const name of Object.keys(tensors)) session.set(name, weights[name]);
  const { h } = await session.run();
  await session.release();
  return Array.from(h as Float64Array);
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = TOLERANCE): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i]), `entry ${i}`).toBeLessThan(tolerance * scale);
  }
}

describe.each(file.cases as { name: string }[])("egnn against PyTorch: $name", ({ name }) => {
  const example = file.cases.find((other: { name: string }) => other.name === name);
  const { layer1, layer2 } = example.sizes;
  const sizes = { inputDim: NODE_DIM, edgeDim: EDGE_DIM, hidden: [layer1[1], layer2[1]], featureDim: layer2[2] };
  const weights = renamed(example.weights);
  const batch = numbersOf(file.batch);

  it.each([
    ["invariant", false],
    ["original_variant", true],
  ] as const)("%s: outputs and gradients", async (variant, positionRelu) => {
    const encoder = egnn({ ...sizes, positionRelu });
    const expected = example[variant];
    const tensors = weightTensors(encoder.parameters, "float64");
    const h = encoder.encode(tensors, batchOf(batch));
    const fixed = goldenArray(file.fixed_weights);
    const slopes = gradient(sum(mul(h, constant(fixed, h.shape, "float64"))), Object.values(tensors));
    const named = Object.fromEntries(Object.keys(tensors).map((key, i) => [`d ${key}`, slopes[i]]));
    const session = await compile({ inputs: Object.values(tensors), outputs: { h, ...named } });
    for (const key of Object.keys(tensors)) session.set(key, weights[key]);
    const result = await session.run();
    await session.release();

    expectClose(result.h as Float64Array, goldenArray(expected.output));
    const gradients = renamed(expected.grad);
    for (const key of Object.keys(tensors)) expectClose(result[`d ${key}`] as Float64Array, gradients[key]);
    const unused = Object.keys(gradients).filter((key) => !(key in tensors));
    expect(unused.every((key) => key.startsWith("encoder.1.position") && gradients[key].every((g) => g === 0))).toBe(
      true,
    );
  });

  it("a layer's features and positions", async () => {
    const encoder = egnn({ ...sizes, positionRelu: false });
    const tensors = weightTensors(encoder.parameters, "float64");
    const { nodes, positions, ...edges } = batchOf(batch);
    const { h, x } = egnnLayer("encoder.0", tensors, { h: nodes, x: positions }, edges, true);
    const session = await compile({ inputs: Object.values(tensors), outputs: { h, x } });
    for (const key of Object.keys(tensors)) session.set(key, weights[key]);
    const result = await session.run();
    await session.release();
    expectClose(result.h as Float64Array, goldenArray(example.invariant.layer1_h_before_relu));
    expectClose(result.x as Float64Array, goldenArray(example.invariant.layer1_x));
  });

  it("keeps its features under rotation and translation, which the paper's variant does not", async () => {
    const moved = { ...batch, positions: goldenArray(example.moved_pos) };
    const change = async (positionRelu: boolean) => {
      const encoder = egnn({ ...sizes, positionRelu });
      const [before, after] = [batch, moved].map((numbers) => encode(encoder, weights, batchOf(numbers)));
      const reference = await before;
      return Math.max(...(await after).map((value, i) => Math.abs(value - reference[i])));
    };
    expect(await change(false)).toBeLessThan(TOLERANCE);
    expect(await change(true)).toBeCloseTo(example.original_variant.max_change_by_rotation_and_translation, 12);
  });
});

describe("egnn", () => {
  const sizes = { inputDim: NODE_DIM, edgeDim: EDGE_DIM, hidden: [6, 7, 5], featureDim: 3, positionRelu: false };
  const batch = numbersOf(file.batch);

  it("leaves an atom without edges where it is", async () => {
    const [example] = file.cases;
    const encoder = egnn({ ...sizes, hidden: [6, 4], featureDim: 4 });
    const h = await encode(encoder, renamed(example.weights), batchOf(numbersOf(file.lone_atom.batch)));
    expectClose(h, goldenArray(file.lone_atom.output));
  });

  it("does not depend on the order of atoms and edges, at any depth", async () => {
    const random = createRandom(5);
    const encoder = egnn(sizes);
    const weights = initialWeights(encoder.parameters, "float64", random);
    const atoms = random.permutation(batch.graph.length);
    const place = new Int32Array(atoms.length);
    atoms.forEach((atom, i) => {
      place[atom] = i;
    });
    const edges = Array.from(random.permutation(batch.source.length));
    const take = (values: Float64Array, width: number, order: Iterable<number>) =>
      Float64Array.from([...order].flatMap((i) => Array.from(values.subarray(i * width, (i + 1) * width))));
    const shuffled: Numbers = {
      nodes: take(batch.nodes, NODE_DIM, atoms),
      positions: take(batch.positions, 3, atoms),
      attributes: take(batch.attributes, EDGE_DIM, edges),
      source: edges.map((e) => place[batch.source[e]]),
      target: edges.map((e) => place[batch.target[e]]),
      graph: Array.from(atoms, (atom) => batch.graph[atom]),
    };
    expectClose(await encode(encoder, weights, batchOf(shuffled)), await encode(encoder, weights, batchOf(batch)));
  });

  it("has the gradient of its features with respect to positions", async () => {
    const random = createRandom(6);
    const encoder = egnn(sizes);
    const weights = initialWeights(encoder.parameters, "float64", random);
    const fixed = Object.fromEntries(
      encoder.parameters.map(({ name, shape }) => [name, constant(weights[name], shape, "float64")]),
    );
    const point = randomPoint([batch.graph.length, 3], random);
    const error = await gradientError(([x]) => encoder.encode(fixed, batchOf(batch, x)), [point], random);
    expect(error).toBeLessThan(gradientTolerance);
  });

  it("stays finite, gradients too, where two atoms are in one place", async () => {
    const encoder = egnn(sizes);
    const weights = initialWeights(encoder.parameters, "float64", createRandom(7));
    const tensors = weightTensors(encoder.parameters, "float64");
    const positions = input("positions", "float64", [batch.graph.length, 3]);
    const loss = sum(encoder.encode(tensors, batchOf(batch, positions)));
    const slopes = gradient(loss, [positions, ...Object.values(tensors)]);
    const named = Object.fromEntries(slopes.map((slope, i) => [`slope${i}`, slope]));
    const session = await compile({ inputs: [positions, ...Object.values(tensors)], outputs: named });
    for (const key of Object.keys(tensors)) session.set(key, weights[key]);
    const result = await session.run({ positions: new Float64Array(3 * batch.graph.length) });
    await session.release();
    for (const values of Object.values(result)) expect((values as Float64Array).every(Number.isFinite)).toBe(true);
  });
});
