import { expect, it } from "vitest";
import { applyCentredMap } from "../linalg/centred-map.ts";
import { matrix } from "../linalg/matrix.ts";
import { encodeRows } from "../nn/encode-rows.ts";
import { mlp } from "../nn/mlp.ts";
import { initialWeights } from "../nn/parameters.ts";
import { createRandom } from "../stats/random.ts";
import { mappedAutoencoder } from "./mapped-autoencoder.ts";

it("an encoder with a map put on, and its decoder with the map taken off, make of every row what they made before", async () => {
  const random = createRandom(3);
  const encoder = mlp({ inputDim: 4, hidden: [6, 5], featureDim: 2 });
  const decoder = mlp({ inputDim: 2, hidden: [7], featureDim: 4 }, "decoder");
  const weights = initialWeights([...encoder.parameters, ...decoder.parameters], "float32", random);
  const x = { rows: 20, cols: 4, data: Float32Array.from({ length: 80 }, () => random.normal()) };
  const map = { map: matrix(2, 2, Float64Array.of(1.5, -2, 0.7, 0.4)), mean: Float64Array.of(0.3, -1) };
  const mapped = mappedAutoencoder(weights, 2, map);

  const through = async (given: typeof weights) => {
    const z = await encodeRows(encoder, given, x);
    return { z, decoded: await encodeRows(decoder, given, { ...z, data: Float32Array.from(z.data) }) };
  };
  const [before, after] = [await through(weights), await through(mapped)];
  const distance = (a: { data: Float64Array }, b: { data: Float64Array }) =>
    Math.max(...a.data.map((value, k) => Math.abs(value - b.data[k])));
  expect(distance(after.z, applyCentredMap(map, before.z))).toBeLessThan(1e-5);
  expect(distance(after.decoded, before.decoded)).toBeLessThan(1e-5);
  expect(distance(after.z, before.z)).toBeGreaterThan(0.1);
});
