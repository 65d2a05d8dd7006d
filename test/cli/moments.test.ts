import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linearData } from "../../src/data/synthetic/linear.ts";
import { readMatrix, writeNpy, writeTable } from "../../src/node/index.ts";
import { createRandom } from "../../src/stats/random.ts";
import type { LongTargets } from "../../src/stats/targets.ts";
import { piped, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const local = (...path: string[]) => join(cwd, ...path);
const COLUMNS = ["--features", "h*", "--task", "task", "--target", "y"];
const json = async (...args: string[]) => JSON.parse((await taskprism(cwd, ...args, "--json")).stdout);
const certificateOf = (run: string) => JSON.parse(readFileSync(local(run, "certificate.json"), "utf8"));

const { representation: h, targets } = linearData(
  { latentDim: 4, causalPerTask: 1, tasks: 40, rowsPerTask: 50 },
  createRandom(3),
);
const { values: y, task, taskNames } = targets as LongTargets;

/** Rows [from, to) as a table, its columns in the order given. */
function writeRows(name: string, from: number, to: number, columns: readonly string[] = ["h1", "h2", "h3", "h4"]) {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return writeTable(local(name), [
    { name: "task", values: rows.map((i) => taskNames[task[i]]) },
    ...columns.map((column) => ({
      name: column,
      values: Float64Array.from(rows, (i) => h.data[i * 4 + Number(column.slice(1)) - 1]),
    })),
    { name: "y", values: Float64Array.from(rows, (i) => y[i]) },
  ]);
}

beforeAll(async () => {
  await writeRows("all.parquet", 0, 2000);
  await writeRows("part-1.parquet", 0, 733);
  await writeRows("part-2.csv.gz", 733, 2000, ["h3", "h1", "h4", "h2"]);
  await writeNpy(local("h.npy"), h);
  await writeNpy(local("y.npy"), { rows: 2000, cols: 1, data: y });
  await writeNpy(local("task.npy"), { rows: 2000, cols: 1, data: Float64Array.from(task) });
  await taskprism(cwd, "moments", "all.parquet", ...COLUMNS, "--out", "all.moments");
  await taskprism(cwd, "unmix", "--moments", "all.moments", "--out", "from-moments");
  const rows = ["--representation", "h.npy", "--target", "y.npy", "--task", "task.npy"];
  await taskprism(cwd, "unmix", ...rows, "--out", "from-rows");
});
afterAll(dispose);

/** Largest difference between two matrices of one shape. */
async function distance(a: string, b: string): Promise<number> {
  const [x, z] = [await readMatrix(local(a)), await readMatrix(local(b))];
  expect([z.rows, z.cols]).toEqual([x.rows, x.cols]);
  return Math.max(...x.data.map((value, i) => Math.abs(value - z.data[i])));
}

describe("taskprism moments, unmix --moments and transform", () => {
  it("end with the unmixing and the latents of unmix --representation", async () => {
    // Moments agree to rounding, 1e-13; the solver stops at a gradient of 1e-9, which leaves as much of B.
    expect(await distance("from-moments/unmixing.npy", "from-rows/unmixing.npy")).toBeLessThan(1e-7);
    await taskprism(cwd, "transform", "from-moments", "all.parquet", "--out", "z.npy");
    expect(await distance("z.npy", "from-rows/latents.npy")).toBeLessThan(1e-6);
    const [moments, rows] = [certificateOf("from-moments"), certificateOf("from-rows")];
    expect(moments.groups).toEqual(rows.groups);
    // Other halves of the rows; the prediction of .9999 varies by its sampling error only.
    expect(Math.abs(moments.predictedMcc - rows.predictedMcc)).toBeLessThan(2e-3);
  });

  it("leave everything in the run but latents, and say so where these are asked for", async () => {
    const files = [
      "config.yaml",
      "model.safetensors",
      "indicators.csv",
      "certificate.json",
      "metrics.json",
      "unmixing.npy",
    ];
    for (const file of files) expect(existsSync(local("from-moments", file)), file).toBe(true);
    for (const file of ["latents.parquet", "latents.npy"]) expect(existsSync(local("from-moments", file))).toBe(false);
    expect(JSON.parse(readFileSync(local("from-moments", "metrics.json"), "utf8"))).toMatchObject({
      rows: 2000,
      targets: 40,
      latentDim: 4,
    });
    expect((await taskprism(cwd, "inspect", "from-moments")).stdout).toMatch(/task39 /);
    const { status, stderr } = await taskprism(cwd, "compare", "from-moments", "from-rows");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^taskprism: from-moments: fitted to moments.*taskprism transform from-moments TABLE/);
  });

  it("give the same bytes for the same seed, parts and saved moments included", async () => {
    await taskprism(cwd, "moments", "part-1.parquet", ...COLUMNS, "--out", "1.moments");
    const parts = ["1.moments", "part-2.csv.gz", ...COLUMNS];
    expect(await json("moments", ...parts, "--out", "12.moments")).toMatchObject({ rows: 2000, tasks: 40, groups: 2 });
    await taskprism(cwd, "moments", "all.parquet", ...COLUMNS, "--out", "again.moments");
    const bytes = (file: string) => readFileSync(local(file));
    expect(bytes("again.moments").equals(bytes("all.moments"))).toBe(true);
    await taskprism(cwd, "unmix", "--moments", "12.moments", "--out", "from-parts");
    expect(await distance("from-parts/unmixing.npy", "from-moments/unmixing.npy")).toBeLessThan(1e-7);
  });

  it("say of a task with too few rows that more are needed, and unmix refuses it", async () => {
    await writeRows("few.parquet", 0, 102);
    const { status, stderr } = await taskprism(cwd, "moments", "few.parquet", ...COLUMNS, "--out", "few.moments");
    expect(status).toBe(0);
    expect(stderr).toMatch(/task '\w+' has 2 rows with a target; at least 3 are needed; unmix will refuse it/);
    const refused = await taskprism(cwd, "unmix", "--moments", "few.moments", "--out", "few");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/^taskprism: task '\w+' has 2 rows/);
  });

  it("write the latents of wide rows with names, to any format, and read unnamed representations", async () => {
    const noise = (i: number) => Math.sin(1.7 * i * i * i);
    const wide = Array.from({ length: 300 }, (_, i) => [i, Math.sin(i * i), Math.cos(3.7 * i * i)]);
    const lines = wide.map(
      ([i, a, b]) =>
        `r${i},${a + b / 2},${b - a / 3},${a + noise(i)},${b - noise(i)},${i % 7 === 0 ? "" : a - noise(2 * i)}`,
    );
    writeFileSync(local("wide.csv"), `name,h1,h2,y1,y2,y3\n${lines.join("\n")}\n`);
    const made = await json("moments", "wide.csv", "--targets", "y*", "--drop", "name", "--out", "wide.moments");
    expect(made).toMatchObject({ layout: "wide", columns: ["h1", "h2"], groups: 32, tasks: 3 });
    expect((await taskprism(cwd, "unmix", "--moments", "wide.moments", "--out", "wide")).status).toBe(0);
    await taskprism(cwd, "transform", "wide", "wide.csv", "--id", "name", "--out", "wide-z.csv");
    const [header, first] = readFileSync(local("wide-z.csv"), "utf8").split("\n");
    expect(header).toBe("row,id,z0,z1");
    expect(first).toMatch(/^1,r0,/);
    await taskprism(cwd, "transform", "from-rows", "h.npy", "--out", "z-rows.npy");
    expect(await distance("z-rows.npy", "from-rows/latents.npy")).toBeLessThan(1e-12);
  });

  it("stop at Ctrl-C and leave nothing", async () => {
    const files = Array.from({ length: 20 }, (_, part) => `large-${part}.parquet`);
    for (const [part, file] of files.entries()) {
      const columns = ["a", "b", "y"].map((name, k) => ({
        name,
        values: Float64Array.from({ length: 1e5 }, (_, i) => Math.sin((k + 2) * i + part)),
      }));
      await writeTable(local(file), columns);
    }
    const child = piped(cwd, "moments", ...files, "--targets", "y", "--out", "stopped.moments");
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const [first] = await once(child.stderr, "data");
    expect(String(first)).toMatch(/^moments: 10 %/);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(existsSync(local("stopped.moments"))).toBe(false);
  });

  it.each([
    [
      "an output that is there",
      ["all.parquet", ...COLUMNS, "--out", "all.moments"],
      /all\.moments: there is such a file/,
    ],
    [
      "an output called as a table",
      ["all.parquet", ...COLUMNS, "--out", "m.csv"],
      /m\.csv: this name is that of a table/,
    ],
    ["columns of saved moments", ["all.moments", "--features", "h*"], /the columns are those of the saved moments/],
    ["a file that is something else", ["h.npy"], /h\.npy: not a safetensors file/],
    ["one group", ["all.parquet", ...COLUMNS, "--groups", "1"], /at least 2/],
  ])("refuse %s in one line", async (_, args, message) => {
    const out = args.includes("--out") ? [] : ["--out", "refused.moments"];
    const { status, stderr, stdout } = await taskprism(cwd, "moments", ...args, ...out);
    const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("(taskprism"));
    expect(lines).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(status).toBe(2);
    expect(existsSync(local("refused.moments"))).toBe(false);
  });

  it.each([
    [
      "both kinds of input",
      ["unmix", "--moments", "all.moments", "--targets", "y.npy", "--out", "r"],
      /--moments holds/,
    ],
    ["no input", ["unmix", "--out", "r"], /give --representation with its targets, or --moments/],
    [
      "a number that is not there",
      ["transform", "from-moments", "hole.csv", "--out", "z.csv"],
      /hole\.csv, row 2, column 'h4'/,
    ],
    [
      "another width",
      ["transform", "from-rows", "y.npy", "--out", "z.csv"],
      /y\.npy: 1 columns, but the model was fitted to 4/,
    ],
    [
      "columns without names",
      ["transform", "from-rows", "all.parquet", "--out", "z.csv"],
      /fitted to 4 columns without names.* 5 columns/,
    ],
    ["an ending of nothing", ["transform", "from-moments", "all.parquet", "--out", "z.txt"], /z\.txt: a table ends in/],
  ])("refuse %s after them", async (_, args, message) => {
    writeFileSync(local("hole.csv"), "h1,h2,h3,h4\n1,2,3,4\n1,2,3,\n");
    const { status, stderr } = await taskprism(cwd, ...args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(status).toBe(2);
    expect(existsSync(local("z.csv"))).toBe(false);
  });
});
