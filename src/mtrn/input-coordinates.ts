import { matmul } from "../graph/matmul.ts";
import { constant } from "../graph/tensor.ts";
import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import type { Encoder } from "../nn/encoder.ts";
import type { Weights } from "../nn/parameters.ts";
import { covarianceOf } from "../stats/covariance.ts";
import type { NumericTable, Scaler } from "../stats/standardise.ts";

/** Share of the largest eigenvalue that is added to all of them. */
const SHRINKAGE = 1e-3;
/** So many rows, evenly spread over the table, show the covariance well enough. */
const MAX_ROWS = 16_384;

/**
 * The coordinates of a table's columns in which an encoder learns all of their directions at much the same pace.
 *
 *     u = S⁻¹ W (x − μ)/σ ,   W = (C + ε λ₁ I)^−½ ,   C the correlation matrix, λ₁ its largest eigenvalue, ε = .001
 *
 * with S such that every u_j has variance 1. Maximum likelihood is the same in all coordinates, but gradient steps are not: a direction of
 * little variance is learnt late, and with few steps not at all. ε keeps directions in which the columns do not vary but for rounding or noise from
 * being learnt before all others.
 *
 * @param table rows × p.
 * @param scaler μ and σ.
 * @returns S⁻¹ W, p × p, for columns that are standardised already.
 */
export function inputCoordinates(table: NumericTable, { mean, scale }: Pick<Scaler, "mean" | "scale">): Matrix {
  const { rows, cols: p, data } = table;
  const seen = Math.min(rows, MAX_ROWS);
  const standard = matrix(seen, p);
  for (let k = 0; k < seen; k++) {
    const from = Math.floor((k * rows) / seen) * p;
    for (let j = 0; j < p; j++) standard.data[k * p + j] = (data[from + j] - mean[j]) / scale[j];
  }
  const { covariance } = covarianceOf(standard);
  const { values, vectors } = symmetricEigen(covariance);
  const lift = SHRINKAGE * values[0];
  const weighted = (weight: (value: number) => number) => {
    const scaled = matrix(p, p);
    for (let i = 0; i < p; i++) {
      for (let k = 0; k < p; k++) scaled.data[k * p + i] = vectors.data[i * p + k] * weight(Math.max(0, values[k]));
    }
    return multiply(vectors, scaled);
  };
  const whitening = weighted((value) => 1 / Math.sqrt(value + lift));
  const spread = weighted((value) => value / (value + lift));
  for (let i = 0; i < p; i++) {
    const deviation = Math.sqrt(spread.data[i * p + i]) || 1;
    for (let j = 0; j < p; j++) whitening.data[i * p + j] /= deviation;
  }
  return whitening;
}

/** The encoder as a function of x where its first layer reads M x. */
export function inCoordinates(encoder: Encoder, { rows, cols, data }: Matrix): Encoder {
  return {
    ...encoder,
    inputDim: cols,
    encode: (weights, x) =>
      encoder.encode(weights, matmul(x, constant(data, [rows, cols], x.dtype), { transposeB: true })),
  };
}

/** The weights with which an encoder does to x what `weights` make it do to M x: those of its first layer, V, become V M. */
export function withoutCoordinates(weights: Weights, coordinates: Matrix): Weights {
  const first = weights[FIRST_LAYER];
  const p = coordinates.rows;
  const read = multiply(matrix(first.length / p, p, Float64Array.from(first)), coordinates);
  return { ...weights, [FIRST_LAYER]: Float32Array.from(read.data) };
}

/** As `mlp` names it. */
const FIRST_LAYER = "encoder.0.weight";
