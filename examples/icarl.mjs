// iCaRL whole, on data of known truth: are causes found among its latents, and does the predictor that reads causes alone keep its error
// where the mechanism of the effects changes? `npm run build`, then `node examples/icarl.mjs [SEED]...`.
import {
  baselineNamed,
  colliderCauses,
  createRandom,
  fitBaseline,
  fitInvariantPredictor,
  latentsOf,
  linearData,
  predictByIcarl,
  predictInvariantly,
  resampleTasks,
  scoreIndicators,
  strongMcc,
  unmix,
} from "../dist/index.js";

const DATA = {
  ...{ latentDim: 4, causalPerTask: 2, tasks: 40, rowsPerTask: 250, mixing: "orthogonal", sigmaObs: 0.01 },
  ...{ standardise: false, targetNoise: [0.2, 0.5], sigmaS: 0.3 },
};
const NEW_ROWS = 50;
const SHIFTS = { none: (gamma) => gamma, redrawn: (_, draw) => draw.uniform(-1, 1), reversed: (gamma) => -gamma };

const seeds = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [0, 1, 2];
const tables = [];
for (const seed of seeds) tables.push(await outcomes(seed));
print(tables);

/** Every way to predict, fitted to the same rows. New rows have columns and a task, and no target. */
async function outcomes(seed) {
  const { representation: h, targets, truth } = linearData(DATA, createRandom(seed));
  const fitted = (name) =>
    fitBaseline(baselineNamed(name), { inputs: h, targets }, { latentDim: DATA.latentDim }, createRandom(seed));
  const [icarl, ica] = [await fitted("icarl"), await fitted("fast-ica")];
  const { latents, mtlcm } = unmix(h, targets, {}, createRandom(seed));
  const all = { ...truth.causal, data: truth.causal.data.map(() => 1) };
  const likely = { ...mtlcm.pCause, data: mtlcm.pCause.data.map((p) => Number(p > 0.5)) };
  const byIca = ({ h }) => baselineNamed("fast-ica").transform(ica.model, { inputs: h });
  const byMtlcm = ({ h }) => latentsOf(mtlcm, h);
  const known = ({ latents }) => latents;

  const predictor = (z, causes, latentsOfRows) => {
    const found = fitInvariantPredictor(z, targets, causes);
    return async (rows) => predictInvariantly(found, await latentsOfRows(rows), rows.task);
  };
  const collider = (name, z, latentsOfRows) => {
    const causes = colliderCauses(z, targets);
    return { name, z, causes, predict: predictor(z, causes, latentsOfRows) };
  };
  const ways = [
    { name: "regression on all columns", predict: predictor(h, all, ({ h }) => h) },
    {
      ...{ name: "iCaRL", z: icarl.latents, causes: icarl.model.causes },
      predict: ({ h, task }) => predictByIcarl(icarl.model, h, task),
    },
    collider("phases 2 and 3 on FastICA", ica.latents, byIca),
    collider("phases 2 and 3 on mtlcm", latents, byMtlcm),
    {
      name: "phase 3 on mtlcm and its causes",
      z: latents,
      causes: likely,
      predict: predictor(latents, likely, byMtlcm),
    },
    collider("phases 2 and 3 on the true latents", truth.latents, known),
    {
      name: "phase 3 on the true causes",
      z: truth.latents,
      causes: truth.causal,
      predict: predictor(truth.latents, truth.causal, known),
    },
  ];
  const shifted = shiftedRows(truth, createRandom(seed).split("new rows"));
  const lines = [];
  for (const { name, z, causes, predict } of ways) {
    const matched = z && strongMcc(z, truth.latents, "pearson");
    const right = matched && scoreIndicators(causes, truth.causal, matched.pairs).accuracy;
    const errors = [];
    for (const rows of shifted) errors.push(relativeError(await predict(rows), rows.values, targets.values));
    lines.push({ name, numbers: [matched?.score, right, ...errors] });
  }
  return lines;
}

/** New rows of the known tasks under every shift of γ, with the columns that the mixing makes of their latents. */
function shiftedRows(truth, random) {
  const { cols: d, data: mixing } = truth.mixing;
  return Object.values(SHIFTS).map((shift) => {
    const draw = random.split("shift");
    const gamma = { ...truth.gamma, data: truth.gamma.data.map((g) => (g === 0 ? 0 : shift(g, draw))) };
    const rows = resampleTasks({ ...truth, gamma }, { ...DATA, rowsPerTask: NEW_ROWS }, random.split("rows"));
    const { normal } = random.split("observation");
    const data = rows.latents.data.map((_, at) => {
      let sum = DATA.sigmaObs * normal();
      for (let k = 0; k < d; k++) sum += mixing[(at % d) * d + k] * rows.latents.data[at - (at % d) + k];
      return sum;
    });
    return { ...rows.targets, latents: rows.latents, h: { ...rows.latents, data } };
  });
}

/** Root mean squared error as a share of the targets' root mean square in the fit, which is what predicting 0 errs by. */
function relativeError(predicted, values, fitted) {
  const meanSquare = (numbers) => numbers.reduce((sum, v) => sum + v * v, 0) / numbers.length;
  return Math.sqrt(meanSquare(predicted.map((y, i) => y - values[i])) / meanSquare(fitted));
}

function print(found) {
  const headings = ["", "MCC", "causes right", ...Object.keys(SHIFTS).map((name) => `error, γ ${name}`)];
  const line = (texts) => `| ${texts.join(" | ")} |\n`;
  process.stdout.write(line(headings) + line(headings.map((_, k) => (k === 0 ? "---" : "---:"))));
  found[0].forEach(({ name, numbers }, k) => {
    const texts = numbers.map((_, j) => {
      const values = found.map((lines) => lines[k].numbers[j]).filter((value) => value !== undefined);
      return values.length === 0 ? "–" : (values.reduce((a, b) => a + b, 0) / values.length).toFixed(3);
    });
    process.stdout.write(line([name, ...texts]));
  });
}
