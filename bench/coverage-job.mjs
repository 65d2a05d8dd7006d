import {
  bootstrapInput,
  bootstrapReplicate,
  createRandom,
  linearData,
  strongMcc,
  summariseBootstrap,
  unmix,
} from "../dist/index.js";
import { families } from "./coverage-families.mjs";

/** One data set of the coverage study: what the certificate and the bootstrap say of its fit, and what is true. */
export function coverageJob({ family: name, seed, replicates }) {
  const { options, spoil } = families.find((family) => family.name === name);
  const random = createRandom(seed).split(name);
  const { representation, targets, truth } = spoiled(linearData(options, random.split("data")), spoil, random);
  let result;
  try {
    result = unmix(representation, targets, {}, random.split("unmix"));
  } catch (error) {
    return { name, seed, refused: error.message };
  }
  const { latents, mtlcm, certificate } = result;
  const mcc = strongMcc(latents, truth.latents, "pearson");
  const input = bootstrapInput(mtlcm, { data: { latents, targets }, options: {}, seed });
  const all = Array.from({ length: replicates }, (_, k) => bootstrapReplicate(input, k));
  const bootstrap = summariseBootstrap(all, mtlcm, "rows", certificate.latents);
  return {
    ...{ name, seed },
    realised: mcc.score,
    predicted: certificate.predictedMcc,
    splitHalf: certificate.splitHalfMcc,
    rivals: certificate.rivals?.length ?? null,
    ...{ fitRatio: certificate.fitRatio, modelHolds: certificate.modelHolds },
    interval: bootstrap.mcc,
    latents: mcc.pairs.map(({ left, correlation }) => ({
      realised: Math.abs(correlation),
      predicted: certificate.latents[left].predictedCorrelation,
      verdict: certificate.latents[left].verdict,
      interval: bootstrap.latents[left].correlation,
      hidden: certificate.latents[left].hiddenNoise,
    })),
    indicators: indicatorTruth(mcc.pairs, truth, mtlcm, bootstrap),
  };
}

function spoiled(data, spoil, random) {
  const { representation, targets } = data;
  if (spoil === "tanh" || spoil === "half tanh") {
    const scale = spoil === "tanh" ? 1 : 2;
    const distorted = representation.data.map((value) => Math.tanh(value / scale));
    return { ...data, representation: { ...representation, data: distorted } };
  }
  if (spoil === "shuffle") {
    const values = targets.values.slice();
    targets.taskNames.forEach((_, t) => {
      const rows = Array.from(targets.task.keys()).filter((i) => targets.task[i] === t);
      const order = random.split("shuffle").split(t).permutation(rows.length);
      rows.forEach((row, k) => {
        values[row] = targets.values[rows[order[k]]];
      });
    });
    return { ...data, targets: { ...targets, values } };
  }
  return data;
}

/** How often an indicator is wrong, and what the bootstrap says of it: flips of all, and of the wrong ones. */
function indicatorTruth(pairs, { causal }, { pCause }, { indicators }) {
  let [count, wrong, flips, flipsOfWrong] = [0, 0, 0, 0];
  for (const { left, right } of pairs) {
    for (let t = 0; t < pCause.rows; t++) {
      const at = t * pCause.cols + left;
      const isWrong = pCause.data[at] > 0.5 !== causal.data[t * causal.cols + right] > 0.5;
      count++;
      flips += indicators.flip.data[at];
      if (isWrong) {
        wrong++;
        flipsOfWrong += indicators.flip.data[at];
      }
    }
  }
  return { count, wrong, flips, flipsOfWrong };
}
