// How far encoders agree that were trained on the same tasks, and on two halves of the tasks, beside how right they are.
// node bench/encoder-halves.mjs D COLUMNS [--refine] [--seed N]: 200 tasks of 200 rows, two causes a task; four fits.
import { parseArgs } from "node:util";
import { nonlinearData } from "../dist/data/synthetic/nonlinear.js";
import { strongMcc } from "../dist/metrics/mcc.js";
import { fit as fitModel } from "../dist/model/fit.js";
import { transform } from "../dist/model/transform.js";
import { createRandom } from "../dist/stats/random.js";

const { values: flags, positionals } = parseArgs({
  options: { refine: { type: "boolean", default: false }, seed: { type: "string", default: "0" } },
  allowPositionals: true,
});
const [latentDim, inputDim] = positionals.map(Number);
const seed = Number(flags.seed);
if (!(latentDim > 0 && inputDim > 0)) throw new Error("say how many latents and columns, such as 10 50");
const { data, truth } = nonlinearData(
  { latentDim, inputDim, causalPerTask: 2, tasks: 200, rowsPerTask: 200 },
  createRandom(seed),
);

/** Every second task, from `first` on. */
function halfOfTasks(first) {
  const { features, targets } = data;
  const rows = Array.from(targets.task.keys()).filter((row) => targets.task[row] % 2 === first);
  const x = new Float32Array(rows.length * features.cols);
  rows.forEach((row, i) => {
    x.set(features.data.subarray(row * features.cols, (row + 1) * features.cols), i * features.cols);
  });
  return {
    ...data,
    features: { ...features, rows: rows.length, data: x },
    targets: {
      layout: "long",
      values: Float64Array.from(rows, (row) => targets.values[row]),
      task: Int32Array.from(rows, (row) => targets.task[row] >> 1),
      taskNames: targets.taskNames.filter((_, t) => t % 2 === first),
    },
  };
}

async function latentsBy(part, offset) {
  const { model } = await fitModel(part, { latentDim, seed: seed + offset, threads: 1, refine: flags.refine });
  return transform(model, data.features);
}

const agreement = (a, b) => strongMcc(a, b, "pearson").score;
const [whole, again] = [await latentsBy(data, 100), await latentsBy(data, 200)];
const [first, second] = [await latentsBy(halfOfTasks(0), 300), await latentsBy(halfOfTasks(1), 400)];
const found = {
  "right: all tasks": agreement(whole, truth.latents),
  "right: each half": (agreement(first, truth.latents) + agreement(second, truth.latents)) / 2,
  "agree: halves of the tasks": agreement(first, second),
  "agree: seeds": agreement(whole, again),
};
for (const [name, value] of Object.entries(found)) process.stdout.write(`${name.padEnd(28)}${value.toFixed(4)}\n`);
