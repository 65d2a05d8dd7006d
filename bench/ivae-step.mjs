import { baselineNamed, createRandom } from "../dist/index.js";
import { interleaved, runPeer } from "./peer.mjs";
import { median } from "./stopwatch.mjs";

const [ROWS, INPUTS, TASKS, WARM_UP] = [20_000, 100, 500, 30];
const LIMIT = 0.5;

/**
 * One update of the iVAE baseline: u of 501 (one-hot task, target), hidden 100, three layers, 20 latents, batch 256, Adam, one
 * thread; noise and the order of the rows included. The peer is the same network in PyTorch, with u as a dense vector.
 */
export const ivaeStep = {
  name: "ivae-step",
  async *run({ quick }) {
    const data = rows(createRandom(0));
    const answers = await interleaved(quick ? 1 : 5, () => timeSteps(data, quick ? 100 : 300), {
      pytorch: () => runPeer("ivae_step"),
    });
    const seconds = median(answers.ours);
    const theirs = answers.pytorch[0].missing
      ? answers.pytorch[0]
      : { seconds: median(answers.pytorch.map((a) => a.seconds)) };
    yield {
      what: "one update of an iVAE",
      ours: { seconds },
      peer: "PyTorch, dense u",
      theirs,
      ...(theirs.seconds && { required: { text: "≤ half", met: seconds <= LIMIT * theirs.seconds } }),
    };
  },
};

async function timeSteps(data, count) {
  const options = { latentDim: 20, hidden: 100, learningRate: 1e-3, batchSize: 256, steps: 10 * count };
  const steps = baselineNamed("ivae").fitSteps(data, options, createRandom(1));
  for (let k = 0; k < WARM_UP; k++) await steps.next();
  const times = [];
  for (let k = 0; k < count; k++) {
    const started = performance.now();
    const { value } = await steps.next();
    // An update that ends an epoch evaluates the held-out rows too, which is no part of it.
    if (value.heldOutLoss === undefined) times.push((performance.now() - started) / 1e3);
  }
  await steps.return();
  return median(times);
}

function rows({ normal }) {
  const data = Float32Array.from({ length: ROWS * INPUTS }, () => normal());
  const values = Float64Array.from({ length: ROWS }, () => normal());
  const task = Int32Array.from({ length: ROWS }, (_, row) => row % TASKS);
  const taskNames = Array.from({ length: TASKS }, (_, t) => `task ${t + 1}`);
  return { inputs: { rows: ROWS, cols: INPUTS, data }, targets: { layout: "long", values, task, taskNames } };
}
