import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matrix } from "../../src/linalg/matrix.ts";
import { writeNpy } from "../../src/node/index.ts";
import { taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
afterAll(dispose);

const score = (...args: string[]) => taskprism(cwd, "score", ...args);
const scored = async (...args: string[]) => JSON.parse((await score(...args, "--json")).stdout);

beforeAll(async () => {
  const size = ["--latents", "4", "--causes", "1", "--tasks", "60", "--rows", "50"];
  await taskprism(cwd, "generate", "linear", ...size, "--out", "data", "--seed", "3");
  const targets = ["--target", "data/target.npy", "--task", "data/task.npy"];
  await taskprism(cwd, "unmix", "--representation", "data/representation.npy", ...targets, "--out", "run");
});

describe("taskprism score", () => {
  it("finds in a generated folder all that a score needs, and scores the run's causes", async () => {
    const { scores, nullLine } = await scored("run", "data");
    for (const name of ["strongPearson", "perTaskSpearman", "weak", "disentanglement", "completeness"]) {
      expect(scores[name], name).toBeGreaterThan(0.9);
    }
    expect(scores.outOfSample.strongSpearman).toBeGreaterThan(0.99);
    expect(nullLine.outOfSample.strongSpearman).toBeLessThan(0.9);
    expect(nullLine.disentanglement).toBeLessThan(0.5);
    expect(scores.causes).toMatchObject({ count: 240, baseRate: 0.25 });
    expect(scores.causes.accuracy).toBeGreaterThan(0.9);
    expect(scores.causes.auroc).toBeGreaterThan(0.9);
    const { stdout } = await score("run", "data");
    for (const label of ["null line", "out of sample: R²", "causes: Brier"]) expect(stdout).toContain(label);
  });

  it("gives the same figures for the same arrays from anywhere, whatever their format", async () => {
    const { scores, nullLine } = await scored("run", "data");
    const files = ["--task", "data/task.npy", "--raw", "data/representation.npy"];
    const truth = ["--true-causes", "data/truth/causal.npy"];
    const parts = await scored("run/latents.npy", "data/truth/latents.parquet", ...files);
    const { causes, ...latentScores } = scores;
    expect(parts).toEqual({ rows: 3000, scores: latentScores, nullLine });
    await writeNpy(join(cwd, "certain.npy"), matrix(60, 4, new Float64Array(240).fill(0.25)));
    const constant = await scored("run/latents.npy", "data", ...truth, "--causes", "certain.npy");
    expect(constant.scores.causes).toMatchObject({ accuracy: 0.75, auroc: 0.5, calibrationError: 0 });
    expect(constant.scores.causes.brier).toBeCloseTo(0.1875, 12);
    expect(causes.brier).toBeLessThan(0.1);
  });

  it("draws the correlations", async () => {
    await score("run", "data", "--heatmap", "h.svg");
    expect(readFileSync(join(cwd, "h.svg"), "utf8")).toMatch(/strong MCC/);
    await score("run", "data", "--heatmap", "h.png");
    expect(readFileSync(join(cwd, "h.png")).subarray(1, 4).toString()).toBe("PNG");
  });

  it.each([
    [["run", "data", "--heatmap", "h.gif"], /h\.gif: a picture's name ends in \.svg, \.png or \.pdf/],
    [["run", "data", "--true-causes", "data/truth/latents.npy"], /60 tasks, but 3000 in data\/truth\/latents.npy/],
    [["run", "data/truth/latents.npy", "--causes", "certain.npy"], /--causes needs --true-causes/],
    [["three.csv", "data"], /three\.csv: 2 rows, but 3000 in data\/truth\/latents\.npy/],
  ])("refuses %j in one line", async (args, message) => {
    writeFileSync(join(cwd, "three.csv"), "z0,z1\n1,2\n3,4\n");
    const { status, stderr } = await score(...args);
    expect(status).toBe(2);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(stderr).toMatch(message);
    expect(existsSync(join(cwd, "h.gif"))).toBe(false);
  });
});
