import { ShapeError } from "../errors.ts";
import { gather } from "../graph/indexing.ts";
import { mean } from "../graph/reductions.ts";
import { constant, input } from "../graph/tensor.ts";
import { neg } from "../graph/unary.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { warmUpCosine } from "../nn/schedule.ts";
import { train } from "../nn/train.ts";
import type { Objective } from "../nn/training-session.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import { applyScaler, type NumericTable } from "../stats/standardise.ts";
import type { IvaeModel } from "./ivae.ts";
import { decoderLogLikelihood, decoderParameters } from "./ivae-network.ts";

const UPDATES = 300;
const RATE = 0.1;
/** Rows that are searched for together. */
const BATCH = 2048;

/**
 * The most likely latents of rows whose targets are not known, arg max log p(x | z) for each row: the encoder reads targets, the decoder
 * does not (Lu et al. 2022, section 4.3). By Adam from zero, 300 updates of rates that fall from .1 to nothing.
 * @returns rows × d, on the scale of the encoder's
 * @throws ShapeError when the columns are not those of the fit
 */
export async function inferLatents(
  { architecture, weights, scaler, inputDim }: IvaeModel,
  inputs: NumericTable,
  runtime: RuntimeOptions = {},
): Promise<Matrix> {
  if (inputs.cols !== inputDim) {
    throw new ShapeError(`inferLatents: fitted to ${inputDim} columns, got ${inputs.cols}`);
  }
  const x = Float32Array.from(applyScaler({ ...scaler, constant: [] }, inputs).data);
  const { latentDim } = architecture;
  const decoder = Object.fromEntries(
    decoderParameters(architecture).map(({ name, shape }) => [name, constant(weights[name], shape, "float32")]),
  );
  const found = matrix(inputs.rows, latentDim);
  for (let from = 0; from < inputs.rows; from += BATCH) {
    const rows = Math.min(BATCH, inputs.rows - from);
    const tensor = input("x", "float32", [rows, inputDim]);
    const objective: Objective = {
      parameters: [{ name: "z", shape: [rows, latentDim], bound: 0 }],
      data: { x: { tensor, values: x.subarray(from * inputDim, (from + rows) * inputDim) } },
      loss: ({ z }, at) => neg(mean(decoderLogLikelihood(architecture, decoder, gather(tensor, at), gather(z, at)))),
    };
    const steps = train(objective, { ...searchOf(rows), ...runtime }, createRandom(0));
    for (;;) {
      const { value, done } = await steps.next();
      if (!done) continue;
      found.data.set(value.weights.z, from * latentDim);
      break;
    }
  }
  return found;
}

/** All rows in every update. */
function searchOf(rows: number) {
  return {
    rows: Int32Array.from({ length: rows }, (_, i) => i),
    heldOut: new Int32Array(),
    batchSize: rows,
    epochs: UPDATES,
    patience: UPDATES,
    schedule: () => warmUpCosine({ rate: RATE, warmUp: 0, total: UPDATES }),
  };
}
