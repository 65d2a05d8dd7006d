import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/stats/random.ts";
import { afresh, piped, start, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const QUICK = ["--latent-dim", "3", "--epochs", "20", "--hidden", "64"];
const LONG = ["data/data.parquet", "--task", "task", "--target", "target", ...QUICK];

const file = (...path: string[]) => readFileSync(join(cwd, ...path));

beforeAll(async () => {
  const sizes = ["--latents", "3", "--causes", "1", "--tasks", "60", "--rows", "60", "--inputs", "12"];
  await taskprism(cwd, "generate", "nonlinear", ...sizes, "--out", "data", "--seed", "5");
  await taskprism(cwd, "fit", ...LONG, "--out", "a");
});
afterAll(dispose);

describe("taskprism fit", () => {
  it("leaves the files of a run, and latents that score far above the null line", async () => {
    const files = ["config.yaml", "model.safetensors", "latents.parquet", "indicators.csv", "certificate.json"];
    for (const name of [...files, "metrics.json", "steps.jsonl"]) expect(existsSync(join(cwd, "a", name))).toBe(true);
    expect(existsSync(join(cwd, "a", "checkpoint.safetensors"))).toBe(false);
    const scoring = ["a", "data/truth/latents.npy", "--raw", "data/features.npy", "--json"];
    const { scores, nullLine } = JSON.parse((await taskprism(cwd, "score", ...scoring)).stdout);
    expect(scores.strongPearson).toBeGreaterThan(0.9);
    expect(scores.strongPearson).toBeGreaterThan(nullLine.strongPearson + 0.1);
  });

  it("writes certificate.json and indicators.csv with the keys that scripts rely on", () => {
    const certificate = JSON.parse(file("a", "certificate.json").toString());
    expect(Object.keys(certificate)).toEqual(
      expect.arrayContaining([
        "fitRatio",
        "modelHolds",
        "pairs",
        "groups",
        "predictedMcc",
        "latents",
        "splitHalfMcc",
        "solver",
      ]),
    );
    expect(Object.keys(certificate.solver)).toEqual(
      expect.arrayContaining(["value", "starts", "agreed", "converged", "seconds"]),
    );
    const [header, ...rows] = file("a", "indicators.csv").toString().trim().split("\n");
    expect(header.split(",").slice(0, 6)).toEqual([
      "task",
      "latent",
      "p_cause",
      "residual_variance",
      "effect",
      "effect_se",
    ]);
    expect(header.split(",").slice(-2)).toEqual(["p_effect", "p_unrelated"]);
    for (const row of rows) {
      const cells = row.split(",").map(Number);
      expect(cells[2] + cells[8] + cells[9]).toBeCloseTo(1, 12);
    }
    expect(rows).toHaveLength(60 * 3);
  });

  it("gives the same bytes for the same seed, and the same latents up to noise for another", async () => {
    await afresh(cwd, "fit", ...LONG, "--out", "again");
    await taskprism(cwd, "fit", ...LONG, "--threads", "auto", "--out", "other", "--seed", "1");
    expect(file("again", "model.safetensors")).toEqual(file("a", "model.safetensors"));
    expect(file("other", "model.safetensors")).not.toEqual(file("a", "model.safetensors"));
    const { spread } = JSON.parse((await taskprism(cwd, "compare", "a", "again", "other", "--json")).stdout);
    expect(spread.strongPearson.highest).toBeCloseTo(1, 12);
    expect(spread.strongPearson.lowest).toBeGreaterThan(0.9);
  });

  it("gives the same bytes on two threads", async () => {
    expect((await taskprism(cwd, "fit", ...LONG, "--threads", "2", "--out", "divided")).status).toBe(0);
    expect(file("divided", "model.safetensors")).toEqual(file("a", "model.safetensors"));
    expect(JSON.parse(file("divided", "metrics.json").toString()).threads).toBe(2);
  });

  it("stopped by Ctrl-C, leaves a checkpoint from which it ends as if it had not been stopped", async () => {
    const child = start(cwd, "fit", ...LONG, "--out", "stopped");
    const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
    while (!existsSync(join(cwd, "stopped", "steps.jsonl"))) await setTimeout(20);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    const left = await taskprism(cwd, "inspect", "stopped");
    expect(left.status).toBe(2);
    expect(left.stderr).toMatch(/interrupted/);
    expect((await taskprism(cwd, "fit", "--resume", "stopped")).status).toBe(0);
    expect(file("stopped", "model.safetensors")).toEqual(file("a", "model.safetensors"));
  });

  it("refines both stages together, stopped or not, and says what came of it", async () => {
    const refine = [...LONG, "--refine", "--refine-rounds", "2", "--refine-epochs", "30", "--refine-hidden", "32"];
    const { stdout } = await taskprism(cwd, "fit", ...refine, "--out", "refined");
    expect(stdout).toMatch(/refined: the likelihood of held-out rows was best after \d+ of \d+ updates/);
    const { refinement } = JSON.parse(file("refined", "metrics.json").toString());
    expect(refinement.updates).toBeGreaterThan(0);
    const child = start(cwd, "fit", ...refine, "--out", "unrefined");
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const steps = join(cwd, "unrefined", "steps.jsonl");
    while (!existsSync(steps) || !readFileSync(steps, "utf8").includes('"refine"')) await setTimeout(20);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect((await taskprism(cwd, "fit", "--resume", "unrefined")).status).toBe(0);
    expect(file("unrefined", "model.safetensors")).toEqual(file("refined", "model.safetensors"));
  });

  it("chooses d from a range, says why, and after Ctrl-C ends at the same choice", async () => {
    const range = [
      ...LONG.filter((_, i) => i < LONG.length - QUICK.length),
      ...QUICK.slice(2),
      "--latent-dims",
      "1..6",
    ];
    const { stdout } = await taskprism(cwd, "fit", ...range, "--out", "ranged");
    expect(stdout).toMatch(/^d +singular value +over the next +held-out log-lik\. +gain +split-half MCC\n1 /);
    expect(stdout).toMatch(/\n3 \* /);
    const { latentDim, latentDimChoice } = JSON.parse(file("ranged", "metrics.json").toString());
    expect(latentDim).toBe(3);
    expect(latentDimChoice).toMatchObject({ latentDim: 3, candidates: [1, 2, 3, 4, 5, 6] });
    expect(latentDimChoice.scores).toHaveLength(6);
    expect(latentDimChoice.splitHalfMcc).toHaveLength(6);
    const child = start(cwd, "fit", ...range, "--out", "cut");
    const ended = new Promise((resolve) => child.on("exit", resolve));
    while (!existsSync(join(cwd, "cut", "steps.jsonl"))) await setTimeout(20);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect((await taskprism(cwd, "fit", "--resume", "cut")).status).toBe(0);
    expect(file("cut", "model.safetensors")).toEqual(file("ranged", "model.safetensors"));
  });

  it("ends with code 3 when no dimension is supported, and leaves the run", async () => {
    const random = createRandom(7);
    const line = () => Array.from({ length: 5 }, () => random.normal().toFixed(4)).join(",");
    writeFileSync(join(cwd, "noise.csv"), `a,b,c,y,z\n${Array.from({ length: 300 }, line).join("\n")}\n`);
    const args = ["noise.csv", "--targets", "y,z", "--latent-dims", "1..2", "--epochs", "3", "--hidden", "8"];
    const { status, stdout } = await taskprism(cwd, "fit", ...args, "--out", "unsupported");
    expect(stdout).toMatch(/^no dimension is supported/m);
    expect(status).toBe(3);
    expect(existsSync(join(cwd, "unsupported", "metrics.json"))).toBe(true);
  });

  it.each([
    [["--latent-dims", "5..2"], /must rise/],
    [["--latent-dims", "1..3", "--latent-dim", "2"], /either --latent-dim/],
    [["--latent-dim", "automatic"], /whole number/],
    [["--latent-dims", "1..99"], /60 targets can identify at most 60/],
    [["--latent-dim", "auto", "--hold-out", "0"], /holdOut must be above 0/],
    [["--latent-dim", "3", "--refine-epochs", "5"], /refineEpochs is for refinement/],
  ])("refuses %s in one line", async (flags, message) => {
    const { status, stderr } = await taskprism(cwd, "fit", ...LONG.slice(0, 5), ...flags, "--out", "refused");
    expect(stderr.split("\n").filter((line) => line !== "" && !line.startsWith("("))).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(existsSync(join(cwd, "refused"))).toBe(false);
  });

  it("refuses to resume when the tables have changed", async () => {
    writeFileSync(join(cwd, "t.csv"), table(200, 1));
    const child = start(
      cwd,
      "fit",
      "t.csv",
      "--targets",
      "y1,y2",
      "--epochs",
      "100000",
      "--latent-dim",
      "1",
      "--out",
      "changed",
    );
    const ended = new Promise((resolve) => child.on("exit", resolve));
    while (!existsSync(join(cwd, "changed", "steps.jsonl"))) await setTimeout(20);
    child.kill("SIGINT");
    await ended;
    writeFileSync(join(cwd, "t.csv"), table(200, 2));
    const { status, stderr } = await taskprism(cwd, "fit", "--resume", "changed");
    expect(status).toBe(2);
    expect(stderr).toMatch(/the tables have changed/);
  });

  it("reads wide tables side by side, with missing targets and named rows", async () => {
    writeFileSync(join(cwd, "x.csv"), table(300, 3).replaceAll(/y(\d)/g, "x$1b"));
    writeFileSync(join(cwd, "y.csv"), table(300, 3, true));
    const wide = [
      "x.csv",
      "y.csv",
      "--features",
      "x.*",
      "--targets",
      "y.y1,y.y2",
      "--id",
      "y.name",
      "--latent-dim",
      "2",
    ];
    const { status } = await taskprism(cwd, "fit", ...wide, "--epochs", "10", "--hidden", "", "--out", "wide");
    expect(status).toBe(0);
    await taskprism(cwd, "transform", "wide", "x.csv", "y.csv", "--id", "y.name", "--out", "z.csv");
    const [header, first] = file("z.csv").toString().split("\n");
    expect(header).toBe("row,id,z0,z1");
    expect(first).toMatch(/^1,r0,-?\d/);
    const { scores } = JSON.parse((await taskprism(cwd, "score", "wide", "z.csv", "--json")).stdout);
    expect(scores.strongPearson).toBeCloseTo(1, 12);
  });

  it("replaces a run only with --force, and keeps the old one when the new one fails", async () => {
    const before = file("a", "metrics.json");
    const refused = await taskprism(cwd, "fit", ...LONG, "--out", "a");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/a: the folder is not empty/);
    const failed = await taskprism(cwd, "fit", ...LONG, "--out", "a", "--force", "--learning-rate", "1e30");
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/lower learning rate/);
    expect(file("a", "metrics.json")).toEqual(before);
  });
});

describe("taskprism inspect", () => {
  it("ends quietly when its reader has seen enough", async () => {
    const child = piped(cwd, "inspect", "a", "--json");
    child.stdout.destroy();
    const stderr: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(Buffer.concat(stderr).toString()).toBe("");
  });

  it("prints latents, causes of every target and the certificate", async () => {
    const { stdout, status } = await taskprism(cwd, "inspect", "a");
    expect(status).toBe(0);
    expect(stdout).toMatch(/latent +explains/);
    expect(stdout).toMatch(/target +causes/);
    expect(stdout).toMatch(/split-half MCC 0?\.?\d/);
    expect(stdout.split("\n").filter((line) => /^task\d+ /.test(line))).toHaveLength(60);
  });
});

/** A table of 3 features and 2 targets that depend on them; `texts` adds names and leaves some targets out. */
function table(rows: number, seed: number, texts = false): string {
  const lines = [`x1,x2,x3,y1,y2${texts ? ",name" : ""}`];
  for (let i = 0; i < rows; i++) {
    const [a, b, c] = [Math.sin(seed + 12.9 * i), Math.sin(seed + 78.2 * i), Math.sin(seed + 37.7 * i)];
    const [y1, y2] = [a + 0.5 * b, c - b + 0.1 * a];
    lines.push([a, b, c, y1, texts && i % 7 === 3 ? "" : y2, ...(texts ? [`r${i}`] : [])].join(","));
  }
  return `${lines.join("\n")}\n`;
}
