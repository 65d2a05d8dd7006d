import { createRandom, matrix, unmixSteps } from "../dist/index.js";
import { medianTiming, stopwatch } from "./stopwatch.mjs";

const [ROWS, LATENTS, TARGETS] = [21_263, 10, 81];

/**
 * Stage 2 on wide data of the size of the superconductivity tables, its certificate included: moments in 32 groups of
 * rows, the fit, two halves and 50 bootstrap samples.
 */
export const wide = {
  name: "wide",
  async *run({ quick }) {
    const data = wideData(createRandom(0));
    const runs = Array.from({ length: quick ? 2 : 7 }, () => timeStages(data));
    const stages = ["moments", "solve", "certify"];
    const [moments, solve, certify] = stages.map((stage) => medianTiming(runs.map((run) => run[stage])));
    const total = medianTiming(runs.map((run) => run.total));
    const size = `${ROWS.toLocaleString("en")} × ${LATENTS} × ${TARGETS}`;
    yield {
      what: `${size}: moments, fit and certificate`,
      ours: total,
      required: { text: "< 1 s", met: total.seconds < 1 },
    };
    yield { what: "of which moments", ours: moments };
    yield { what: "of which the fit", ours: solve };
    yield { what: "of which the certificate", ours: certify };
    yield { what: "the same, first run of the process", ours: runs[0].total };
  },
};

function timeStages({ representation, targets }) {
  const started = stopwatch();
  const marks = { moments: stopwatch() };
  const times = {};
  let current = "moments";
  for (const { stage } of unmixSteps(representation, targets, {}, createRandom(1))) {
    if (stage === current) continue;
    times[current] = marks[current]();
    current = stage;
    marks[stage] = stopwatch();
  }
  times[current] = marks[current]();
  return { ...times, total: started() };
}

/** Independent latents, mixed at random; every target depends on two of them, and on noise. */
function wideData(random) {
  const normals = (count) => Float64Array.from({ length: count }, () => random.normal());
  const latents = matrix(ROWS, LATENTS, normals(ROWS * LATENTS));
  const mixing = matrix(LATENTS, LATENTS, normals(LATENTS * LATENTS));
  const representation = matrix(ROWS, LATENTS);
  const values = matrix(ROWS, TARGETS);
  for (let row = 0; row < ROWS; row++) {
    const z = latents.data.subarray(row * LATENTS, (row + 1) * LATENTS);
    for (let j = 0; j < LATENTS; j++) {
      for (let k = 0; k < LATENTS; k++) {
        representation.data[row * LATENTS + j] += mixing.data[j * LATENTS + k] * z[k];
      }
    }
    for (let t = 0; t < TARGETS; t++) {
      values.data[row * TARGETS + t] = z[t % LATENTS] + 0.5 * z[(3 * t + 1) % LATENTS] + random.normal();
    }
  }
  const taskNames = Array.from({ length: TARGETS }, (_, t) => `target ${t + 1}`);
  return { representation, targets: { layout: "wide", values, taskNames } };
}
