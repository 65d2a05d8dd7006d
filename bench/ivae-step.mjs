import { baselineNamed, createRandom } from "../dist/index.js";
import { interleaved, runPeer } from "./peer.mjs";
import { medianTiming, stopwatch } from "./stopwatch.mjs";

const [ROWS, INPUTS, TASKS] = [20_000, 100, 500];
const [PASS, WARM_UP] = [71, 3 * 71];
const LIMIT = 0.5;

/**
 * One update of the iVAE and NF-iVAE baselines: u of 501 (one-hot task, target), hidden 100, three layers, 20 latents, batch 256,
 * Adam, one thread. The mean over whole passes of 71 updates: noise, the order of the rows and the loss of the held-out tenth
 * after every pass included. The peers are the same iVAE in PyTorch without those: with u as a dense vector, as one writes it and
 * as the code of Khemakhem et al. 2020 has it; and with the task as an index into an embedding.
 */
export const ivaeStep = {
  name: "ivae-step",
  async *run({ quick }) {
    const data = rows(createRandom(0));
    const passes = quick ? 2 : 5;
    const answers = await interleaved(quick ? 1 : 5, () => timeSteps("ivae", data, passes), {
      dense: () => runPeer("ivae_step"),
      indexed: () => runPeer("ivae_step", "--embedding"),
      nf: () => timeSteps("nf-ivae", data, passes),
    });
    const ours = medianTiming(answers.ours);
    const peers = [
      ["PyTorch, dense u", "dense"],
      ["PyTorch, embedded task", "indexed"],
    ];
    for (const [peer, name] of peers) {
      const [first] = answers[name];
      const theirs = first.missing ? first : medianTiming(answers[name]);
      yield {
        what: "one update of an iVAE",
        ours,
        peer,
        theirs,
        ...(name === "dense" && theirs.seconds && { required: halfOf(ours, theirs) }),
      };
    }
    yield { what: "one update of an NF-iVAE", ours: medianTiming(answers.nf) };
  },
};

/** By the processor: both have one thread, and load on the machine stretches the clock of either by chance. */
function halfOf(ours, theirs) {
  return { text: "≤ half, by CPU", met: ours.cpuSeconds <= LIMIT * theirs.cpuSeconds };
}

async function timeSteps(method, data, passes) {
  const options = { latentDim: 20, hidden: 100, learningRate: 1e-3, batchSize: 256, steps: 100 * PASS };
  const steps = baselineNamed(method).fitSteps(data, options, createRandom(1));
  for (let k = 0; k < WARM_UP; k++) await steps.next();
  const count = passes * PASS;
  const elapsed = stopwatch();
  for (let k = 0; k < count; k++) await steps.next();
  const { seconds, cpuSeconds } = elapsed();
  await steps.return();
  return { seconds: seconds / count, cpuSeconds: cpuSeconds / count };
}

function rows({ normal }) {
  const data = Float32Array.from({ length: ROWS * INPUTS }, () => normal());
  const values = Float64Array.from({ length: ROWS }, () => normal());
  const task = Int32Array.from({ length: ROWS }, (_, row) => row % TASKS);
  const taskNames = Array.from({ length: TASKS }, (_, t) => `task ${t + 1}`);
  return { inputs: { rows: ROWS, cols: INPUTS, data }, targets: { layout: "long", values, task, taskNames } };
}
