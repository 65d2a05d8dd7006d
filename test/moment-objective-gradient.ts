import { mul } from "../src/graph/elementwise.ts";
import { gradient } from "../src/graph/gradient.ts";
import { sum } from "../src/graph/reductions.ts";
import { input } from "../src/graph/tensor.ts";
import type { MomentObjective } from "../src/nn/moment-objective.ts";
import { momentSession } from "../src/nn/moment-session.ts";
import { type FloatArray, initialWeights, type Weights, weightTensors } from "../src/nn/parameters.ts";
import { dataTensors, hold, shareData } from "../src/nn/training-session.ts";
import { compile } from "../src/runtime/session.ts";
import type { Random } from "../src/stats/random.ts";

/**
 * The largest relative error of a moment objective's gradient against central differences in float64, along random
 * directions of each parameter by itself: of the whole chain from the weights through the moments to the loss.
 */
export async function momentGradientError<Batch>(
  objective: MomentObjective<Batch>,
  batch: Batch,
  random: Random,
): Promise<number> {
  const at = initialWeights(objective.parameters, "float64", random.split("weights"));
  const moments = await momentSession(objective, "float64", {});
  const lossAt = async (weights: Weights) => {
    moments.take(weights);
    return objective.loss(await moments.run(objective.feeds(batch)), batch);
  };
  const gradients = await gradientsAt(objective, batch, at, (await lossAt(at)).slopes);
  const step = 1e-5;
  // Of all parameters together: the loss does not depend on the features' level, so one gradient is exactly zero.
  const scale = Math.hypot(...Object.values(gradients).flatMap((g) => Array.from(g)));
  let worst = 0;
  for (const { name } of objective.parameters) {
    const g = gradients[name];
    const stream = random.split(name);
    for (let k = 0; k < 3; k++) {
      const v = Float64Array.from(g, () => stream.normal());
      const moved = (t: number) => ({ ...at, [name]: at[name].map((x, i) => x + t * v[i]) });
      const quotient = ((await lossAt(moved(step))).value - (await lossAt(moved(-step))).value) / (2 * step);
      const exact = v.reduce((total, x, i) => total + x * g[i], 0);
      worst = Math.max(worst, Math.abs(quotient - exact) / scale);
    }
  }
  await moments.release();
  return worst;
}

async function gradientsAt<Batch>(
  objective: MomentObjective<Batch>,
  batch: Batch,
  at: Weights,
  slopes: FloatArray,
): Promise<Record<string, Float64Array>> {
  const weights = weightTensors(objective.parameters, "float64");
  const moments = objective.moments(weights);
  const fed = input("slopes", "float64", moments.shape);
  const slope = gradient(sum(mul(fed, moments)), Object.values(weights));
  const session = await compile({
    inputs: [...objective.inputs, ...dataTensors(objective), ...Object.values(weights), fed],
    outputs: Object.fromEntries(Object.keys(weights).map((name, i) => [`${name}:gradient`, slope[i]])),
  });
  shareData(session, objective);
  hold(session, at);
  const result = await session.run({ ...objective.feeds(batch), slopes });
  await session.release();
  return Object.fromEntries(Object.keys(weights).map((name) => [name, result[`${name}:gradient`] as Float64Array]));
}
