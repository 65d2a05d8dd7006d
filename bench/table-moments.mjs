import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { interleaved } from "./peer.mjs";
import { median, medianTiming } from "./stopwatch.mjs";

const run = promisify(execFile);
const GIB = 2 ** 30;

/**
 * Moments of a Parquet table that is larger than memory should hold: 10⁷ rows, 15 features and 5 targets, two groups of
 * rows: what `taskprism moments` does, the fingerprint of the file included. The peer is a bare DuckDB scan that adds up the same products once. Every run is a process of its own, so that
 * its peak resident memory is its own too.
 */
export const tableMoments = {
  name: "table-moments",
  large: true,
  async *run({ quick }) {
    const rows = quick ? 1e6 : 1e7;
    const folder = await mkdtemp(join(tmpdir(), "taskprism-bench-"));
    const child = async (job) => {
      const script = fileURLToPath(new URL("table-moments-job.mjs", import.meta.url));
      const { stdout } = await run(process.execPath, [script, job, join(folder, "table.parquet"), String(rows)]);
      return JSON.parse(stdout);
    };
    try {
      await child("generate");
      const answers = await interleaved(quick ? 1 : 3, () => child("moments"), { scan: () => child("scan") });
      const peak = median(answers.ours.map(({ peakBytes }) => peakBytes));
      const peerPeak = median(answers.scan.map(({ peakBytes }) => peakBytes));
      yield {
        what: `${rows.toExponential()} rows × 20 columns: moments`,
        ours: medianTiming(answers.ours),
        peer: "DuckDB, the same sums in one scan",
        theirs: medianTiming(answers.scan),
      };
      yield {
        what: "peak resident memory",
        ours: { value: gib(peak) },
        peer: "DuckDB, the same sums in one scan",
        theirs: { value: gib(peerPeak) },
        required: { text: "≤ 1 GiB", met: peak <= GIB },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const gib = (bytes) => `${(bytes / GIB).toFixed(2)} GiB`;
