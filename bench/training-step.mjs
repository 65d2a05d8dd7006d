import { createRandom, fitMtrn, nonlinearData } from "../dist/index.js";
import { withDataFolder } from "./data-folder.mjs";
import { flopsOf, productsOfUpdate, timeAlone } from "./matmul-rate.mjs";
import { interleaved, runPeer } from "./peer.mjs";
import { medianTiming, stopwatch } from "./stopwatch.mjs";
import { fasterSetting } from "./thread-settings.mjs";

const STEPS_PER_EPOCH = 98;
/** Epochs in which JavaScript's engine compiles; PyTorch is given one, too. */
const WARM_UP = 1;
const PRODUCTS = productsOfUpdate(1024, 100, 200, 20);

/**
 * Stage 1 at the size of the paper's nonlinear experiment: 100-200-20, 500 heads, 100,000 rows in long form, batch 1024,
 * Adam, float32. Both sides on one thread and on two, of which the faster counts. Warmed up on both sides. The
 * products alone are those of one update, on the same runtime and one thread.
 */
export const trainingStep = {
  name: "training-step",
  async *run({ quick }) {
    const { data } = nonlinearData({}, createRandom(0));
    const { features, targets } = data;
    const epochs = quick ? 2 : 10;
    const answers = await withDataFolder({ features, target: targets.values, task: targets.task }, (folder) =>
      interleaved(quick ? 1 : 5, () => timeEpochs(data, epochs), {
        two: () => timeEpochs(data, epochs, 2),
        pytorch: () => runPeer("mtrn_epoch", "--data", folder, "--epochs", epochs),
        pytorch2: () => runPeer("mtrn_epoch", "--data", folder, "--epochs", epochs, "--threads", 2),
        products: () => timeAlone(PRODUCTS),
      }),
    );
    const ours = { ...medianTiming(answers.ours), samples: answers.ours };
    const mine = fasterSetting(ours, { ...medianTiming(answers.two), samples: answers.two });
    const peers = [
      ["PyTorch, as in the original", "all_heads", 5],
      ["PyTorch, tensors in place, own head only", "own_head", 1.5],
    ];
    for (const [peer, way, least] of peers) {
      const [one, two] = [epoch(answers.pytorch, way), epoch(answers.pytorch2, way)];
      if (one.missing !== undefined) {
        yield { what: "one epoch", ours: mine.timing, peer, theirs: one };
        continue;
      }
      const theirs = fasterSetting(one, two);
      yield {
        what: `one epoch, ${mine.threads}`,
        ours: mine.timing,
        peer: `${peer}, ${theirs.threads}`,
        theirs: theirs.timing,
        required: { text: `≥ ${least}×`, met: theirs.timing.seconds >= least * mine.timing.seconds },
      };
      yield {
        what: `one epoch, ${mine.others.threads}`,
        ours: mine.others.timing,
        peer: `${peer}, ${theirs.others.threads}`,
        theirs: theirs.others.timing,
      };
    }
    const update = medianTiming(answers.products);
    const alone = { seconds: STEPS_PER_EPOCH * update.seconds, cpuSeconds: STEPS_PER_EPOCH * update.cpuSeconds };
    const share = alone.seconds / ours.seconds;
    const rate = (STEPS_PER_EPOCH * flopsOf(PRODUCTS)) / 1e9;
    yield {
      what: `its products: ${(rate / ours.seconds).toFixed(0)} GFLOP/s`,
      ours,
      peer: `ONNX Runtime, the products alone: ${(rate / alone.seconds).toFixed(0)} GFLOP/s`,
      theirs: alone,
      required: { text: "≥ half of that rate", met: share >= 0.5 },
    };
  },
};

/** Seconds an epoch after those of warm-up. */
async function timeEpochs(data, epochs, threads = 1) {
  const options = { latentDim: 20, preset: "paper", epochs: epochs + WARM_UP, threads };
  const steps = fitMtrn(data, options, createRandom(1));
  for (let k = 0; k < WARM_UP * STEPS_PER_EPOCH; k++) await steps.next();
  const elapsed = stopwatch();
  for (let k = 0; k < epochs * STEPS_PER_EPOCH; k++) await steps.next();
  const { seconds, cpuSeconds } = elapsed();
  await steps.return();
  return { seconds: seconds / epochs, cpuSeconds: cpuSeconds / epochs };
}

function epoch([first, ...rest], way) {
  if (first.missing !== undefined) return first;
  const runs = [first, ...rest].map((answer) => answer[way]);
  return medianTiming(runs.map((run) => ({ seconds: run.seconds, cpuSeconds: run.cpu_seconds })));
}
