import { describe, expect, it } from "vitest";
import { identity, matrix, multiplyTransposed, multiplyVector } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { clampedBounds, FREE } from "./diagonality.ts";
import { noisyCurvature } from "./noisy-curvature.ts";
import { noisyInformation } from "./noisy-information.ts";
import { noisyLikelihood } from "./noisy-likelihood.ts";

const [D, TASKS] = [5, 7];
const random = createRandom(4);
const normals = (rows: number, cols: number) =>
  matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => random.normal()),
  );
const root = normals(D, D);
const noiseShape = multiplyTransposed(root, root);
const weights = Float64Array.from({ length: TASKS }, (_, t) => (t + 1) / 28);
const matrices = matrix(TASKS, D * D);
for (let t = 0; t < TASKS; t++) {
  const rows = normals(D, 20);
  matrices.data.set(
    multiplyTransposed(rows, rows).data.map((value) => value / 20),
    t * D * D,
  );
}
const set = { dim: D, weights, matrices, noiseShape };

describe("noisyInformation", () => {
  it.each([
    ["free variances", FREE],
    // Some of these variances end at their bounds, which are then not among the unknown ones.
    ["clamped variances", clampedBounds(0.7)],
  ])("has the products and the entries of the whole matrix: %s", (_, bounds) => {
    const at = noisyLikelihood(set, identity(D), 0.05, bounds);
    const bound = at.variance.data.filter((v) => v <= bounds.lower || v >= bounds.upper).length;
    if (bounds !== FREE) expect(bound).toBeGreaterThan(3);
    const whole = noisyCurvature(at, noiseShape, weights, bounds);
    const information = noisyInformation(at, noiseShape, weights, bounds);
    const x = normals(1, D * D + 1).data;
    const [expected, found] = [multiplyVector(whole, x), information.times(x)];
    // Sums of some hundred products of order one to a hundred.
    for (let k = 0; k < x.length; k++)
      expect(Math.abs(found[k] - expected[k])).toBeLessThan(1e-11 * (1 + Math.abs(expected[k])));
    expect(
      Math.abs(information.times(x.map((value, k) => (k === 1 ? -value : value)))[1] - expected[1]),
    ).toBeGreaterThan(1e-3);
  });

  it("has the blocks of the whole matrix where all variances are at a bound, and so known", () => {
    const bounds = { lower: 1, upper: 1 };
    const at = noisyLikelihood(set, identity(D), 0.05, bounds);
    const { data, cols } = noisyCurvature(at, noiseShape, weights, bounds);
    const { own, crossed, noise } = noisyInformation(at, noiseShape, weights, bounds);
    expect(noise).toBeCloseTo(data[D * D * cols + D * D], 10);
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < D; j++) {
        const [ij, ji] = [i * D + j, j * D + i];
        expect(own.data[ij]).toBeCloseTo(data[ij * cols + ij], 10);
        expect(crossed.data[ij]).toBeCloseTo(data[ij * cols + ji], 10);
      }
    }
  });
});
