import { canonicalCorrelation, createRandom, matrix } from "../dist/index.js";
import { withDataFolder } from "./data-folder.mjs";
import { interleaved, runPeer } from "./peer.mjs";
import { medianTiming, stopwatch } from "./stopwatch.mjs";

const LATENTS = 10;

/** Canonical correlations of two sets of ten latents of 20,000 rows, which share what is not noise. */
export const cca = {
  name: "cca",
  async *run({ quick }) {
    const [left, right] = twoSets(quick ? 5000 : 20_000, createRandom(0));
    const answers = await withDataFolder({ left, right }, (folder) =>
      interleaved(quick ? 2 : 5, () => timed(left, right), { sklearn: () => runPeer("cca", "--data", folder) }),
    );
    yield {
      what: `weak MCC, ${left.rows.toLocaleString("en")} × ${LATENTS}`,
      ours: { ...medianTiming(answers.ours), accuracy: answers.ours[0].accuracy },
      peer: "CCA, scikit-learn",
      theirs: theirs(answers.sklearn),
    };
  },
};

function timed(left, right) {
  const elapsed = stopwatch();
  const { mean } = canonicalCorrelation(left, right);
  return { ...elapsed(), accuracy: mean };
}

function theirs(answers) {
  if (answers[0].missing !== undefined) return answers[0];
  const timings = answers.map(({ seconds, cpu_seconds: cpuSeconds }) => ({ seconds, cpuSeconds }));
  return { ...medianTiming(timings), accuracy: answers[0].weak_mcc };
}

/** The same latents under two mixings, each with noise of its own that grows from latent to latent. */
function twoSets(rows, random) {
  const shared = Float64Array.from({ length: rows * LATENTS }, () => random.normal());
  return ["left", "right"].map((name) => {
    const own = random.split(name);
    const mixing = Float64Array.from({ length: LATENTS * LATENTS }, () => own.normal());
    const set = matrix(rows, LATENTS);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < LATENTS; j++) {
        const value = shared[i * LATENTS + j] + 0.1 * (j + 1) * own.normal();
        for (let k = 0; k < LATENTS; k++) set.data[i * LATENTS + k] += mixing[j * LATENTS + k] * value;
      }
    }
    return set;
  });
}
