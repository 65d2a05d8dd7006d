import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Matrix, matrix, takeRows } from "../../src/linalg/matrix.ts";
import { adapt } from "../../src/model/adapt.ts";
import { decodeModel } from "../../src/model/file.ts";
import { predictFromLatents } from "../../src/model/predict.ts";
import { latentsOf } from "../../src/model/unmix.ts";
import { encodeNpy, readMatrix, readVector, writeNpy } from "../../src/node/index.ts";
import { start, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const golden = (name: string) => fileURLToPath(new URL(`../golden/linear_d3_c1_random/${name}`, import.meta.url));
const local = (...path: string[]) => join(cwd, ...path);
const LONG = ["--representation", "representation.npy", "--target", "target.npy", "--task", "task.npy"];
const certificateOf = (run: string) => JSON.parse(readFileSync(local(run, "certificate.json"), "utf8"));

beforeAll(async () => {
  for (const name of ["representation.npy", "target.npy", "task.npy", "latents.npy"])
    copyFileSync(golden(name), local(name));
  await taskprism(cwd, "unmix", ...LONG, "--out", "run");
});
afterAll(dispose);

describe("taskprism unmix", () => {
  it("recovers the latents of the original code's data as well as the original code, or better", async () => {
    const { original_code: theirs, oracle } = JSON.parse(readFileSync(golden("README.json"), "utf8"));
    const { scores } = JSON.parse((await taskprism(cwd, "score", "run", "latents.npy", "--json")).stdout);
    expect(scores.strongSpearman).toBeGreaterThan(theirs.mcc_pooled_spearman);
    // 2e-4: the sampling error of the unmixing at 200 tasks of 100 rows.
    expect(scores.strongSpearman).toBeGreaterThan(oracle.mcc_pooled_spearman - 2e-4);
    expect(Math.abs(scores.strongPearson - certificateOf("run").predictedMcc)).toBeLessThan(0.005);
  });

  it("leaves latents.npy and unmixing.npy with latents = unmixing · (h − mean)", async () => {
    const h = await readMatrix(local("representation.npy"));
    const [latents, unmixing] = [
      await readMatrix(local("run", "latents.npy")),
      await readMatrix(local("run", "unmixing.npy")),
    ];
    const { rows, cols } = h;
    const mean = Float64Array.from({ length: cols }, (_, j) => sumOf(rows, (i) => h.data[i * cols + j]) / rows);
    for (const row of [0, 777, rows - 1]) {
      for (let j = 0; j < cols; j++) {
        const z = sumOf(cols, (k) => unmixing.data[j * cols + k] * (h.data[row * cols + k] - mean[k]));
        expect(z).toBeCloseTo(latents.data[row * cols + j], 10);
      }
    }
    expect(existsSync(local("run", "latents.parquet"))).toBe(true);
    expect(readFileSync(local("run", "steps.jsonl"), "utf8").split("\n").length).toBeGreaterThan(3);
  });

  it("fits the exact likelihood with estimated observation noise when asked to", async () => {
    const exact = ["--solver", "lbfgs", "--sigma-obs", "estimate"];
    expect((await taskprism(cwd, "unmix", ...LONG, ...exact, "--out", "exact")).status).toBe(0);
    // The data were generated with noise of .01; a tenth of that is far above its sampling error.
    expect(Math.abs(certificateOf("exact").solver.sigmaObs - 0.01)).toBeLessThan(1e-3);
    const { scores } = JSON.parse((await taskprism(cwd, "score", "exact", "latents.npy", "--json")).stdout);
    expect(scores.strongSpearman).toBeGreaterThan(0.9995);
  });

  it("leaves nothing when it is stopped while it solves", async () => {
    const size = ["--latents", "20", "--causes", "4", "--seed", "1"];
    expect((await taskprism(cwd, "generate", "linear", ...size, "--out", "large")).status).toBe(0);
    const files = ["representation", "target", "task"].flatMap((part) => [`--${part}`, `large/${part}.npy`]);
    const child = start(cwd, "unmix", ...files, "--out", "stopped");
    const ended = new Promise((resolve) => child.on("exit", resolve));
    while (!existsSync(local("stopped", "config.yaml"))) await setTimeout(5);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(existsSync(local("stopped"))).toBe(false);
  });

  it("says which solver ran, and goes over to the exact likelihood by itself where noise matters", async () => {
    expect(certificateOf("run").solver.name).toBe("closed-form");
    expect((await taskprism(cwd, "generate", "linear", "--latents", "5", "--seed", "4", "--out", "noisy")).status).toBe(
      0,
    );
    const files = ["representation", "target", "task"].flatMap((part) => [`--${part}`, `noisy/${part}.npy`]);
    const { status, stdout } = await taskprism(cwd, "unmix", ...files, "--out", "noisy-run");
    expect(status).toBe(0);
    expect(stdout).toMatch(/solver lbfgs with observation noise 0\.0100/);
    const { solver, predictedMcc, modelHolds } = certificateOf("noisy-run");
    expect([solver.name, solver.converged, modelHolds]).toEqual(["lbfgs", true, true]);
    const { scores } = JSON.parse(
      (await taskprism(cwd, "score", "noisy-run", "noisy/truth/latents.npy", "--json")).stdout,
    );
    expect(Math.abs(scores.strongPearson - predictedMcc)).toBeLessThan(0.005);
  });

  it("says that the model does not hold when targets are shuffled within their tasks", async () => {
    const y = await readVector(local("target.npy"));
    const shuffled = y.slice();
    for (let t = 0; t < 200; t++)
      shuffled.subarray(100 * t, 100 * t + 100).set(rotated(y.subarray(100 * t, 100 * t + 100)));
    await writeNpy(local("shuffled.npy"), matrix(y.length, 1, shuffled));
    const wrong = ["--representation", "representation.npy", "--target", "shuffled.npy", "--task", "task.npy"];
    await taskprism(cwd, "unmix", ...wrong, "--out", "wrong");
    expect(certificateOf("wrong").modelHolds).toBe(false);
    expect(certificateOf("wrong").predictedMcc).toBe(null);
    expect(certificateOf("run").modelHolds).toBe(true);
  });

  it("reads wide targets, missing ones included, from tables", async () => {
    const [h, targets] = wideData();
    writeFileSync(local("h.csv"), csv("h", h));
    writeFileSync(local("ys.csv"), csv("y", targets));
    const { status } = await taskprism(
      cwd,
      "unmix",
      "--representation",
      "h.csv",
      "--targets",
      "ys.csv",
      "--out",
      "wide",
    );
    expect(status).toBe(0);
    expect(certificateOf("wide").layout).toBe("wide");
    const { latents } = JSON.parse((await taskprism(cwd, "inspect", "wide", "--json")).stdout).certificate;
    expect(latents).toHaveLength(2);
  });

  it.each([
    ["neither targets nor target and task", ["--representation", "representation.npy"], /targets are missing/],
    ["observation noise without a solver for it", [...LONG, "--sigma-obs", "0.1"], /sigmaObs/],
    ["rows that do not match", ["--representation", "h.csv", ...LONG.slice(2)], /h\.csv: 400 rows, but 20000/],
    ["a number that is not finite", ["--representation", "nan.npy", ...LONG.slice(2)], /nan\.npy, row 3, column '2'/],
    ["more latents than rows", ["--representation", "flat.npy", "--targets", "flat.npy"], /more rows than latents/],
  ])("refuses %s", async (_, args, message) => {
    const h = await readMatrix(golden("representation.npy"));
    h.data[2 * h.cols + 1] = Number.NaN;
    writeFileSync(local("nan.npy"), encodeNpy([h.rows, h.cols], h.data));
    writeFileSync(local("flat.npy"), encodeNpy([2, 3], Float64Array.of(1, 2, 3, 4, 5, 7)));
    const { status, stderr } = await taskprism(cwd, "unmix", ...args, "--out", "refused");
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(existsSync(local("refused"))).toBe(false);
  });
});

const sumOf = (n: number, term: (i: number) => number) =>
  Array.from({ length: n }, (_, i) => term(i)).reduce((a, b) => a + b, 0);

const rotated = (x: Float64Array) => Float64Array.of(...x.subarray(41), ...x.subarray(0, 41));

/** 400 rows of two mixed latents; each of six targets depends on one of them; every ninth target is missing. */
function wideData(): [Matrix, Matrix] {
  const h = matrix(400, 2);
  const targets = matrix(400, 6);
  for (let i = 0; i < 400; i++) {
    const z = [Math.sin(1.3 * i * i), Math.cos(2.1 * i * i + 1)];
    h.data.set([z[0] + 0.4 * z[1], z[1] - 0.3 * z[0]], 2 * i);
    for (let t = 0; t < 6; t++) {
      targets.data[6 * i + t] =
        (6 * i + t) % 9 === 0 ? Number.NaN : z[t % 2] * (1 + t) + 0.5 * Math.sin(97 * i * (t + 1));
    }
  }
  return [h, targets];
}

function csv(prefix: string, { rows, cols, data }: Matrix): string {
  const line = (i: number) =>
    Array.from(data.subarray(i * cols, (i + 1) * cols), (x) => (Number.isNaN(x) ? "" : String(x))).join(",");
  const header = Array.from({ length: cols }, (_, j) => `${prefix}${j}`).join(",");
  return `${[header, ...Array.from({ length: rows }, (_, i) => line(i))].join("\n")}\n`;
}

describe("a run of unmix", () => {
  const named = ["a", "b", "c"];
  const model = (run: string) => decodeModel(readFileSync(local(run, "model.safetensors")));
  const rows = Int32Array.from({ length: 40 }, (_, i) => 60 + i); // of task 0
  const some = async () => takeRows(await readMatrix(local("representation.npy")), rows);
  const cells = (name: string) =>
    readFileSync(local(name), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));

  beforeAll(async () => {
    const h = await readMatrix(local("representation.npy"));
    const [y, task] = [await readVector(local("target.npy")), await readVector(local("task.npy"))];
    const line = (i: number) => [...h.data.subarray(3 * i, 3 * i + 3)].join(",");
    const csv = (name: string, header: string, lines: string[]) =>
      writeFileSync(local(name), `${[header, ...lines].join("\n")}\n`);
    csv(
      "h.csv",
      named.join(","),
      Array.from({ length: h.rows }, (_, i) => line(i)),
    );
    csv(
      "labels.csv",
      "who,task,y",
      Array.from(rows, (i) => `row ${i},${task[i]},${y[i]}`),
    );
    csv(
      "whole.csv",
      `y,${named.join(",")},task`,
      Array.from(rows, (i) => `${y[i]},${line(i)},${task[i]}`),
    );
    csv("short.csv", "task", ["0"]);
    await writeNpy(local("some.npy"), await some());
    await taskprism(cwd, "unmix", "--representation", "h.csv", ...LONG.slice(2), "--out", "named");
  });

  it.each([
    ["an array with a table beside it", "run", ["some.npy", "labels.csv"], ["--id", "who"]],
    ["a table that holds the columns by name", "named", ["whole.csv"], ["--causal-only"]],
  ])("predicts from %s, by the posterior of the causal model", async (_, run, files, flags) => {
    const args = [...files, "--task", "task", ...flags, "--out", "p.csv"];
    const { status, stderr } = await taskprism(cwd, "predict", run, ...args, "--quiet");
    expect([status, stderr]).toEqual([0, ""]);
    const fitted = model(run);
    const rowTasks = Array.from(rows, () => "0");
    const causalOnly = flags.includes("--causal-only");
    const { mean, lower } = predictFromLatents(fitted, latentsOf(fitted.mtlcm, await some()), { rowTasks, causalOnly });
    const table = cells("p.csv");
    expect(table).toHaveLength(40);
    table.forEach((row, i) => {
      const [prediction, low] = row.slice(-3).map(Number);
      expect(prediction).toBeCloseTo(mean.data[i], 10);
      expect(low).toBeCloseTo(lower.data[i], 10);
    });
  });

  it("is adapted to a new task, and the new run predicts it", async () => {
    const args = ["some.npy", "labels.csv", "--target", "y", "--name", "new", "--out", "extended"];
    expect((await taskprism(cwd, "adapt", "run", ...args)).status).toBe(0);
    const fitted = model("run");
    const expected = adapt(
      fitted,
      latentsOf(fitted.mtlcm, await some()),
      (await readVector(local("target.npy"))).subarray(60, 100),
      "new",
    );
    const extended = model("extended");
    expect(extended.taskNames).toEqual(expected.taskNames);
    expect(extended.adaptations).toEqual(expected.adaptations);
    expect(extended.moments.covHY).toEqual(expected.moments.covHY);
    const { status } = await taskprism(cwd, "predict", "extended", "some.npy", "--targets", "new", "--out", "q.csv");
    expect(status).toBe(0);
    expect(cells("q.csv")).toHaveLength(40);
  });

  it.each([
    [
      "heads, which it has not",
      ["run", "some.npy", "--targets", "0", "--method", "heads"],
      /fitted by unmix, so it has no heads/,
    ],
    ["tasks that are nowhere", ["run", "some.npy", "--task", "task"], /no table beside the rows/],
    ["names that are nowhere", ["run", "some.npy", "--targets", "0", "--id", "who"], /no table beside the \.npy file/],
    [
      "a table of other length",
      ["run", "some.npy", "short.csv", "--task", "task"],
      /some\.npy: 40 rows, but 1 in short\.csv/,
    ],
    ["a column that is missing", ["named", "labels.csv", "--targets", "0"], /features.*'a'/],
  ])("refuses %s in one line", async (_, args, message) => {
    const { status, stderr } = await taskprism(cwd, "predict", ...args, "--out", "refused.csv");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
