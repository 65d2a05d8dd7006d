import { slice } from "../dist/graph/indexing.js";
import { matmul } from "../dist/graph/matmul.js";
import { input } from "../dist/graph/tensor.js";
import { compile } from "../dist/runtime/session.js";
import { medianTiming, stopwatch } from "./stopwatch.mjs";

const [REPEATS, RUNS] = [64, 5];

/**
 * Products of one update of a network with one hidden layer, as [rows, inner, columns, which factors are transposed]:
 * forward through two layers, back through the second, and the slopes of both weights.
 */
export function productsOfUpdate(batch, inputs, hidden, features) {
  return [
    [batch, inputs, hidden, { transposeB: true }],
    [batch, hidden, features, { transposeB: true }],
    [batch, features, hidden, {}],
    [hidden, batch, inputs, { transposeA: true }],
    [features, batch, hidden, { transposeA: true }],
  ];
}

/** Multiplications and additions of these products. */
export function flopsOf(products) {
  return products.reduce((sum, [n, k, m]) => sum + 2 * n * k * m, 0);
}

/** Wall and processor seconds that ONNX Runtime takes for the products alone, repeated inside one run; the median of several runs. */
export async function timeAlone(products, threads = 1) {
  const factors = products.map(([n, k, m, { transposeA, transposeB }], i) => [
    input(`a${i}`, "float32", transposeA ? [k, n] : [n, k]),
    input(`b${i}`, "float32", transposeB ? [m, k] : [k, m]),
  ]);
  // One row of each product is looked at, so that none is left out and nothing is copied.
  const rows = factors.map(([a, b], i) => [`first${i}`, slice(matmul(a, b, products[i][3]), 0, 0, 1)]);
  const program = { inputs: factors.flat(), outputs: Object.fromEntries(rows), repeat: { most: REPEATS, sliced: [] } };
  const session = await compile(program, { threads });
  for (const { attributes, shape } of factors.flat()) {
    const size = shape.reduce((a, b) => a * b, 1);
    session.set(
      attributes.name,
      Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
    );
  }
  await session.run({}, REPEATS);
  const times = [];
  for (let k = 0; k < RUNS; k++) {
    const elapsed = stopwatch();
    await session.run({}, REPEATS);
    times.push(elapsed());
  }
  await session.release();
  const { seconds, cpuSeconds } = medianTiming(times);
  return { seconds: seconds / REPEATS, cpuSeconds: cpuSeconds / REPEATS };
}
