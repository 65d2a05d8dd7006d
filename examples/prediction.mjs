// Prediction where the truth is known: what stays valid when effects shift, whether intervals hold what they promise, and
// what a new task gains from the known ones. `npm run build`, then `node examples/prediction.mjs`: half a minute.
import {
  adapt,
  createRandom,
  latentsOf,
  linearData,
  momentsOf,
  predictFromLatents,
  resampleTasks,
  unmix,
} from "../dist/index.js";

const SIZES = {
  ...{ latentDim: 10, causalPerTask: 2, tasks: 200, rowsPerTask: 100 },
  ...{ sigmaS: 0.3, targetNoise: [0.5, 1], standardise: false, sigmaObs: 0 },
};
const SEEDS = [0, 1, 2];
const [NEW_TASKS, TEST_ROWS] = [10, 200];

const fits = SEEDS.map((seed) => ({ seed, ...fitted(seed) }));
print("New rows of the known tasks; errors as shares of the standard deviation of y", shiftTable());
print("A new task from a few labelled rows; errors on 200 others", newTaskTable());

/** Errors and coverage of three predictions, without a shift and with two. */
function shiftTable() {
  const shifts = { none: (gamma) => gamma, redrawn: (_, draw) => draw.uniform(-1, 1), reversed: (gamma) => -gamma };
  return Object.entries(shifts).map(([name, shift]) => {
    const results = fits.map(({ seed, model, truth }) => {
      const random = createRandom(seed).split("new rows");
      const draw = random.split("shift");
      const gamma = { ...truth.gamma, data: truth.gamma.data.map((g) => (g === 0 ? 0 : shift(g, draw))) };
      const rows = resampleTasks({ ...truth, gamma }, { ...SIZES, rowsPerTask: 50 }, random.split("rows"));
      const z = latents(model, truth, rows);
      const rowTasks = Array.from(rows.targets.task, (t) => rows.targets.taskNames[t]);
      const { varY } = model.moments;
      const causal = judge(predictFromLatents(model, z, { rowTasks, causalOnly: true }), rows.targets, varY);
      const posterior = judge(predictFromLatents(model, z, { rowTasks }), rows.targets, varY);
      const regression = judge(plainRegression(model.moments, rows.targets, z), rows.targets, varY);
      return [
        regression.error,
        posterior.error,
        causal.error,
        regression.typical,
        posterior.typical,
        causal.typical,
      ].concat([posterior.coverage, causal.coverage]);
    });
    const [e1, e2, e3, t1, t2, t3, c2, c3] = averages(results);
    return {
      "γ of the effects": name,
      ...{ regression: both(e1, t1), posterior: both(e2, t2), "causes only": both(e3, t3) },
      ...{ "coverage of 90 %: posterior": c2.toFixed(3), "causes only ": c3.toFixed(3) },
    };
  });
}

/** Errors on a task that the model was not fitted to, by the number of its labelled rows. */
function newTaskTable() {
  return [3, 5, 8, 12, 15, 20, 30, 50, 100].map((n) => {
    const results = fits.flatMap(({ seed, model, truth }) =>
      Array.from({ length: NEW_TASKS }, (_, t) => {
        const random = createRandom(seed).split("new task").split(t);
        const task = linearData({ ...SIZES, tasks: 1, rowsPerTask: 3 }, random.split("parameters")).truth;
        const few = resampleTasks(task, { ...SIZES, rowsPerTask: n }, random.split("few rows"));
        const test = resampleTasks(task, { ...SIZES, rowsPerTask: TEST_ROWS }, random.split("test rows"));
        const variance = [task.weights.data.reduce((sum, w) => sum + w * w, task.targetNoise[0] ** 2)];
        const [z, ahead] = [latents(model, truth, few), latents(model, truth, test)];
        const extended = adapt(model, z, few.targets.values, "new");
        const all = judge(predictFromLatents(extended, ahead, { tasks: ["new"] }), test.targets, variance);
        const options = { tasks: ["new"], causalOnly: true };
        const causal = judge(predictFromLatents(extended, ahead, options), test.targets, variance);
        const estimable = n > SIZES.latentDim + 1;
        const plain = estimable && plainRegression(momentsOf(z, few.targets), test.targets, ahead);
        const regression = plain ? judge(plain, test.targets, variance).error : Number.NaN;
        return [regression ** 2, all.error ** 2, causal.error ** 2, all.coverage];
      }),
    );
    const [regression, adapted, causal, coverage] = averages(results);
    return {
      ...{
        rows: String(n),
        regression: root(regression),
        adapted: root(adapted),
        "adapted, causes only": root(causal),
      },
      "coverage of 90 %": coverage.toFixed(3),
    };
  });
}

function fitted(seed) {
  const { representation, targets, truth } = linearData(SIZES, createRandom(seed));
  const stages = unmix(representation, targets, {}, createRandom(seed).split("mtlcm"));
  const provenance = { version: "", seed, fingerprint: "", engine: null, device: null, configuration: {} };
  const names = { layout: "long", featureNames: [], taskNames: targets.taskNames };
  return { truth, model: { ...names, ...stages, mtrn: null, adaptations: [], provenance } };
}

/** The latents of generated rows as the model sees them: mixed by A, then unmixed by B. */
function latents({ mtlcm }, { mixing }, rows) {
  const { rows: n, cols: d, data } = rows.latents;
  const h = Float64Array.from({ length: n * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    return sum(d, (k) => mixing.data[j * d + k] * data[i * d + k]);
  });
  return latentsOf(mtlcm, { rows: n, cols: d, data: h });
}

/** Root mean squared error over all rows and its median over tasks, y in units of √variance; share of y in its interval. */
function judge({ mean, lower, upper }, { values, task }, variance) {
  const squares = variance.length === 1 ? [0] : new Float64Array(variance.length);
  const count = squares.slice();
  let held = 0;
  values.forEach((y, i) => {
    squares[task[i]] += (y - mean.data[i]) ** 2 / variance[task[i]];
    count[task[i]]++;
    if (y >= lower.data[i] && y <= upper.data[i]) held++;
  });
  const perTask = Array.from(squares, (square, t) => Math.sqrt(square / count[t])).sort((a, b) => a - b);
  const error = Math.sqrt(squares.reduce((a, b) => a + b, 0) / values.length);
  return { error, typical: perTask[Math.floor(perTask.length / 2)], coverage: held / values.length };
}

/** The regression of y on all latents, task by task, by Gaussian elimination of its normal equations. */
function plainRegression({ dim: d, covH, covHY, meanH, meanY }, { task }, z) {
  const slopes = Array.from(meanY, (_, t) => {
    const m = Array.from({ length: d }, (_, i) => [
      ...covH.data.slice((t * d + i) * d, (t * d + i + 1) * d),
      covHY.data[t * d + i],
    ]);
    for (let k = 0; k < d; k++) {
      for (let i = 0; i < d; i++) {
        const factor = i === k ? 0 : m[i][k] / m[k][k];
        for (let j = k; j <= d; j++) m[i][j] -= factor * m[k][j];
      }
    }
    return m.map((row, i) => row[d] / row[i]);
  });
  const data = Float64Array.from(
    task,
    (t, i) => meanY[t] + sum(d, (j) => slopes[t][j] * (z.data[i * d + j] - meanH.data[t * d + j])),
  );
  return { mean: { data }, lower: { data }, upper: { data } };
}

function sum(n, term) {
  let total = 0;
  for (let k = 0; k < n; k++) total += term(k);
  return total;
}

function averages(rows) {
  return rows[0].map((_, k) => sum(rows.length, (i) => rows[i][k]) / rows.length);
}

function both(error, typical) {
  return `${error.toFixed(3)} (${typical.toFixed(3)})`;
}

function root(square) {
  return Number.isNaN(square) ? "–" : Math.sqrt(square).toFixed(3);
}

function print(title, rows) {
  const headings = Object.keys(rows[0]);
  process.stdout.write(`\n${title}\n\n| ${headings.join(" | ")} |\n|${headings.map(() => "---|").join("")}\n`);
  for (const row of rows) process.stdout.write(`| ${Object.values(row).join(" | ")} |\n`);
}
