import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { stopwatch } from "./stopwatch.mjs";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const [FEATURES, TARGETS, LATENTS] = [100, 20, 10];
const [SECONDS, TIMES_THE_DATA] = [120, 3];

/**
 * The whole way from a CSV file of 10⁶ rows, 100 features and 20 targets to a certificate, with one epoch of training, as
 * `taskprism fit` goes it: seconds, and the peak resident memory as a multiple of the table in single precision.
 */
export const pipeline = {
  name: "pipeline",
  large: true,
  async *run({ quick }) {
    const rows = quick ? 1e5 : 1e6;
    const folder = await mkdtemp(join(tmpdir(), "taskprism-bench-"));
    try {
      const table = join(folder, "table.csv");
      await writeTable(table, rows);
      const { seconds, peakBytes, metrics } = await runFit(table, join(folder, "run"));
      const multiple = peakBytes / (4 * rows * (FEATURES + TARGETS));
      const size = `${rows.toExponential()} rows × ${FEATURES} features × ${TARGETS} targets`;
      yield {
        what: `${size}: CSV to certificate, one epoch`,
        ours: { seconds },
        required: { text: "< 2 min", met: seconds < SECONDS },
      };
      for (const stage of ["load", "train", "stage2"]) {
        yield { what: `of which ${stage}`, ours: { seconds: metrics.seconds[stage] } };
      }
      yield {
        what: "peak resident memory",
        ours: { value: `${(peakBytes / 2 ** 30).toFixed(2)} GiB, ${multiple.toFixed(1)}× the data` },
        required: { text: "≤ 3× the data", met: multiple <= TIMES_THE_DATA },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Features mixed from ten uniform latents, four decimals; every target reads two latents, with noise. */
async function writeTable(path, rows) {
  const latent = (j) => `z${j % LATENTS}`;
  const draws = Array.from({ length: LATENTS }, (_, j) => `random() AS z${j}`);
  const features = Array.from(
    { length: FEATURES },
    (_, i) => `round(sin(${latent(i)} * ${1 + (i % 7)}) + ${latent(3 * i + 1)} - ${latent(7 * i + 2)}, 4) AS x${i}`,
  );
  const targets = Array.from(
    { length: TARGETS },
    (_, t) => `round(${latent(t)} + 0.5 * ${latent(3 * t + 1)} + 0.2 * random(), 4) AS y${t}`,
  );
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run("SELECT setseed(0.5)");
  await connection.run(
    `COPY (SELECT ${[...features, ...targets]} FROM (SELECT ${draws} FROM range(${rows}))) TO '${path}' (FORMAT csv)`,
  );
  connection.closeSync();
}

async function runFit(table, out) {
  const options = ["--targets", "y*", "--latent-dim", String(LATENTS), "--epochs", "1", "--out", out, "--quiet"];
  const elapsed = stopwatch();
  const child = spawn(process.execPath, [MAIN, "fit", table, ...options], { stdio: ["ignore", "ignore", "inherit"] });
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, 200);
  const [status] = await once(child, "exit");
  clearInterval(watch);
  if (status !== 0) throw new Error(`taskprism fit ended with ${status}`);
  const metrics = JSON.parse(await readFile(join(out, "metrics.json"), "utf8"));
  return { seconds: elapsed().seconds, peakBytes, metrics };
}

/** The most memory that a process has had resident; 0 once it is gone, or where the system does not say. */
function peakOf(pid) {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
