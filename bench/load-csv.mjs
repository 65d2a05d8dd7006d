import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createRandom } from "../dist/index.js";
import { openTables, readMultiTaskData, selectColumns } from "../dist/node/index.js";
import { interleaved, runPeer } from "./peer.mjs";
import { medianTiming, stopwatch } from "./stopwatch.mjs";

const [FEATURES, TARGETS] = [40, 10];

/**
 * A CSV file as multi-task data: types found, every cell checked, fingerprint taken; the peer only parses numbers. Then the same
 * table as Parquet, for which NumPy has no reader: pandas, where it is installed with one.
 */
export const loadCsv = {
  name: "load-csv",
  async *run({ quick }) {
    const rows = quick ? 1e4 : 1e5;
    const folder = await mkdtemp(join(tmpdir(), "taskprism-bench-"));
    try {
      const file = join(folder, "table.csv");
      await writeFile(file, csv(rows, createRandom(0)));
      const answers = await interleaved(quick ? 2 : 5, () => timed(file), {
        python: () => runPeer("load_csv", "--data", file),
      });
      const [first] = answers.python;
      yield {
        what: `CSV of ${rows.toExponential()} rows × ${FEATURES + TARGETS} columns`,
        ours: medianTiming(answers.ours),
        peer: first.reader ?? "Python",
        theirs: first.missing ? first : medianTiming(answers.python.map(timingOf)),
      };
      const parquet = join(folder, "table.parquet");
      await convert(file, parquet);
      const again = await interleaved(quick ? 2 : 5, () => timed(parquet), {
        python: () => runPeer("load_parquet", "--data", parquet),
      });
      const [other] = again.python;
      yield {
        what: "the same as Parquet",
        ours: medianTiming(again.ours),
        peer: "pandas",
        theirs: other.missing ? other : medianTiming(again.python.map(timingOf)),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const timingOf = ({ seconds, cpu_seconds: cpuSeconds }) => ({ seconds, cpuSeconds });

async function timed(file) {
  const elapsed = stopwatch();
  const tables = await openTables([file]);
  try {
    await readMultiTaskData(tables, await selectColumns(tables, { targets: ["y*"] }));
    return elapsed();
  } finally {
    tables.close();
  }
}

async function convert(from, to) {
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(`COPY (FROM read_csv('${from}')) TO '${to}' (FORMAT parquet)`);
  connection.closeSync();
}

function csv(rows, { normal }) {
  const names = [
    ...Array.from({ length: FEATURES }, (_, i) => `x${i}`),
    ...Array.from({ length: TARGETS }, (_, t) => `y${t}`),
  ];
  const lines = Array.from({ length: rows }, () => names.map(() => normal().toFixed(4)).join());
  return `${[names.join(), ...lines].join("\n")}\n`;
}
