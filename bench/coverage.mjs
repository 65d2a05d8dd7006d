// How far the certificate and the bootstrap can be trusted: data sets whose truth is known, in families that keep the
// assumptions and break them. `npm run build`, then `node bench/coverage.mjs [--sets N] [--replicates N] [--out FILE]
// [--only FAMILY]`: half an hour on two cores. Results are appended to FILE as they come; a second run goes on from there.
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { runJobs } from "../dist/node/index.js";
import { families } from "./coverage-families.mjs";
import { coverageLines } from "./coverage-report.mjs";

const { values } = parseArgs({
  options: {
    sets: { type: "string", default: "15" },
    replicates: { type: "string", default: "100" },
    out: { type: "string", default: "bench/results/coverage.jsonl" },
    only: { type: "string" },
  },
});
const [sets, replicates] = [values.sets, values.replicates].map(Number);
const chosen = families.filter(({ name }) => values.only === undefined || name === values.only);
const wanted = Array.from({ length: sets }, (_, seed) =>
  chosen.map(({ name }) => ({ family: name, seed, replicates })),
);
const before = await earlierResults(values.out);
const jobs = wanted.flat().filter(({ family, seed }) => !before.some((r) => r.name === family && r.seed === seed));

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const task = { module: new URL("./coverage-job.mjs", import.meta.url), name: "coverageJob" };
const results = [...before];
const started = performance.now();
await mkdir(dirname(values.out), { recursive: true });
try {
  for await (const { result } of runJobs(task, jobs, { signal: controller.signal })) {
    await appendFile(values.out, `${JSON.stringify({ ...result, replicates })}\n`);
    results.push(result);
    const done = results.length - before.length;
    const left = ((performance.now() - started) / done) * (jobs.length - done);
    process.stderr.write(`\r${done} of ${jobs.length} data sets, ${Math.ceil(left / 60_000)} min left   `);
  }
  process.stderr.write("\n");
} catch (error) {
  if (!controller.signal.aborted) throw error;
  process.stderr.write("\nstopped; the same command goes on from here\n");
}
for (const line of coverageLines(chosen, results)) process.stdout.write(`${line}\n`);

async function earlierResults(path) {
  const text = await readFile(path, "utf8").catch(() => "");
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line)).filter((result) => result.replicates === replicates);
}
