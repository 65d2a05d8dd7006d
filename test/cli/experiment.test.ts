import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readNumericTable } from "../../src/node/index.ts";
import { start, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
afterAll(dispose);

const experiment = (...args: string[]) => taskprism(cwd, "experiment", ...args);
const file = (...path: string[]) => join(cwd, ...path);
const lines = (...path: string[]) =>
  readFileSync(file(...path), "utf8")
    .trimEnd()
    .split("\n");

/** The rows of results.csv without the time that each took. */
function resultsOf(folder: string): string[][] {
  const [head, ...rows] = lines(folder, "results.csv").map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
  const seconds = head.indexOf("seconds");
  return [head, ...rows].map((row) => row.filter((_, j) => j !== seconds));
}

/** The worker process of a running experiment. */
function childOf(parent: number): number {
  return Number(
    execFileSync("pgrep", ["-P", String(parent)], { encoding: "utf8" })
      .trim()
      .split("\n")[0],
  );
}

beforeAll(() => {
  writeFileSync(
    file("small.yaml"),
    `kind: linear
seeds: [0, 1, 2, 3]
methods: [raw, oracle, mtlcm, pca]
data: { latentDim: 3, causalPerTask: 1, tasks: 30 }
cases:
  - name: enough
    data: { rowsPerTask: 40 }
  - name: too few
    data: { rowsPerTask: 3 }
`,
  );
});

const SMALL = ["linear", "--config", "small.yaml", "--workers", "2"];

describe("taskprism experiment", () => {
  it("leaves results, a table, and the errors of cells that failed; killed and continued it leaves the same", async () => {
    const whole = await experiment(...SMALL, "--out", "whole");
    // Cells failed, which the shell is told; all others are there.
    expect(whole.status).toBe(1);
    const results = resultsOf("whole");
    expect(results.length).toBe(1 + 2 * 4 * 4);
    const failed = results.filter((row) => /no task has 5 rows/.test(row.at(-1) ?? ""));
    expect(failed.map((row) => [row[0], row[results[0].indexOf("method")]])).toEqual(
      Array(4).fill(["too few", "mtlcm"]),
    );
    expect(whole.stdout).toMatch(/Failed: too few, latentDim 3, .*mtlcm, seed 3: no task has 5 rows/);
    expect(whole.stderr).toMatch(/cells: 100 %/);

    const killed = start(cwd, "experiment", ...SMALL, "--out", "killed");
    const exit = new Promise((resolve) => killed.once("exit", (_, signal) => resolve(signal)));
    while (!existsSync(file("killed", "cells.jsonl")) || lines("killed", "cells.jsonl").length < 5) await sleep(20);
    killed.kill("SIGKILL");
    expect(await exit).toBe("SIGKILL");
    const before = lines("killed", "cells.jsonl");
    expect(before.length).toBeLessThan(32);
    expect(existsSync(file("killed", "results.csv"))).toBe(false);
    const { stderr } = await experiment(...SMALL, "--out", "killed");
    expect(stderr).toMatch(/of 32 cells are there already/);
    expect(resultsOf("killed")).toEqual(results);
    // Nothing was computed twice.
    const after = lines("killed", "cells.jsonl");
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    expect(new Set(after.map((line) => JSON.parse(line).id)).size).toBe(after.length);
    expect(after.length).toBe(32);
  });

  it("runs a cell again whose process was killed, and no cell that failed by itself", async () => {
    // The first cell fails at once, by itself; the second trains a network, which takes long enough to be killed in.
    const cells = ["linear", "--set", "methods=[mtlcm, {method: ivae, options: {steps: 200}}]", "--set", "seeds=[0]"];
    const data = [
      "--set",
      "grid={}",
      "--set",
      "cases=[{data: {latentDim: 3, causalPerTask: 1, tasks: 30, rowsPerTask: 3}}]",
    ];
    const first = start(cwd, "experiment", ...cells, ...data, "--workers", "1", "--out", "orphan");
    const exit = new Promise((resolve) => first.once("exit", resolve));
    // With one process the second cell is under way when the first one is stored.
    while (!existsSync(file("orphan", "cells.jsonl"))) await sleep(5);
    process.kill(childOf(first.pid as number), "SIGKILL");
    expect(await exit).toBe(1);
    const errors = () => resultsOf("orphan").map((row) => row.at(-1));
    expect(errors()[1]).toMatch(/no task has 5 rows/);
    expect(errors()[2]).toMatch(/no answer from its process.*; the same command runs this cell again/);
    expect(lines("orphan", "cells.jsonl").length).toBe(1);

    const { stderr, stdout } = await experiment(...cells, ...data, "--out", "orphan");
    expect(stderr).toMatch(/1 of 2 cells are there already/);
    expect(stdout).toMatch(/no task has 5 rows/);
    expect(errors()[1]).toMatch(/no task has 5 rows/);
    expect(errors()[2]).toBe("");
    expect(lines("orphan", "cells.jsonl").length).toBe(2);
  });

  it("writes the same numbers as CSV, Parquet and Markdown", async () => {
    const csv = await readNumericTable(file("whole", "results.csv"));
    const parquet = await readNumericTable(file("whole", "results.parquet"));
    expect(parquet.columnNames).toEqual(expect.arrayContaining(["pooled_spearman", "seed", "latent_dim"]));
    const values = (table: typeof csv, name: string) => {
      const j = table.columnNames.indexOf(name);
      return Array.from({ length: table.rows }, (_, i) => table.data[i * table.cols + j]);
    };
    expect(values(parquet, "pooled_spearman")).toEqual(values(csv, "pooled_spearman"));
    // The oracle's four seeds are rows 4 to 7.
    const oracle = values(csv, "pooled_spearman").slice(4, 8);
    const mean = oracle.reduce((sum, value) => sum + value, 0) / 4;
    const markdown = readFileSync(file("whole", "table.md"), "utf8");
    expect(markdown).toMatch(
      /^Unless a line says otherwise: d 3, k 1, tasks 30, rows 40\.\n\n\| case \| setting \| method \| Spearman \|/,
    );
    expect(markdown).toContain(`| enough |  | oracle | ${mean.toFixed(4)} ± `);
    expect(markdown).toMatch(/^\| too few \| rows 3 \| mtlcm \| – \|/m);
  });

  it("stops at Ctrl-C and says how to go on", async () => {
    const child = start(cwd, "experiment", ...SMALL, "--out", "stopped");
    const exit = new Promise((resolve) => child.once("exit", resolve));
    while (!existsSync(file("stopped", "cells.jsonl"))) await sleep(20);
    child.kill("SIGINT");
    expect(await exit).toBe(130);
    expect(existsSync(file("stopped", "table.md"))).toBe(false);
  });

  it("prints the configuration, and refuses a wrong one in one line that names the field", async () => {
    const { stdout } = await experiment("robustness", "--set", "data.tasks=50", "--print-config");
    expect(parse(stdout)).toMatchObject({ kind: "linear", data: { tasks: 50, latentDim: 10 } });
    const { status, stderr } = await experiment("linear", "--set", "data.tasks=many", "--out", "refused");
    expect(stderr).toBe("taskprism: data.tasks: expected number, received string\n");
    expect(status).toBe(2);
    expect(existsSync(file("refused"))).toBe(false);
  });

  it("leaves a folder alone that holds something else", async () => {
    mkdirSync(file("foreign"));
    writeFileSync(file("foreign", "mine.txt"), "mine");
    const { status, stderr } = await experiment(...SMALL, "--out", "foreign");
    expect(stderr).toMatch(/foreign: the folder is not empty and holds no experiment/);
    expect(status).toBe(2);
  });
});
