import { ShapeError } from "../errors.ts";
import { input } from "../graph/tensor.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { compile, type RuntimeOptions } from "../runtime/session.ts";
import type { Encoder } from "./encoder.ts";
import { type Weights, weightTensors } from "./parameters.ts";

/** Rows encoded in one run: enough to keep the kernels busy, small beside the data. */
const BATCH = 2048;

/** What an encoder reads: x, rows × cols, row-major. */
export interface EncoderInput {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

/**
 * h(x) for every row, in float32 and in batches.
 * @returns rows × encoder.featureDim
 * @throws ShapeError when x has not encoder.inputDim columns
 */
export async function encodeRows(
  encoder: Encoder,
  weights: Weights,
  x: EncoderInput,
  runtime: RuntimeOptions = {},
): Promise<Matrix> {
  const { inputDim, featureDim } = encoder;
  if (x.cols !== inputDim) throw new ShapeError(`encodeRows: the encoder reads ${inputDim} columns, got ${x.cols}`);
  const batch = Math.min(BATCH, x.rows);
  const tensors = weightTensors(encoder.parameters, "float32");
  const rows = input("rows", "float32", [batch, inputDim]);
  const result = matrix(x.rows, featureDim);
  if (x.rows === 0) return result;

  const session = await compile(
    { inputs: [rows, ...Object.values(tensors)], outputs: { features: encoder.encode(tensors, rows) } },
    runtime,
  );
  try {
    for (const name of Object.keys(tensors)) session.set(name, weights[name]);
    for (let from = 0; from < x.rows; from += batch) {
      // The last batch is moved back so that it is full; its first rows are computed twice, to the same values.
      const start = Math.min(from, x.rows - batch);
      const { features } = await session.run({ rows: x.data.subarray(start * inputDim, (start + batch) * inputDim) });
      result.data.set(features as Float32Array, start * featureDim);
    }
    return result;
  } finally {
    await session.release();
  }
}
