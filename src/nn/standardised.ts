import { mul, sub } from "../graph/elementwise.ts";
import { constant } from "../graph/tensor.ts";
import type { Scaler } from "../stats/standardise.ts";
import type { Encoder } from "./encoder.ts";

/**
 * The encoder preceded by (x − mean)/scale as constants of its graph: it reads rows as they are in the table, and an
 * exported model needs no preprocessing beside it.
 */
export function standardised(encoder: Encoder, { mean, scale }: Pick<Scaler, "mean" | "scale">): Encoder {
  return {
    ...encoder,
    encode: (weights, x) => {
      const centre = constant(mean, [encoder.inputDim], x.dtype);
      const inverse = constant(
        scale.map((s) => 1 / s),
        [encoder.inputDim],
        x.dtype,
      );
      return encoder.encode(weights, mul(sub(x, centre), inverse));
    },
  };
}
