import { createRandom, fitMtrn, nonlinearData } from "../dist/index.js";
import { withDataFolder } from "./data-folder.mjs";
import { interleaved, runPeer } from "./peer.mjs";
import { medianTiming, stopwatch } from "./stopwatch.mjs";

/** Of 200 rows each, as many tasks as come nearest to a batch of 512 rows. */
const [TASKS_PER_BATCH, TASKS, HIDDEN, FEATURES] = [3, 500, 512, 30];

/**
 * Stage 1 with heads solved exactly, the default for long tables of many latents, at the size of the paper's nonlinear experiment:
 * 100-512-30, 500 tasks of 200 rows, batches of three tasks, float32, one thread. The peer is the same in plain PyTorch.
 */
export const ridgeHeads = {
  name: "ridge-heads",
  async *run({ quick }) {
    const { data } = nonlinearData({}, createRandom(0));
    const { features, targets } = data;
    const epochs = quick ? 1 : 3;
    const sizes = ["--hidden", HIDDEN, "--features", FEATURES, "--tasks-per-batch", TASKS_PER_BATCH];
    const answers = await withDataFolder({ features, target: targets.values, task: targets.task }, (folder) =>
      interleaved(quick ? 1 : 5, () => timeEpochs(data, epochs), {
        pytorch: () => runPeer("ridge_epoch", "--data", folder, "--epochs", epochs, ...sizes),
      }),
    );
    const [first] = answers.pytorch;
    yield {
      what: "one epoch, heads solved exactly",
      ours: { ...medianTiming(answers.ours), samples: answers.ours },
      peer: "PyTorch, the same",
      theirs: first.missing
        ? first
        : medianTiming(answers.pytorch.map((run) => ({ seconds: run.seconds, cpuSeconds: run.cpu_seconds }))),
    };
  },
};

/** Seconds an epoch after the first. */
async function timeEpochs(data, epochs) {
  const shape = { hidden: [HIDDEN], featureDim: FEATURES, batchSize: 512, heads: "ridge", holdOut: 0 };
  const steps = fitMtrn(data, { latentDim: 20, ...shape, epochs: epochs + 1, threads: 1 }, createRandom(1));
  const updates = Math.ceil(TASKS / TASKS_PER_BATCH);
  for (let k = 0; k < updates; k++) await steps.next();
  const elapsed = stopwatch();
  for (let k = 0; k < epochs * updates; k++) await steps.next();
  const { seconds, cpuSeconds } = elapsed();
  await steps.return();
  return { seconds: seconds / epochs, cpuSeconds: cpuSeconds / epochs };
}
