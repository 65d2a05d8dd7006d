import { describe, expect, it } from "vitest";
import { applyCentredMap } from "../linalg/centred-map.ts";
import { type Matrix, matrix, multiplyTransposed } from "../linalg/matrix.ts";
import { covarianceOf } from "../stats/covariance.ts";
import { createRandom } from "../stats/random.ts";
import { spanOfHeads } from "./projection.ts";

const random = createRandom(11);
const normal = (rows: number, cols: number): Matrix =>
  matrix(rows, cols, Float64Array.from({ length: rows * cols }, random.normal));

/** 500 rows of 6 features with unequal variances; 9 heads that see two directions of them and a whisper of a third. */
const features = normal(500, 6);
for (let i = 0; i < features.data.length; i++) features.data[i] = features.data[i] * (1 + (i % 6)) + 5;
const directions = normal(3, 6);
const loadings = normal(9, 3);
for (let t = 0; t < 9; t++) loadings.data[3 * t + 2] *= 1e-4;
const heads = multiplyTransposed(loadings, matrix(6, 3, transposed(directions)));
const { mean, covariance } = covarianceOf(features);

describe("spanOfHeads", () => {
  it("keeps what the heads see: the predictions can be rebuilt from the representation", () => {
    const projection = spanOfHeads(mean, covariance, heads, 3);
    const h = applyCentredMap(projection, features);
    const predictions = applyCentredMap({ mean, map: heads }, features);
    expect(residualShare(h, predictions)).toBeLessThan(1e-18);
    expect(
      residualShare(applyCentredMap(spanOfHeads(mean, covariance, heads, 1), features), predictions),
    ).toBeGreaterThan(0.01);
  });

  it("gives an uncorrelated representation of unit variance, and singular values that show d", () => {
    const projection = spanOfHeads(mean, covariance, heads, 2);
    const { covariance: c } = covarianceOf(applyCentredMap(projection, features));
    expect(Math.max(Math.abs(c.data[0] - 1), Math.abs(c.data[3] - 1), Math.abs(c.data[1]))).toBeLessThan(1e-12);
    const [, second, third] = projection.singularValues;
    expect(third / second).toBeLessThan(1e-3);
  });

  it("leaves out features without variance", () => {
    const dead = matrix(500, 6, features.data.slice());
    for (let i = 0; i < 500; i++) dead.data[6 * i + 2] = 1;
    const still = covarianceOf(dead);
    const { map } = spanOfHeads(still.mean, still.covariance, heads, 2);
    expect([map.data[2], map.data[8]].every((weight) => Math.abs(weight) < 1e-12)).toBe(true);
    expect(map.data.every(Number.isFinite)).toBe(true);
  });
});

function transposed({ rows, cols, data }: Matrix): Float64Array {
  return Float64Array.from(data, (_, at) => data[(at % rows) * cols + Math.floor(at / rows)]);
}

/** Share of the variance of y that least squares on the orthonormal columns of h leaves. */
function residualShare(h: Matrix, y: Matrix): number {
  const n = h.rows;
  let left = 0;
  let total = 0;
  for (let t = 0; t < y.cols; t++) {
    const target = Float64Array.from({ length: n }, (_, i) => y.data[i * y.cols + t]);
    const rest = target.slice();
    for (let j = 0; j < h.cols; j++) {
      let slope = 0;
      for (let i = 0; i < n; i++) slope += (h.data[i * h.cols + j] * target[i]) / n;
      for (let i = 0; i < n; i++) rest[i] -= slope * h.data[i * h.cols + j];
    }
    left += rest.reduce((sum, r) => sum + r * r, 0);
    total += target.reduce((sum, v) => sum + v * v, 0);
  }
  return left / total;
}
