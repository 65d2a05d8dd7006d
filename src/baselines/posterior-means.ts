import { input } from "../graph/tensor.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { type Weights, weightTensors } from "../nn/parameters.ts";
import { compile, type RuntimeOptions } from "../runtime/session.ts";
import { encodingParameters, type IvaeArchitecture, posteriorMean } from "./ivae-network.ts";
import type { IvaeRows } from "./ivae-objective.ts";

/** Rows encoded in one run. */
const BATCH = 2048;

/** The means of q(z | x, u) for every row, rows × d. */
export async function posteriorMeans(
  architecture: IvaeArchitecture,
  weights: Weights,
  { x, auxiliary }: IvaeRows,
  runtime: RuntimeOptions = {},
): Promise<Matrix> {
  const { inputDim, latentDim } = architecture;
  const rowTotal = x.length / inputDim;
  const result = matrix(rowTotal, latentDim);
  if (rowTotal === 0) return result;
  const size = Math.min(BATCH, rowTotal);
  const { width, numbers, task } = auxiliary;
  const batch = {
    x: input("x", "float32", [size, inputDim]),
    numbers: width > 0 ? input("u", "float32", [size, width]) : null,
    task: task === null ? null : input("task", "int64", [size]),
  };
  const all = weightTensors(encodingParameters(architecture), "float32");
  const encoder = Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith("encoder-mean.")));
  const inputs = [batch.x, batch.numbers, batch.task].filter((tensor) => tensor !== null);
  const { device, threads } = runtime;
  const session = await compile(
    { inputs: [...inputs, ...Object.values(encoder)], outputs: { z: posteriorMean(architecture, encoder, batch) } },
    { ...(device && { device }), ...(threads && { threads }) },
  );
  try {
    for (const name of Object.keys(encoder)) session.set(name, weights[name]);
    for (let from = 0; from < rowTotal; from += size) {
      // The last batch is moved back so that it is full; its first rows are computed twice, to the same values.
      const start = Math.min(from, rowTotal - size);
      const end = start + size;
      const { z } = await session.run({
        x: x.subarray(start * inputDim, end * inputDim),
        ...(width > 0 && { u: numbers.subarray(start * width, end * width) }),
        ...(task && { task: task.subarray(start, end) }),
      });
      result.data.set(z as Float32Array, start * latentDim);
    }
    return result;
  } finally {
    await session.release();
  }
}
