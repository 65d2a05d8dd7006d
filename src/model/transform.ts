import { ConfigError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { EncoderInput } from "../mtrn/architecture.ts";
import { represent } from "../mtrn/mtrn.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { FittedModel } from "./fitted-model.ts";
import { latentsOf } from "./unmix.ts";

/**
 * The latents of new rows, rows × d, in the model's canonical order.
 * @param features - the columns named by model.featureNames, in that order; or molecules, made graphs by model.molecules
 * @throws ConfigError when the model has no encoder, or reads the other kind of rows; ShapeError when the table has other
 *   columns than the model reads
 */
export async function transform(
  model: FittedModel,
  features: EncoderInput,
  runtime: RuntimeOptions = {},
): Promise<Matrix> {
  if (model.mtrn === null) {
    throw new ConfigError("this model was fitted to a given representation and has no encoder; encode the rows first");
  }
  return latentsOf(model.mtlcm, await represent(model.mtrn, features, runtime));
}
