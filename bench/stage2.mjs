import { createRandom, fitMtlcmSteps, latentsOf, linearData, momentsOf, strongMcc } from "../dist/index.js";
import { goldenCase, withDataFolder } from "./data-folder.mjs";
import { interleaved, runPeer } from "./peer.mjs";
import { medianTiming, stopwatch } from "./stopwatch.mjs";

const REQUIRED = 5000;
/** Epochs of the recipe that are timed, of the 1000 it prescribes. */
const TIMED_EPOCHS = 2;
const PRESCRIBED_EPOCHS = 1000;

/**
 * Stage 2 on the same rows by four methods: ours, the paper's recipe, plain joint diagonalisation, and FastICA.
 *
 * The recipe's accuracy is that of a finished fit: published with the golden data, measured with `--full`, which runs it
 * to its last epoch on all sets but the largest.
 */
export const stage2 = {
  name: "stage2",
  async *run({ quick, full }) {
    for (const { what, load, whole } of CASES) {
      const data = await load();
      yield* compare(what, data, quick ? 2 : 5, full && whole);
    }
  },
};

const generated = (options, whole) => ({
  what: `d = ${options.latentDim}, k = ${options.causalPerTask}, ${options.tasks} × ${options.rowsPerTask}`,
  load: () => {
    const { representation, targets, truth } = linearData(options, createRandom(0));
    return { representation, targets, latents: truth.latents };
  },
  whole,
});

const CASES = [
  { what: "golden, d = 3, k = 1, 200 × 100", load: () => goldenCase("linear_d3_c1_random"), whole: true },
  { what: "golden, d = 5, k = 2, 200 × 100", load: () => goldenCase("linear_d5_c2_random"), whole: true },
  generated({ latentDim: 10, causalPerTask: 2, tasks: 200, rowsPerTask: 100 }, true),
  generated({ latentDim: 20, causalPerTask: 4, tasks: 500, rowsPerTask: 200 }, false),
];

async function* compare(what, data, repetitions, full) {
  const { representation, targets, latents, published } = data;
  const arrays = { representation, target: targets.values, task: targets.task, latents };
  const [answers, whole] = await withDataFolder(arrays, async (folder) => {
    const ask = (name, ...options) => runPeer(name, "--data", folder, ...options);
    const peers = {
      recipe: () => ask("mtlcm_original_recipe", "--epochs", TIMED_EPOCHS, "--epochs-needed", PRESCRIBED_EPOCHS),
      pham: () => ask("pham_jade"),
      ica: () => ask("fast_ica"),
    };
    const measured = await interleaved(repetitions, () => timeFits(data), peers);
    const finished = full && (await ask("mtlcm_original_recipe", "--epochs", PRESCRIBED_EPOCHS));
    return [measured, finished];
  });
  const timed = (of) => ({ ...medianTiming(answers.ours.map(of)), accuracy: of(answers.ours[0]).accuracy });
  const closedForm = timed((run) => run["closed-form"].fitted);
  const byDefault = timed((run) => run.auto.fitted);
  const solver = timed((run) => run["closed-form"].solved);
  const recipe = { ...summary(answers.recipe), accuracy: published?.mcc_pooled_pearson };

  yield {
    what: `${what}, closed form`,
    ours: closedForm,
    peer: "the paper's recipe",
    theirs: recipe,
    ...(recipe.seconds && required(recipe.seconds / closedForm.seconds)),
  };
  yield { what: `${what}, by default`, ours: byDefault, peer: "the paper's recipe", theirs: recipe };
  if (whole && whole.missing === undefined) {
    const [reached, { mcc_pooled_pearson }] = [whole.epochs_to_accuracy, whole];
    yield {
      what: `${what}, run to the end`,
      ours: closedForm,
      peer: `the paper's recipe, ${PRESCRIBED_EPOCHS} epochs`,
      theirs: { seconds: whole.seconds, cpuSeconds: whole.cpu_seconds, accuracy: mcc_pooled_pearson },
    };
    yield {
      what: `${what}, run until accurate`,
      ours: closedForm,
      peer: `the paper's recipe, ${reached} epochs to within .001`,
      theirs: { seconds: reached * whole.seconds_per_epoch, cpuSeconds: reached * whole.cpu_seconds_per_epoch },
    };
  }
  yield { what: `${what}, B alone`, ours: solver, peer: "Pham's sweeps, NumPy", theirs: summary(answers.pham) };
  yield { what: `${what}, B alone`, ours: solver, peer: "FastICA, scikit-learn", theirs: summary(answers.ica) };
}

const required = (ratio) => ({ required: { text: "≥ 5,000×", met: ratio >= REQUIRED } });

/**
 * The closed form, which is as accurate as a finished run of the recipe, and the default, which goes on to the exact
 * likelihood where noise asks for it.
 */
function timeFits(data) {
  return Object.fromEntries(["closed-form", "auto"].map((solver) => [solver, timeFit(data, solver)]));
}

/** Seconds until B is known and until the fit is finished, causes included; moments are part of both. */
function timeFit({ representation, targets, latents }, solver) {
  const elapsed = stopwatch();
  const steps = fitMtlcmSteps(momentsOf(representation, targets), { solver }, createRandom(1));
  let solved;
  for (;;) {
    const next = steps.next();
    if (next.done === true) {
      const fitted = elapsed();
      const accuracy = strongMcc(latentsOf(next.value, representation), latents, "pearson").score;
      return { solved: { ...solved, accuracy }, fitted: { ...fitted, accuracy } };
    }
    solved = elapsed();
  }
}

function summary(answers) {
  if (answers[0].missing !== undefined) return answers[0];
  const timings = answers.map(({ seconds, cpu_seconds: cpuSeconds }) => ({ seconds, cpuSeconds }));
  const { scaled, mcc_pooled_pearson } = answers[0];
  return { ...medianTiming(timings), scaled, ...(!scaled && { accuracy: mcc_pooled_pearson }) };
}
