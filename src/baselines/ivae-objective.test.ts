import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { lossAndGradients } from "../../test/objective-value.ts";
import { initialWeights, type Weights } from "../nn/parameters.ts";
import { createRandom } from "../stats/random.ts";
import { annealingWeights } from "./annealing.ts";
import type { IvaeArchitecture } from "./ivae-network.ts";
import { type IvaeRows, ivaeObjective } from "./ivae-objective.ts";

const file = golden("ivae.json");
const { latent, data, aux, batch, hidden, decoder_var } = file.sizes;

const architecture: IvaeArchitecture = {
  inputDim: data,
  latentDim: latent,
  auxiliary: { numbers: aux, tasks: 0 },
  hidden,
  depth: 3,
  activation: "leaky-relu",
  decoderVariance: decoder_var,
  priorMean: "zero",
};
const x = goldenArray(file.inputs.x);
const u = goldenArray(file.inputs.u);
const noise = goldenArray(file.inputs.eps);
const random = createRandom(0);

/** PyTorch's names, prior_logvar.0.weight, as ours, prior-log-variance.0.weight. */
const ours = (name: string) => name.replace("logvar", "log-variance").replace("_", "-");
const byOurNames = (arrays: Record<string, { data: number[] }>) =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [ours(name), goldenArray(array)]));
const weights = byOurNames(file.weights);

// The auxiliary variable is held in float32 for training; what is checked in float64 must not pass through it.
const rowsOf = (numbers: Float64Array, task: Int32Array | null, width: number): IvaeRows => ({
  x,
  auxiliary: { width, numbers, task },
});

const worstDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((worst, value, k) => Math.max(worst, Math.abs(value - (b[k] ?? Number.NaN))), 0);

describe("ivaeObjective", () => {
  it("has the loss and the gradients of PyTorch", async () => {
    const objective = ivaeObjective(architecture, rowsOf(u, null, aux), random, null, "float64");
    const { loss, gradients } = await lossAndGradients(objective, weights, batch, { noise });
    // Sums of some hundred terms in another order; the decoder's are of size 1e2 to 1e3.
    expect(Math.abs(loss - file.loss)).toBeLessThan(1e-9);
    const expected = byOurNames(file.grad);
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(expected).sort());
    const largest = Math.max(...Object.values(expected).map((values) => Math.max(...values.map(Math.abs))));
    for (const [name, values] of Object.entries(expected)) {
      expect(worstDifference(gradients[name], values) / largest).toBeLessThan(1e-11);
    }
  });

  it("annealed with all weights 1 is the bound, and with others it is not", async () => {
    const annealed = ivaeObjective(architecture, rowsOf(u, null, aux), random, { steps: 100 }, "float64");
    const ones = await lossAndGradients(annealed, weights, batch, { noise, terms: Float64Array.of(1, 1, 1, 1) });
    expect(Math.abs(ones.loss - file.loss)).toBeLessThan(1e-9);
    const weighted = await lossAndGradients(annealed, weights, batch, { noise, terms: Float64Array.of(1, 2, 1, 1) });
    expect(Math.abs(weighted.loss - file.loss)).toBeGreaterThan(1e-3);
  });

  it("reads a task by its index as it would read its one-hot vector", async () => {
    const tasks = 3;
    const task = Int32Array.from({ length: batch }, (_, i) => i % tasks);
    const y = noise.subarray(0, batch);
    const dense = Float64Array.from({ length: batch * (1 + tasks) }, (_, at) => {
      const [row, k] = [Math.floor(at / (1 + tasks)), at % (1 + tasks)];
      return k === 0 ? y[row] : Number(task[row] === k - 1);
    });
    const indexed = { ...architecture, priorMean: "learned", auxiliary: { numbers: 1, tasks } } as const;
    const written = { ...indexed, auxiliary: { numbers: 1 + tasks, tasks: 0 } };
    const byIndex = ivaeObjective(indexed, rowsOf(y, task, 1), random, null, "float64");
    const byVector = ivaeObjective(written, rowsOf(dense, null, 1 + tasks), random, null, "float64");
    const start = initialWeights(byIndex.parameters, "float64", createRandom(1));
    const a = await lossAndGradients(byIndex, start, batch, { noise });
    const b = await lossAndGradients(byVector, joinedFirstLayers(start, tasks), batch, { noise });
    expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-10);
    expect(worstDifference(a.gradients["decoder-mean.0.weight"], b.gradients["decoder-mean.0.weight"])).toBeLessThan(
      1e-9,
    );
  });

  it("gives every update its own noise, the same again, and held-out rows always the same", () => {
    const rows = new Int32Array(batch);
    const { noise: fed } = ivaeObjective(architecture, rowsOf(u, null, aux), random).fed?.(batch, []) ?? {};
    expect(fed.values(3, rows)).toEqual(fed.values(3, rows));
    expect(fed.values(3, rows)).not.toEqual(fed.values(4, rows));
    expect(fed.values(null, rows)).toEqual(fed.values(null, rows));
    expect(fed.values(null, rows)).not.toEqual(fed.values(0, rows));
  });
});

/** NAME.0.weight (h × n) and NAME.0.task (T × h) as one weight, h × (n + T). */
function joinedFirstLayers(weights: Weights, tasks: number): Weights {
  const joined: Record<string, Float64Array> = {};
  for (const [name, values] of Object.entries(weights)) {
    if (name.endsWith(".0.task")) continue;
    const table = weights[name.replace(".0.weight", ".0.task")];
    if (!name.endsWith(".0.weight") || name.startsWith("decoder")) {
      joined[name] = values as Float64Array;
      continue;
    }
    const numbers = values.length / hidden;
    joined[name] = Float64Array.from({ length: hidden * (numbers + tasks) }, (_, at) => {
      const [to, from] = [Math.floor(at / (numbers + tasks)), at % (numbers + tasks)];
      return from < numbers ? values[to * numbers + from] : table[(from - numbers) * hidden + to];
    });
  }
  return joined;
}

describe("annealingWeights", () => {
  it("goes from reconstruction to the plain bound as the released code does", () => {
    // By hand, with a₀ = ½/.01 = 50 and the end at 160/1.6 = 100 updates.
    expect(annealingWeights(0, 160, 0.01)).toEqual([50, 15, 0, 25]);
    expect(annealingWeights(50, 160, 0.01)).toEqual([75, 7.5, 0.5, 12.5]);
    expect(annealingWeights(100, 160, 0.01)).toEqual([100, 1, 1, 1]);
    expect(annealingWeights(101, 160, 0.01)).toEqual([1, 1, 1, 1]);
  });
});
