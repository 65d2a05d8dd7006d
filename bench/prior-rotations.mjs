// Whether the prior of NF-iVAE tells true latents from rotated ones: node bench/prior-rotations.mjs [SEED]...
import { nfCoefficients, nfPriorParameters } from "../dist/baselines/nf-prior.js";
import { scoreMatching } from "../dist/baselines/score-matching.js";
import { segmentData } from "../dist/data/synthetic/segments.js";
import { gather } from "../dist/graph/indexing.js";
import { mean } from "../dist/graph/reductions.js";
import { input } from "../dist/graph/tensor.js";
import { matrix, multiply, multiplyTransposed } from "../dist/linalg/matrix.js";
import { symmetricEigen } from "../dist/linalg/symmetric-eigen.js";
import { constantRate } from "../dist/nn/schedule.js";
import { train } from "../dist/nn/train.js";
import { createRandom } from "../dist/stats/random.js";

const [D, SEGMENTS, EPOCHS] = [5, 40, 60];

/**
 * The score-matching loss on held-out rows of priors fitted to given z, without encoder and decoder: to the true latents, of unit
 * pooled variance, and to the same turned by a random rotation. The loss of a density and of the same density turned are equal, so that
 * a prior that fits both equally well cannot tell latents from their rotations.
 */
for (const seed of process.argv
  .slice(2)
  .map(Number)
  .concat(process.argv.length > 2 ? [] : [0, 1, 2])) {
  for (const coupling of [0, 1]) {
    const { latents, segment } = segmentData({ rowsPerSegment: 500, coupling }, createRandom(seed));
    const scaled = unitVariance(latents);
    const draws = matrix(D, D);
    const random = createRandom(seed).split("rotation");
    for (let k = 0; k < D * D; k++) draws.data[k] = random.normal();
    const turned = multiply(scaled, symmetricEigen(multiplyTransposed(draws, draws)).vectors);
    for (const statistics of [0, 2 * D]) {
      const [own, other] = [
        await heldOutLoss(scaled, segment, statistics),
        await heldOutLoss(turned, segment, statistics),
      ];
      const prior = statistics === 0 ? "factorised (iVAE)" : "with network (NF-iVAE)";
      const line = { seed, coupling, prior, true: round(own), rotated: round(other), margin: round(other - own) };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
}

async function heldOutLoss({ rows: rowTotal, data }, segment, statistics) {
  const architecture = {
    ...{
      latentDim: D,
      auxiliary: { numbers: 0, tasks: SEGMENTS },
      statistics,
      hidden: 50,
      depth: 2,
      activation: "softplus",
      smoothActivation: "softplus",
    },
  };
  const z = input("z", "float32", [rowTotal, D]);
  const task = input("task", "int64", [rowTotal]);
  const objective = {
    parameters: nfPriorParameters(architecture),
    data: { z: { tensor: z, values: Float32Array.from(data) }, task: { tensor: task, values: segment } },
    loss: (weights, rows) => {
      const coefficients = nfCoefficients(architecture, weights, { numbers: [], task: gather(task, rows) });
      return mean(scoreMatching(architecture, weights, coefficients, gather(z, rows)).loss);
    },
  };
  const all = Int32Array.from({ length: rowTotal }, (_, i) => i);
  const options = {
    rows: all.filter((i) => i % 5 > 0),
    heldOut: all.filter((i) => i % 5 === 0),
    ...{ batchSize: 256, epochs: EPOCHS, patience: EPOCHS, schedule: () => constantRate(3e-3) },
    plateau: { factor: 1 / 3, patience: 3, least: 1e-2 },
  };
  const steps = train(objective, options, createRandom(1));
  for (;;) {
    const { value, done } = await steps.next();
    if (done) return value.heldOutLoss;
  }
}

function unitVariance({ rows, cols, data }) {
  const scale = Array.from({ length: cols }, (_, j) => {
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += data[i * cols + j] ** 2;
    return Math.sqrt(squares / rows);
  });
  return matrix(
    rows,
    cols,
    data.map((value, at) => value / scale[at % cols]),
  );
}

function round(value) {
  return Number(value.toFixed(4));
}
