import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { lossAndGradients } from "../../test/objective-value.ts";
import { gradient } from "../graph/gradient.ts";
import { gather } from "../graph/indexing.ts";
import { mean } from "../graph/reductions.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { initialWeights, type WeightTensors, weightTensors } from "../nn/parameters.ts";
import { warmUpCosine } from "../nn/schedule.ts";
import { train } from "../nn/train.ts";
import type { Objective } from "../nn/training-session.ts";
import { compile } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import { gaussianLogDensity } from "./gaussian.ts";
import type { IvaeArchitecture } from "./ivae-network.ts";
import { nfIvaeObjective } from "./nf-ivae.ts";
import { type NfPriorArchitecture, nfCoefficients, nfLogDensity, nfPriorParameters } from "./nf-prior.ts";
import { scoreMatching } from "./score-matching.ts";

const { cases } = golden("nf-ivae.json");
/** Sums of a few hundred terms of size 1 to 10, in another order. */
const TOLERANCE = 1e-11;

const toTensor = (array: { shape: number[]; data: number[] }) => constant(array.data, array.shape, "float64");
const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((max, value, k) => Math.max(max, Math.abs(value - (b[k] ?? Number.NaN))), 0);

async function valuesOf(
  outputs: Record<string, Tensor>,
  inputs: Tensor[] = [],
  fed: Record<string, Float64Array> = {},
) {
  const session = await compile({ inputs, outputs });
  const values = await session.run(fed);
  await session.release();
  return values as Record<string, Float64Array>;
}

/** PyTorch's names, lambda_nn.0.weight, as ours, prior-coefficients.0.weight. */
const NAMES = { t_nn: "prior-statistics", lambda_nn: "prior-coefficients", lambda_f: "prior-natural" };
const byOurNames = (arrays: Record<string, { data: number[] }>) =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const [network, ...rest] = name.split(".");
      return [[NAMES[network as keyof typeof NAMES], ...rest].join("."), goldenArray(array)];
    }),
  );

describe.each([0, 1])("the prior of NF-iVAE against PyTorch, case %i", (which) => {
  const { activation, inputs, weights, grad, ...expected } = cases[which];
  const architecture: NfPriorArchitecture = {
    latentDim: 2,
    auxiliary: { numbers: 5, tasks: 0 },
    statistics: 3,
    hidden: 8,
    depth: 2,
    activation,
    smoothActivation: activation,
  };
  const z = toTensor(inputs.z);
  const u = { numbers: [toTensor(inputs.u)], task: null };

  it("has the same density, score, diagonal of the Hessian and loss", async () => {
    const given = byOurNames(weights);
    const parameters = nfPriorParameters(architecture);
    const constants = Object.fromEntries(
      parameters.map(({ name, shape }) => [name, constant(given[name], shape, "float64")]),
    );
    const coefficients = nfCoefficients(architecture, constants, u);
    const { score, hessianDiagonal, loss } = scoreMatching(architecture, constants, coefficients, z);
    const log = nfLogDensity(architecture, constants, coefficients, z);
    const values = await valuesOf({ log, score, hessianDiagonal, loss });
    expect(worst(values.log, goldenArray(expected.log_p_unnormalised))).toBeLessThan(TOLERANCE);
    expect(worst(values.score, goldenArray(expected.score))).toBeLessThan(TOLERANCE);
    expect(worst(values.hessianDiagonal, goldenArray(expected.hessian_diagonal))).toBeLessThan(TOLERANCE);
    expect(worst(values.loss, goldenArray(expected.loss_per_sample))).toBeLessThan(TOLERANCE);
  });

  it("has the same gradients, third derivatives of the density among them", async () => {
    const tensors = weightTensors(nfPriorParameters(architecture), "float64");
    const loss = mean(scoreMatching(architecture, tensors, nfCoefficients(architecture, tensors, u), z).loss);
    const names = Object.keys(tensors);
    const slopes = gradient(loss, Object.values(tensors));
    const outputs = { loss, ...Object.fromEntries(names.map((name, k) => [`${name}:g`, slopes[k]])) };
    const values = await valuesOf(outputs, Object.values(tensors), byOurNames(weights));
    expect(Math.abs(values.loss[0] - expected.loss)).toBeLessThan(TOLERANCE);
    for (const [name, slope] of Object.entries(byOurNames(grad))) {
      expect(worst(values[`${name}:g`], slope)).toBeLessThan(TOLERANCE);
    }
  });
});

describe("score matching", () => {
  const { inputs, optimum, another_point: other } = cases[2];
  const z = goldenArray(inputs.z);
  const env = Int32Array.from(inputs.env.data);
  const [rowTotal] = inputs.env.shape;

  const architecture: NfPriorArchitecture = {
    ...{ latentDim: 2, auxiliary: { numbers: 0, tasks: 3 }, statistics: 0 },
    ...{ hidden: 3, depth: 1, activation: "softplus", smoothActivation: "softplus" },
  };
  const bias = new Float64Array(4);

  /** Score matching of ⟨[z, z²], λ_env⟩, a Gaussian for every environment: λ_env is a table and a bias. */
  function gaussianByEnvironment(): Objective {
    const rowsOfZ = input("z", "float64", [rowTotal, 2]);
    const environment = input("env", "int64", [rowTotal]);
    return {
      parameters: nfPriorParameters(architecture),
      data: { z: { tensor: rowsOfZ, values: z }, env: { tensor: environment, values: env } },
      loss: (weights, rows) => {
        const u = { numbers: [], task: gather(environment, rows) };
        const coefficients = nfCoefficients(architecture, weights, u);
        return mean(scoreMatching(architecture, weights, coefficients, gather(rowsOfZ, rows)).loss);
      },
    };
  }

  it.each([
    ["at the optimum", optimum],
    ["elsewhere", other],
  ])("has the loss and the gradient of PyTorch %s", async (_, point) => {
    const { loss, gradients } = await lossAndGradients(
      gaussianByEnvironment(),
      { "prior-natural.0.task": goldenArray(point.lambda_f), "prior-natural.0.bias": bias },
      rowTotal,
    );
    expect(Math.abs(loss - point.loss)).toBeLessThan(TOLERANCE);
    expect(worst(gradients["prior-natural.0.task"], goldenArray(point.grad))).toBeLessThan(TOLERANCE);
  });

  it("recovers the natural parameters of a Gaussian: mean/variance and −½/variance", async () => {
    const steps = 3000;
    const run = train(
      gaussianByEnvironment(),
      {
        rows: Int32Array.from({ length: rowTotal }, (_, i) => i),
        heldOut: new Int32Array(),
        batchSize: rowTotal,
        epochs: steps,
        patience: steps,
        schedule: () => warmUpCosine({ rate: 0.1, warmUp: 0, total: steps }),
        dtype: "float64",
      },
      createRandom(1),
    );
    for (;;) {
      const { value, done } = await run.next();
      if (!done) continue;
      // Adam ends with a rate that has fallen to nothing; the loss is quadratic.
      const { "prior-natural.0.task": table, "prior-natural.0.bias": shared } = value.weights;
      const lambda = table.map((entry, k) => entry + shared[k % 4]);
      expect(worst(lambda, goldenArray(optimum.lambda_f))).toBeLessThan(1e-6);
      break;
    }
  });
});

describe("NF-iVAE", () => {
  it("without its network term has the prior of iVAE, in natural parameters", async () => {
    const architecture: NfPriorArchitecture = {
      ...{
        latentDim: 2,
        auxiliary: { numbers: 0, tasks: 2 },
        statistics: 0,
        hidden: 3,
        depth: 1,
        activation: "softplus",
        smoothActivation: "softplus",
      },
    };
    const [mu, variance] = [
      [0.5, -1, 2, 0],
      [0.3, 2, 1, 0.5],
    ];
    // One affine layer on the one-hot task is a table: rows (μ/σ², −½/σ²) for each of two tasks.
    const table = [0, 1].flatMap((t) => [
      ...[0, 1].map((j) => mu[2 * t + j] / variance[2 * t + j]),
      ...[0, 1].map((j) => -0.5 / variance[2 * t + j]),
    ]);
    const weights: WeightTensors = {
      "prior-natural.0.task": constant(table, [2, 4], "float64"),
      "prior-natural.0.bias": constant([0, 0, 0, 0], [4], "float64"),
    };
    const rows = 6;
    const random = createRandom(4);
    const task = constant([0, 0, 0, 1, 1, 1], [rows], "int64");
    const z = constant(
      Array.from({ length: 2 * rows }, () => random.normal()),
      [rows, 2],
      "float64",
    );
    const coefficients = nfCoefficients(architecture, weights, { numbers: [], task });
    const natural = nfLogDensity(architecture, weights, coefficients, z);
    const gaussian = gaussianLogDensity(
      z,
      gather(constant(mu, [2, 2], "float64"), task),
      gather(constant(variance.map(Math.log), [2, 2], "float64"), task),
    );
    const values = await valuesOf({ natural, gaussian });
    const normaliser = Array.from(values.natural, (value, i) => value - values.gaussian[i]);
    // log Z(u) depends on the task alone.
    expect(Math.max(...normaliser.slice(0, 3)) - Math.min(...normaliser.slice(0, 3))).toBeLessThan(1e-12);
    expect(Math.max(...normaliser.slice(3)) - Math.min(...normaliser.slice(3))).toBeLessThan(1e-12);
    expect(nfPriorParameters(architecture).map(({ name }) => name)).toEqual(Object.keys(weights));
  });

  it("teaches the prior by score matching alone", async () => {
    const architecture: IvaeArchitecture = {
      ...{ inputDim: 3, latentDim: 2, auxiliary: { numbers: 0, tasks: 2 }, hidden: 4, depth: 2 },
      ...{ activation: "xtanh", decoderVariance: 1, priorMean: "zero" },
    };
    const prior: NfPriorArchitecture = {
      ...{
        latentDim: 2,
        auxiliary: architecture.auxiliary,
        statistics: 3,
        hidden: 4,
        depth: 2,
        activation: "softplus",
        smoothActivation: "softplus",
      },
    };
    const random = createRandom(5);
    const rows = {
      x: Float64Array.from({ length: 15 }, () => random.normal()),
      auxiliary: { width: 0, numbers: new Float64Array(), task: Int32Array.of(0, 1, 0, 1, 1) },
    };
    const objective = nfIvaeObjective(architecture, prior, rows, random, "float64");
    const weights = initialWeights(objective.parameters, "float64", createRandom(6));
    const noise = Float64Array.from({ length: 10 }, () => random.normal());
    const { gradients } = await lossAndGradients(objective, weights, 5, { noise });
    // The loss is a sum of two parts with different things held fixed, so its own differences do not apply; those of
    // the parts do: the decoder sees only the first part, whose value differences can be taken of.
    const name = "decoder-mean.1.weight";
    const h = 1e-6;
    const at = async (shift: number) => {
      const moved = { ...weights, [name]: weights[name].map((v, k) => (k === 0 ? v + shift : v)) };
      return (await lossAndGradients(objective, moved, 5, { noise })).loss;
    };
    expect(gradients[name][0]).toBeCloseTo(((await at(h)) - (await at(-h))) / (2 * h), 6);
    // T's output bias moves the density by a constant in z: score matching cannot see it, the bound would.
    expect(Math.max(...gradients["prior-statistics.1.bias"].map(Math.abs))).toBe(0);
    expect(Math.max(...gradients["prior-natural.0.task"].map(Math.abs))).toBeGreaterThan(1e-3);
  });
});
