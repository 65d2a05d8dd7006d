import { describe, expect, it } from "vitest";
import { matrix, multiply, multiplyTransposed } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import { encodeRows } from "../nn/encode-rows.ts";
import { initialWeights } from "../nn/parameters.ts";
import { covarianceOf } from "../stats/covariance.ts";
import { createRandom } from "../stats/random.ts";
import { fitScaler } from "../stats/standardise.ts";
import { networkOf } from "./architecture.ts";
import { inputCoordinates, withoutCoordinates } from "./input-coordinates.ts";

/** Columns x = M z of independent z: of its directions the last has 1/50 of the spread of the first, or less. */
function table(rows: number) {
  const random = createRandom(3);
  const mixing = matrix(4, 4, Float64Array.of(3, 1, 1, 0.2, 3, 1, -1, 0.2, 3, -1, 1, 0.2, 3, -1, -1, 0.1));
  const z = matrix(
    rows,
    4,
    Float64Array.from({ length: rows * 4 }, () => random.normal()),
  );
  return { rows, cols: 4, data: Float32Array.from(multiplyTransposed(z, mixing).data, (x) => 5 + 2 * x) };
}

const architecture = { inputDim: 4, hidden: [16], featureDim: 3 };

describe("inputCoordinates", () => {
  it("have variance 1, and directions less far apart than those of the standardised columns", () => {
    const x = table(2000);
    const scaler = fitScaler(x);
    const standard = matrix(
      x.rows,
      4,
      Float64Array.from(x.data, (value, k) => (value - scaler.mean[k % 4]) / scaler.scale[k % 4]),
    );
    const before = covarianceOf(standard).covariance;
    const coordinates = inputCoordinates(x, scaler);
    const after = multiplyTransposed(multiply(coordinates, before), coordinates);
    for (let j = 0; j < 4; j++) expect(after.data[5 * j]).toBeCloseTo(1, 6);
    const condition = (values: Float64Array) => Math.sqrt(values[0] / values[3]);
    const [worse, better] = [before, after].map((covariance) => condition(symmetricEigen(covariance).values));
    expect(worse).toBeGreaterThan(20);
    // λ/(λ + ε λ₁) of the smallest and the largest λ, but for S.
    const smallest = 1 / worse ** 2;
    expect(better).toBeCloseTo(Math.sqrt((smallest + 1e-3) / (smallest * (1 + 1e-3))), 0);
  });

  it("can be taken out of a trained encoder, which then reads the columns themselves", async () => {
    const x = table(300);
    const scaler = fitScaler(x);
    const coordinates = inputCoordinates(x, scaler);
    const network = networkOf(architecture, scaler, coordinates);
    const weights = initialWeights(network.parameters, "float32", createRandom(1));
    const inside = await encodeRows(network, weights, x);
    const outside = await encodeRows(networkOf(architecture, scaler), withoutCoordinates(weights, coordinates), x);
    outside.data.forEach((value, k) => {
      expect(Math.abs(value - inside.data[k])).toBeLessThan(1e-5);
    });
    const unchanged = await encodeRows(networkOf(architecture, scaler), weights, x);
    expect(Math.max(...unchanged.data.map((value, k) => Math.abs(value - inside.data[k])))).toBeGreaterThan(0.1);
  });
});
