// One measured process of table-moments.mjs: generate | moments | scan, the Parquet file, and its number of rows.
import { DuckDBInstance } from "@duckdb/node-api";
import { stackedMomentsSteps } from "../dist/node/index.js";
import { stopwatch } from "./stopwatch.mjs";

const [FEATURES, TARGETS] = [15, 5];
/** What both may use. */
const LIMITS = { memory: "512MB", threads: 1 };

const features = Array.from({ length: FEATURES }, (_, j) => `x${j + 1}`);
const targets = Array.from({ length: TARGETS }, (_, t) => `y${t + 1}`);

const jobs = {
  async generate(file, rows) {
    const columns = [...features, ...targets].map((name, k) =>
      k < FEATURES ? `random() AS ${name}` : `random() + random() AS ${name}`,
    );
    const connection = await connect();
    await connection.run(`COPY (SELECT ${columns.join(", ")} FROM range(${rows})) TO '${file}' (FORMAT parquet)`);
    return {};
  },

  async moments(file) {
    const elapsed = stopwatch();
    const request = { columns: { targets }, seed: 0, groups: { long: 2, wide: 2 }, ...LIMITS };
    const { groups } = await last(stackedMomentsSteps([file], request));
    return { ...elapsed(), groups: groups.length };
  },

  async scan(file) {
    const sums = features.flatMap((a, i) => [
      `sum(${a})`,
      ...[...features.slice(i), ...targets].map((b) => `sum(${a} * ${b})`),
    ]);
    const ofTargets = targets.flatMap((y) => [`sum(${y})`, `sum(${y} * ${y})`]);
    const elapsed = stopwatch();
    const connection = await connect();
    const result = await connection.run(`SELECT ${[...sums, ...ofTargets].join(", ")} FROM '${file}'`);
    await result.getRows();
    return elapsed();
  },
};

/** What a generator of steps ends with. */
async function last(steps) {
  let next = await steps.next();
  while (!next.done) next = await steps.next();
  return next.value;
}

async function connect() {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: LIMITS.memory,
    threads: String(LIMITS.threads),
  });
  return instance.connect();
}

const [job, file, rows] = process.argv.slice(2);
const measured = await jobs[job](file, rows);
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ ...measured, peakBytes })}\n`);
