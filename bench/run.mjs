// Every benchmark, or some: npm run bench -- [NAME]... [--quick] [--large] [--full]
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { VERSION } from "../dist/index.js";
import { browserTraining } from "./browser-training.mjs";
import { cca } from "./cca.mjs";
import { costCurves } from "./cost-curves.mjs";
import { ivaeStep } from "./ivae-step.mjs";
import { loadCsv } from "./load-csv.mjs";
import { memory } from "./memory.mjs";
import { molecules } from "./molecules.mjs";
import { pipeline } from "./pipeline.mjs";
import { ridgeHeads } from "./ridge-heads.mjs";
import { stage2 } from "./stage2.mjs";
import { stage2Scaling } from "./stage2-scaling.mjs";
import { tableMoments } from "./table-moments.mjs";
import { tableLines } from "./text-table.mjs";
import { trainingStep } from "./training-step.mjs";
import { wide } from "./wide.mjs";

const BENCHMARKS = [
  trainingStep,
  ridgeHeads,
  costCurves,
  browserTraining,
  ivaeStep,
  molecules,
  stage2,
  stage2Scaling,
  wide,
  cca,
  loadCsv,
  tableMoments,
  pipeline,
  memory,
];

const USAGE = `npm run bench -- [NAME]... [--quick] [--large] [--full]

  NAME          run only these, of ${BENCHMARKS.map(({ name }) => name).join(", ")}
  --quick       fewer repetitions and smaller sizes
  --large       also those that take minutes and gigabytes of disk: ${BENCHMARKS.filter((b) => b.large).map((b) => b.name)}
  --full        run the paper's recipe to its last epoch on all data sets but the largest, which takes a quarter of an hour

Peers are programs in Python: python3, or what PYTHON names, with PyTorch, SciPy and scikit-learn.
`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
// --only NAME is what it was before names could stand alone.
const named = [...positionals, ...(flags.only ?? [])];
const options = { ...flags, only: named.length > 0 ? named : undefined };
const unknown = options.only?.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (unknown !== undefined) process.stderr.write(`no benchmark is called '${unknown}'\n\n`);
if (options.help || unknown !== undefined) {
  process.stdout.write(USAGE);
  process.exit(options.help ? 0 : 2);
}

const chosen = BENCHMARKS.filter(({ name, large }) => options.only?.includes(name) ?? (options.large || !large));
for (const benchmark of chosen) {
  const started = load();
  process.stdout.write(`\n## ${benchmark.name}\n\n`);
  const results = [];
  for await (const result of benchmark.run(options)) {
    process.stderr.write(`  ${result.what}\n`);
    results.push(result);
  }
  const loads = { started, ended: load() };
  process.stdout.write(`${tableLines(results).join("\n")}\n\nload average ${started} before, ${loads.ended} after\n`);
  await save(benchmark.name, { benchmark: benchmark.name, version: VERSION, options, loads, ...machine(), results });
}

function load() {
  return loadavg()[0].toFixed(2);
}

function machine() {
  return { node: process.version, processor: cpus()[0]?.model, cores: cpus().length };
}

async function save(name, record) {
  const folder = new URL("results/", import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(record, null, 2)}\n`);
}
