import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { decodeModel } from "../../src/model/file.ts";
import { predict } from "../../src/model/predict.ts";
import { createRandom } from "../../src/stats/random.ts";
import { taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const local = (...path: string[]) => join(cwd, ...path);
const sizes = { latentDim: 3, causalPerTask: 1, tasks: 61, rowsPerTask: 60, inputDim: 12, standardise: false } as const;
const { data } = nonlinearData(sizes, createRandom(5));
const QUICK = ["--latent-dim", "3", "--epochs", "40", "--hidden", "64"];

/** Rows of the generated data as CSV. */
function csv(rows: readonly number[], change = (line: string, _: number) => line): string {
  const { features, featureNames, targets } = data;
  if (targets.layout !== "long") throw new Error("generated data are long");
  const line = (i: number) =>
    [...features.data.subarray(12 * i, 12 * i + 12), targets.taskNames[targets.task[i]], targets.values[i]].join(",");
  return `${[`${featureNames.join(",")},task,y`, ...rows.map((row, i) => change(line(row), i))].join("\n")}\n`;
}

const rowsOf = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A CSV file as its header and its rows of text. */
function table(name: string): { header: string; rows: string[][] } {
  const [header = "", ...lines] = readFileSync(local(name), "utf8").trim().split("\n");
  return { header, rows: lines.map((line) => line.split(",")) };
}

beforeAll(async () => {
  writeFileSync(local("known.csv"), csv(rowsOf(0, 3600)));
  writeFileSync(local("new.csv"), csv(rowsOf(3600, 3640)));
  writeFileSync(local("rest.csv"), csv(rowsOf(3640, 3660)));
  writeFileSync(
    local("strange.csv"),
    csv(rowsOf(0, 9), (line, i) => (i === 6 ? line.replace("task1", "taks2") : line)),
  );
  writeFileSync(
    local("text.csv"),
    csv(rowsOf(3600, 3640), (line, i) => (i === 3 ? line.replace(/[^,]*$/, "low") : line)),
  );
  writeFileSync(local("two.csv"), csv(rowsOf(3600, 3602)));
  await taskprism(cwd, "fit", "known.csv", "--task", "task", "--target", "y", ...QUICK, "--out", "run");
});
afterAll(dispose);

describe("taskprism predict", () => {
  it.each([
    ["posterior", []],
    ["posterior", ["--causal-only", "--level", "0.5"]],
    ["heads", []],
  ] as const)("writes for every row what the model predicts for its task (%s %s)", async (method, flags) => {
    const args = ["known.csv", "--task", "task", "--method", method, ...flags, "--out", "p.csv"];
    const { status, stdout } = await taskprism(cwd, "predict", "run", ...args, "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 3600, targets: 60, method, out: "p.csv" });
    const { header, rows } = table("p.csv");
    expect(header).toBe("row,task,prediction,lower,upper");
    const model = decodeModel(readFileSync(local("run", "model.safetensors")));
    const options = { method, causalOnly: flags.length > 0, level: flags.length > 0 ? 0.5 : 0.9 };
    const rowTasks = rows.map(([, task]) => task);
    const features = { rows: 3600, cols: 12, data: data.features.data.slice(0, 3600 * 12) };
    const expected = await predict(model, features, { ...options, rowTasks });
    for (const i of [0, 61, 3599]) {
      expect(rows[i]?.[0]).toBe(String(i + 1));
      const [prediction, lower, upper] = (rows[i] ?? []).slice(2).map(Number);
      expect(prediction).toBeCloseTo(expected.mean.data[i], 10);
      expect(lower).toBeCloseTo(expected.lower.data[i], 10);
      expect(upper).toBeCloseTo(expected.upper.data[i], 10);
    }
  });

  it("predicts named targets for every row, with the rows' names, and as numbers alone", async () => {
    const args = ["predict", "run", "new.csv", "--targets", "task2,task40", "--id", "task"];
    await taskprism(cwd, ...args, "--out", "named.csv");
    const { header, rows } = table("named.csv");
    expect(header).toBe("row,id,task2,task2_lower,task2_upper,task40,task40_lower,task40_upper");
    expect(rows).toHaveLength(40);
    expect(rows[7]?.[1]).toBe("task61");
    await taskprism(cwd, ...args, "--out", "named.npy");
    const bytes = readFileSync(local("named.npy"));
    expect(bytes.readDoubleLE(bytes.length - 8)).toBeCloseTo(Number(rows[39]?.[5]), 10);
  });

  it.each([
    ["no tasks for long data", ["known.csv"], /--task is missing/],
    ["both", ["known.csv", "--task", "task", "--targets", "task1"], /either --targets.*or --task/],
    ["a target it does not know", ["known.csv", "--targets", "task1,task99"], /no task 'task99'/],
    [
      "a task it does not know",
      ["strange.csv", "--task", "task"],
      /strange\.csv, row 7, column 'task': .*'taks2'.*'task2'/,
    ],
    ["a level above 1", ["known.csv", "--task", "task", "--level", "90"], /--level must be above 0 and below 1/],
    ["causes of heads", ["known.csv", "--task", "task", "--method", "heads", "--causal-only"], /posterior/],
    ["a method that is none", ["known.csv", "--method", "magic"], /posterior, heads/],
    ["a column that is not there", ["known.csv", "--task", "tsk"], /no column is called 'tsk'.*'task'/],
  ])("refuses %s in one line, with exit code 2 and no file", async (_, args, message) => {
    const { status, stderr, stdout } = await taskprism(cwd, "predict", "run", ...args, "--out", "refused.csv");
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(
      stderr
        .trim()
        .split("\n")
        .filter((line) => !line.startsWith("(")),
    ).toHaveLength(1);
    expect(stdout).toBe("");
    expect(existsSync(local("refused.csv"))).toBe(false);
  });
});

describe("taskprism predict on wide tables", () => {
  beforeAll(async () => {
    const random = createRandom(8);
    const rows = Array.from({ length: 300 }, () => Array.from({ length: 5 }, () => random.normal()));
    // Noise is twice the signal, so that a target says little of any latent: all of them count as causes.
    const targets = rows.map(([a, b, c, e, f]) => [a + b + 3 * e, b - c + 3 * f]);
    const lines = (header: string, values: number[][]) => `${[header, ...values].join("\n")}\n`;
    writeFileSync(
      local("x.csv"),
      lines(
        "x1,x2,x3,y1",
        rows.map(([a, b, c, e]) => [a, b, c, e]),
      ),
    );
    writeFileSync(local("y.csv"), lines("y1,y2", targets));
    const roles = ["--features", "x.x*", "--targets", "y.*", "--latent-dim", "2", "--epochs", "10", "--hidden", "8"];
    await taskprism(cwd, "fit", "x.csv", "y.csv", ...roles, "--out", "wide");
  });

  it("takes a target by its bare name, and suggests one for a name that is nearly right", async () => {
    const { status } = await taskprism(cwd, "predict", "wide", "x.csv", "--targets", "y1", "--out", "bare.csv");
    expect(status).toBe(0);
    expect(table("bare.csv").header).toBe("row,y.y1,y.y1_lower,y.y1_upper");
    const wrong = await taskprism(cwd, "predict", "wide", "x.csv", "--targets", "y.y3", "--out", "wrong.csv");
    expect(wrong.stderr).toMatch(/knows no task 'y\.y3'; did you mean 'y\.y1'/);
    expect(wrong.status).toBe(2);
  });

  it("says where causes alone leave nothing out, and only there", async () => {
    const causal = await taskprism(cwd, "predict", "wide", "x.csv", "--causal-only", "--out", "causal.csv", "--json");
    expect(causal.stderr).toMatch(/note: every latent counts as a cause of y\.y1, y2: .*protects against no shift/);
    expect(JSON.parse(causal.stdout)).toMatchObject({ withoutEffects: ["y.y1", "y2"], withoutCauses: [] });
    const plain = await taskprism(cwd, "predict", "wide", "x.csv", "--out", "plain.csv");
    expect(plain.stderr).not.toMatch(/every latent/);
    expect(table("causal.csv").rows).toEqual(table("plain.csv").rows);
    const long = await taskprism(
      cwd,
      "predict",
      "run",
      "new.csv",
      "--targets",
      "task1",
      "--causal-only",
      "--out",
      "l.csv",
    );
    expect(long.stderr).not.toMatch(/every latent/);
  });
});

describe("taskprism adapt", () => {
  it("makes a run that knows one more task, and predicts it on other rows", async () => {
    const { status, stdout } = await taskprism(
      cwd,
      "adapt",
      "run",
      "new.csv",
      "--target",
      "y",
      "--name",
      "new",
      "--out",
      "more",
      "--json",
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ targets: 61, rows: 40, adaptations: [{ task: "new", rows: 40 }] });
    const indicators = table("more/indicators.csv").rows;
    expect(indicators).toHaveLength(61 * 3);
    expect(indicators.filter(([task]) => task === "new")).toHaveLength(3);
    for (const name of ["config.yaml", "certificate.json", "metrics.json", "latents.parquet"]) {
      expect(existsSync(local("more", name))).toBe(true);
    }

    await taskprism(cwd, "predict", "more", "rest.csv", "--targets", "new", "--out", "new.predicted.csv");
    const predicted = table("new.predicted.csv").rows.map((row) => Number(row[2]));
    const truth = table("rest.csv").rows.map((row) => Number(row[13]));
    const mean = truth.reduce((a, b) => a + b) / 20;
    const squares = (error: (i: number) => number) => truth.reduce((sum, _, i) => sum + error(i) ** 2, 0);
    expect(squares((i) => predicted[i] - truth[i])).toBeLessThan(0.5 * squares((i) => truth[i] - mean));
    const { stdout: text } = await taskprism(cwd, "inspect", "more");
    expect(text).toMatch(/^new /m);
  });

  it("names several new tasks by a column, and gives the same bytes again", async () => {
    for (const out of ["once", "twice"]) {
      await taskprism(cwd, "adapt", "run", "new.csv", "--target", "y", "--task", "task", "--out", out);
    }
    expect(readFileSync(local("once", "model.safetensors"))).toEqual(readFileSync(local("twice", "model.safetensors")));
    expect(table("once/indicators.csv").rows.at(-1)?.[0]).toBe("task61");
    const again = ["adapt", "once", "new.csv", "--target", "y", "--out", "once"];
    expect((await taskprism(cwd, ...again)).stderr).toMatch(/once: the folder is not empty/);
  });

  it.each([
    ["a task that is there already", ["known.csv", "--target", "y", "--task", "task"], /has a task 'task1' already/],
    ["two rows", ["two.csv", "--target", "y"], /column 'y': this task has 2 observed targets; at least 3/],
    ["text for a target", ["text.csv", "--target", "y"], /text\.csv, row 4, column 'y': "low" is not a number/],
    ["a target that is not there", ["new.csv", "--target", "z"], /no column is called 'z'/],
    ["two ways to name it", ["new.csv", "--target", "y", "--task", "task", "--name", "n"], /--name is for a single/],
  ])("refuses %s in one line, with exit code 2 and nothing left behind", async (_, args, message) => {
    const { status, stderr } = await taskprism(cwd, "adapt", "run", ...args, "--out", "refused");
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(local("refused"))).toBe(false);
  });
});
