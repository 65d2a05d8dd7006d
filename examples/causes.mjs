// Which latents cause which targets, where the truth is known. Long data: the paper's linear settings. Wide data: independent latents behind a
// mixing, every target a sparse sum of them plus noise. `npm run build`, then `node examples/causes.mjs`: about a minute.
import {
  createRandom,
  fitMtlcm,
  latentsOf,
  linearData,
  matrix,
  momentsOf,
  scoreIndicators,
  strongMcc,
} from "../dist/index.js";

/** d and k of the paper's linear settings, 200 tasks of 100 rows. */
const PAPER = [
  [3, 1],
  [5, 2],
  [10, 2],
  [10, 4],
  [20, 4],
  [20, 8],
];
const PAPER_SEEDS = [0, 1, 2, 3, 4];
const longHeadings = ["d", "k", "mixing", "right", "lowest seed", "ECE", "AUROC", "Brier", 'always "effect"'];
process.stdout.write(`| ${longHeadings.join(" | ")} |\n|${longHeadings.map(() => "---|").join("")}\n`);
for (const [latentDim, causalPerTask] of PAPER) {
  for (const mixing of ["orthogonal", "random"]) {
    const options = { latentDim, causalPerTask, mixing, tasks: 200, rowsPerTask: 100 };
    const all = PAPER_SEEDS.map((seed) => judgeLong(options, createRandom(seed)));
    const mean = (of) => (all.reduce((sum, scores) => sum + of(scores), 0) / all.length).toFixed(3);
    const lowest = Math.min(...all.map(({ accuracy }) => accuracy)).toFixed(3);
    const cells = [
      mean((s) => s.accuracy),
      lowest,
      mean((s) => s.calibrationError),
      mean((s) => s.auroc),
      mean((s) => s.brier),
    ];
    const line = [latentDim, causalPerTask, mixing, ...cells, mean((s) => 1 - s.baseRate)];
    process.stdout.write(`| ${line.join(" | ")} |\n`);
  }
}
process.stdout.write("\n");

const CASES = [
  ["30 % related", { latents: 10, targets: 80, rows: 5000, share: 0.3, noise: 0.5 }],
  ["30 % related, little noise", { latents: 10, targets: 80, rows: 5000, share: 0.3, noise: 0.1 }],
  ["20 % related, few rows", { latents: 10, targets: 80, rows: 500, share: 0.2, noise: 1 }],
  ["all related", { latents: 10, targets: 80, rows: 5000, share: 1, noise: 0.5 }],
  ["none related", { latents: 10, targets: 80, rows: 5000, share: 0, noise: 0.5 }],
];
const SEEDS = [0, 1, 2];

const headings = [
  "data",
  "MCC",
  "related or not: right",
  "ECE",
  "AUROC",
  "unrelated called related",
  "related called effects",
];
process.stdout.write(`| ${headings.join(" | ")} |\n|${headings.map(() => "---|").join("")}\n`);
for (const [name, sizes] of CASES) {
  const results = SEEDS.map((seed) => judge(sizes, createRandom(seed)));
  const means = results[0].map((_, k) => results.reduce((sum, row) => sum + row[k], 0) / SEEDS.length);
  process.stdout.write(`| ${[name, ...means.map((x) => (Number.isNaN(x) ? "–" : x.toFixed(3)))].join(" | ")} |\n`);
}

/** P(cause) of a fit to the paper's data against the truth, latents matched. */
function judgeLong(options, random) {
  const { representation, targets, truth } = linearData(options, random);
  const fit = fitMtlcm(momentsOf(representation, targets), {}, random.split("mtlcm"));
  const { pairs } = strongMcc(latentsOf(fit, representation), truth.latents, "pearson");
  return scoreIndicators(fit.pCause, truth.causal, pairs);
}

function judge({ latents: d, targets, rows, share, noise }, random) {
  const draw = (n, m, value) => matrix(n, m, Float64Array.from({ length: n * m }, value));
  const z = draw(rows, d, () => random.normal());
  const weights = draw(targets, d, () => (random.uniform() < share ? random.normal() : 0));
  const mixing = draw(d, d, () => random.normal());
  const values = product(z, weights);
  values.data.forEach((y, at) => {
    values.data[at] = y + noise * random.normal();
  });
  const taskNames = Array.from({ length: targets }, (_, t) => `y${t}`);
  const h = product(z, mixing);
  const fit = fitMtlcm(momentsOf(h, { layout: "wide", values, taskNames }), {}, random.split("starts"));
  const matched = strongMcc(product(h, fit.unmixing), z, "pearson");
  const trueOf = new Map(matched.pairs.map(({ left, right }) => [left, right]));
  const pairs = Array.from(fit.pCause.data, (cause, at) => {
    const related = weights.data[at - (at % d) + trueOf.get(at % d)] !== 0;
    return { related, cause, effect: fit.pEffect.data[at], p: cause + fit.pEffect.data[at] };
  });
  const [related, others] = [pairs.filter((pair) => pair.related), pairs.filter((pair) => !pair.related)];
  const shareOf = (all, is) => (all.length === 0 ? Number.NaN : all.filter(is).length / all.length);
  const correct = shareOf(pairs, ({ p, related: is }) => p > 0.5 === is);
  const inOrder = related.reduce((sum, a) => sum + shareOf(others, (b) => b.p < a.p), 0) / related.length;
  const called = related.filter(({ p }) => p > 0.5);
  return [
    ...[matched.score, correct, calibrationError(pairs), inOrder],
    ...[shareOf(others, ({ p }) => p > 0.5), shareOf(called, ({ cause, effect }) => effect > cause)],
  ];
}

/** Expected calibration error of P(related) over ten bins. */
function calibrationError(pairs) {
  const bins = new Float64Array(10);
  for (const { p, related } of pairs) bins[Math.min(9, Math.floor(10 * p))] += p - Number(related);
  return bins.reduce((sum, gap) => sum + Math.abs(gap), 0) / pairs.length;
}

/** x y', rows × rows of y. */
function product(x, y) {
  const result = matrix(x.rows, y.rows, new Float64Array(x.rows * y.rows));
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < y.rows; k++) {
      let sum = 0;
      for (let j = 0; j < x.cols; j++) sum += x.data[i * x.cols + j] * y.data[k * y.cols + j];
      result.data[i * y.rows + k] = sum;
    }
  }
  return result;
}
