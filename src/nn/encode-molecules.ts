import { type Matrix, matrix } from "../linalg/matrix.ts";
import { compile, type RuntimeOptions } from "../runtime/session.ts";
import type { GraphEncoder } from "./egnn.ts";
import { fedGraphs, type GraphTable, graphFeatures, type NodeScaler } from "./graph-rows.ts";
import { type Weights, weightTensors } from "./parameters.ts";
import { fedTensors, fedValues } from "./training-session.ts";

/** Molecules encoded in one run. */
const BATCH = 512;

/**
 * h of every molecule, in float32 and in batches.
 * @returns table.rows × encoder.featureDim
 */
export async function encodeMolecules(
  encoder: GraphEncoder,
  weights: Weights,
  table: GraphTable,
  scaler: NodeScaler,
  runtime: RuntimeOptions = {},
): Promise<Matrix> {
  const result = matrix(table.rows, encoder.featureDim);
  if (table.rows === 0) return result;
  const size = Math.min(BATCH, table.rows);
  // The last batch is moved back so that it is full; its first molecules are computed twice, to the same values.
  const starts = Array.from({ length: Math.ceil(table.rows / size) }, (_, k) => Math.min(k * size, table.rows - size));
  const batchAt = (start: number) => Int32Array.from({ length: size }, (_, i) => start + i);
  const inputs = fedGraphs(table, scaler, size, starts.map(batchAt));
  const fed = fedTensors(inputs, "float32");
  const tensors = weightTensors(encoder.parameters, "float32");
  const session = await compile(
    {
      inputs: [...Object.values(fed), ...Object.values(tensors)],
      outputs: { features: graphFeatures(encoder, tensors, fed, size) },
    },
    runtime,
  );
  try {
    for (const name of Object.keys(tensors)) session.set(name, weights[name]);
    for (const start of starts) {
      const { features } = await session.run(fedValues(inputs, null, batchAt(start)));
      result.data.set(features as Float32Array, start * encoder.featureDim);
    }
    return result;
  } finally {
    await session.release();
  }
}
