import type { FeatureTable } from "../data/multi-task-data.ts";
import { add, mul, square, sub } from "../graph/elementwise.ts";
import { gather } from "../graph/indexing.ts";
import { mean } from "../graph/reductions.ts";
import { expandDims } from "../graph/shaping.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { Encoder } from "../nn/encoder.ts";
import { halfMeanSquaredError } from "../nn/losses.ts";
import { standardise } from "../nn/standardised.ts";
import type { Objective } from "../nn/training-session.ts";
import type { LongTargets } from "../stats/targets.ts";
import type { InputScaler } from "./architecture.ts";
import type { LatentLaws } from "./latent-laws.ts";
import { perRow } from "./per-row.ts";

/** An encoder from standardised columns to latents, and a decoder back. */
export interface Autoencoder {
  readonly encoder: Encoder;
  readonly decoder: Encoder;
}

const [TARGETS, TASK] = ["targets", "task"];

/**
 * What the causal model and the columns say of the latents z(x) of a row, each as an error of mean square about 1 where nothing is known:
 *
 *     J = ½ mean_i w_ti (z_i − m_ti − a_ti y)² + ½ mean_j (x̂_j(z) − x_j)² ,   w_ti ∝ 1/r_ti of mean 1
 *
 * The first term is the likelihood of the latents given the target under laws that are held fixed, the second that of the standardised columns.
 *
 * @param features x, rows × p.
 * @param targets Standardised per task.
 */
export function refinedObjective(
  { encoder, decoder }: Autoencoder,
  scaler: InputScaler,
  { rows: rowTotal, cols: p, data }: FeatureTable,
  targets: LongTargets,
  { intercept, slope, variance }: LatentLaws,
): Objective {
  const x = input("features", "float32", [rowTotal, p]);
  const tables = { intercept, slope, weight: precisions(variance, targets) };
  const held = Object.fromEntries(
    Object.entries(tables).map(([name, { rows, cols, data: values }]) => [
      name,
      { tensor: input(name, "float32", [rows, cols]), values: Float32Array.from(values) },
    ]),
  );
  const of = (name: keyof typeof tables, task: Tensor) => gather(held[name].tensor, task);
  return {
    parameters: [...encoder.parameters, ...decoder.parameters],
    data: { features: { tensor: x, values: data }, ...held },
    fed: perRow({ [TARGETS]: Float32Array.from(targets.values), [TASK]: targets.task }),
    collectable: true,
    loss(weights, rows, fed) {
      const columns = standardise(gather(x, rows), scaler);
      const latents = encoder.encode(weights, columns);
      const task = fed[TASK];
      const expected = add(of("intercept", task), mul(of("slope", task), expandDims(fed[TARGETS], 1)));
      const unlikely = mul(mean(mul(of("weight", task), square(sub(latents, expected)))), 0.5);
      return add(unlikely, halfMeanSquaredError(decoder.encode(weights, latents), columns));
    },
  };
}

/** 1/r, T × d, by a factor that gives all rows and latents a mean of 1. */
function precisions({ rows, cols, data }: Matrix, { task }: LongTargets): Matrix {
  let sum = 0;
  for (const t of task) for (let i = 0; i < cols; i++) sum += 1 / data[t * cols + i];
  const factor = (task.length * cols) / sum;
  return { rows, cols, data: data.map((r) => factor / r) };
}
