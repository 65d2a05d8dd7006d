import { createRandom, fitMtrn, nonlinearData } from "../dist/index.js";
import { withDataFolder } from "./data-folder.mjs";
import { interleaved, runPeer } from "./peer.mjs";
import { median, medianTiming, stopwatch } from "./stopwatch.mjs";

const STEPS_PER_EPOCH = 98;
const LIMIT = 2.5e-3;

/**
 * Stage 1 at the size of the paper's nonlinear experiment: 100-200-20, 500 heads, 100,000 rows in long form, batch 1024,
 * Adam, float32, one thread. The first epoch warms up, as it does for the peers.
 */
export const trainingStep = {
  name: "training-step",
  async *run({ quick }) {
    const { data } = nonlinearData({}, createRandom(0));
    const { features, targets } = data;
    const epochs = quick ? 2 : 5;
    const answers = await withDataFolder({ features, target: targets.values, task: targets.task }, (folder) =>
      interleaved(quick ? 1 : 5, () => timeEpochs(data, epochs), {
        pytorch: () => runPeer("mtrn_epoch", "--data", folder, "--epochs", epochs),
      }),
    );
    const step = median(answers.ours.map((run) => run.step));
    const ours = { ...medianTiming(answers.ours), samples: answers.ours };
    yield {
      what: "one update",
      ours: { seconds: step },
      peer: "PyTorch, own head only",
      theirs: ownHeadStep(answers.pytorch),
      required: { text: "≤ 2.5 ms", met: step <= LIMIT },
    };
    yield { what: "one epoch", ours, peer: "PyTorch, own head only", theirs: epoch(answers.pytorch, "own_head") };
    yield { what: "one epoch", ours, peer: "PyTorch, as in the original", theirs: epoch(answers.pytorch, "all_heads") };
  },
};

/** The median time of an update, and seconds an epoch after the first. */
async function timeEpochs(data, epochs) {
  const options = { latentDim: 20, preset: "paper", epochs: epochs + 1, threads: 1 };
  const steps = fitMtrn(data, options, createRandom(1));
  for (let k = 0; k < STEPS_PER_EPOCH; k++) await steps.next();
  const times = [];
  const elapsed = stopwatch();
  for (let k = 0; k < epochs * STEPS_PER_EPOCH; k++) {
    const started = performance.now();
    await steps.next();
    times.push((performance.now() - started) / 1e3);
  }
  const { seconds, cpuSeconds } = elapsed();
  await steps.return();
  return { step: median(times), seconds: seconds / epochs, cpuSeconds: cpuSeconds / epochs };
}

function epoch([first, ...rest], way) {
  if (first.missing !== undefined) return first;
  const runs = [first, ...rest].map((answer) => answer[way]);
  return medianTiming(runs.map((run) => ({ seconds: run.seconds, cpuSeconds: run.cpu_seconds })));
}

function ownHeadStep(answers) {
  if (answers[0].missing !== undefined) return answers[0];
  return { seconds: median(answers.map(({ own_head }) => own_head.milliseconds_per_step / 1e3)) };
}
