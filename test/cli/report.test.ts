import { existsSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const local = (...path: string[]) => join(cwd, ...path);
const FIT = ["--features", "x*", "--task", "task", "--target", "target", "--latent-dim", "3", "--hidden", "64"];
const ok = async (...args: string[]) => {
  const outcome = await taskprism(cwd, ...args, "--quiet");
  expect(outcome).toMatchObject({ status: 0 });
  return outcome;
};

beforeAll(async () => {
  const sizes = ["--latents", "3", "--causes", "1", "--tasks", "60", "--rows", "60", "--inputs", "12"];
  await ok("generate", "nonlinear", ...sizes, "--out", "data");
  for (const seed of ["0", "1"]) {
    await ok("fit", "data/data.parquet", ...FIT, "--epochs", "40", "--seed", seed, "--out", `run${seed}`);
  }
});
afterAll(dispose);

describe("taskprism report", () => {
  it("makes one page of a run that needs no other file", async () => {
    const { stdout } = await ok("report", "run0");
    expect(stdout).toMatch(/charts in run0\/report\.html/);
    const page = readFileSync(local("run0", "report.html"), "utf8");
    const links = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link);
    expect(links.filter((link) => !link?.startsWith("#"))).toEqual([]);
    expect(page.length).toBeLessThan(5e6);
    const { splitHalfMcc } = JSON.parse(readFileSync(local("run0", "certificate.json"), "utf8"));
    expect(page).toContain(splitHalfMcc.toFixed(4));
    for (const id of ["latent-importance", "cause-probabilities", "residuals", "training-loss", "solver-descent"]) {
      expect(page).toContain(`<figure id="${id}">`);
    }
  });

  it("shows recovery beside the null line where the truth is given, as score has it", async () => {
    await ok("report", "run0", "--truth", "data/truth/latents.npy", "--out", "truth.html");
    const { stdout } = await ok("score", "run0", "data/truth/latents.npy", "--raw", "data/features.npy", "--json");
    const { scores, nullLine } = JSON.parse(stdout);
    const page = readFileSync(local("truth.html"), "utf8");
    expect(page).toContain(`strong MCC ${scores.strongPearson.toFixed(4)}`);
    expect(page).toContain(`strong MCC ${nullLine.strongPearson.toFixed(4)}`);
  });

  it("holds a fit of stage 2 alone against the representation as it was given, and shows its residuals", async () => {
    await ok(
      "generate",
      "linear",
      "--latents",
      "3",
      "--causes",
      "1",
      "--tasks",
      "30",
      "--rows",
      "60",
      "--out",
      "linear",
    );
    const representation = "linear/representation.npy";
    const rows = ["--target", "linear/target.npy", "--task", "linear/task.npy"];
    await ok("unmix", "--representation", representation, ...rows, "--out", "stage2");
    const truth = "linear/truth/latents.npy";
    await ok("report", "stage2", "--truth", truth, "--out", "stage2.html");
    const score = await ok("score", "stage2", truth, "--raw", representation, "--json");
    const page = readFileSync(local("stage2.html"), "utf8");
    expect(page).toContain(`strong MCC ${JSON.parse(score.stdout).nullLine.strongPearson.toFixed(4)}`);
    for (const id of ["null-line", "feature-relations", "residuals", "interval-calibration"]) {
      expect(page).toContain(`<figure id="${id}">`);
    }
    expect(page).toContain("by the causal model on rows of the fit");
  });

  it("sets several runs beside each other, as compare has them", async () => {
    await ok("report", "run0", "run1", "--out", "two.html");
    const { stdout } = await ok("compare", "run0", "run1", "--json");
    const [pair] = JSON.parse(stdout).pairs;
    const page = readFileSync(local("two.html"), "utf8");
    expect(page).toContain(`of every pair of runs: ${pair.strongPearson.toFixed(4)}`);
    expect(page).toContain('<figure id="matched-latents">');
  });

  it.each([
    ["svg", "<svg"],
    ["png", "\x89PNG"],
    ["pdf", "%PDF"],
  ])("writes every chart as %s", async (format, magic) => {
    const { stdout } = await ok("report", "run0", "--format", format, "--out", format, "--json");
    const { files, charts } = JSON.parse(stdout);
    expect(files.length).toBe(charts);
    expect(readdirSync(local(format)).length).toBe(charts);
    for (const file of files) {
      expect(readFileSync(local(file)).toString("latin1").startsWith(magic)).toBe(true);
      expect(statSync(local(file)).size).toBeGreaterThan(1500);
    }
  });

  it("leaves out what the tables would have shown when they are gone, and says so", async () => {
    renameSync(local("data", "data.parquet"), local("data", "moved.parquet"));
    const { status, stderr } = await taskprism(cwd, "report", "run0", "--out", "without.html");
    renameSync(local("data", "moved.parquet"), local("data", "data.parquet"));
    expect(status).toBe(0);
    expect(stderr).toMatch(/left out: .*data\.parquet: no such file/);
    const page = readFileSync(local("without.html"), "utf8");
    expect(page).not.toContain('<figure id="residuals">');
    expect(page).toContain('<figure id="cause-probabilities">');
  });

  it.each([
    [["report", "nowhere"], /^taskprism: nowhere: no such run/],
    [["report", "run0", "--truth", "data/truth/gamma.npy"], /gamma\.npy: 60 rows, but 3600 in the run/],
    [["report", "run0", "--format", "gif"], /It must be one of: html, svg, png, pdf/],
  ])("refuses %j in one line", async (args, message) => {
    const { status, stderr } = await taskprism(cwd, ...args, "--quiet");
    expect(status).toBe(2);
    expect(stderr.trim().split("\n")[0]).toMatch(message);
    expect(existsSync(local("nowhere"))).toBe(false);
  });
});
