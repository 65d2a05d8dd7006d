import { mul, sub } from "../graph/elementwise.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import type { Scaler } from "../stats/standardise.ts";
import type { Encoder } from "./encoder.ts";

/**
 * The encoder preceded by (x − mean)/scale as constants of its graph: it reads rows as they are in the table, and an
 * exported model needs no preprocessing beside it.
 */
export function standardised(encoder: Encoder, scaler: Pick<Scaler, "mean" | "scale">): Encoder {
  return { ...encoder, encode: (weights, x) => encoder.encode(weights, standardise(x, scaler)) };
}

/** (x − mean)/scale for rows x. */
export function standardise(x: Tensor, { mean, scale }: Pick<Scaler, "mean" | "scale">): Tensor {
  const centre = constant(mean, [mean.length], x.dtype);
  const inverse = constant(
    scale.map((s) => 1 / s),
    [scale.length],
    x.dtype,
  );
  return mul(sub(x, centre), inverse);
}
