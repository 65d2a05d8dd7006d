import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baselines } from "../../src/baselines/baselines.ts";
import { BASELINES } from "../../src/cli/fit.ts";
import { piped, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const TABLE = ["data/data.parquet", "--task", "task", "--target", "target", "--latent-dim", "3"];
const STAGE_1 = ["--epochs", "10", "--hidden", "64"];
const SMALL = ["--hidden", "16", "--learning-rate", "0.003", "--steps", "60"];

const scoreOf = async (latents: string) => {
  const { stdout } = await taskprism(cwd, "score", latents, "data/truth/latents.npy", "--json");
  return JSON.parse(stdout).scores.strongPearson as number;
};

beforeAll(async () => {
  const sizes = ["--latents", "3", "--causes", "1", "--tasks", "60", "--rows", "60", "--inputs", "12"];
  await taskprism(cwd, "generate", "nonlinear", ...sizes, "--out", "data", "--seed", "5");
});
afterAll(dispose);

describe("taskprism fit --method", () => {
  it("fits a linear method on the inputs and on what stage 1 makes, and transforms the rows to the same latents", async () => {
    await taskprism(cwd, "fit", ...TABLE, "--method", "pca", "--on", "inputs", "--out", "pca");
    const varimax = await taskprism(
      cwd,
      "fit",
      ...TABLE,
      ...STAGE_1,
      "--method",
      "varimax",
      "--out",
      "varimax",
      "--json",
    );
    const { on, method, latentDim } = JSON.parse(varimax.stdout);
    expect({ on, method, latentDim }).toEqual({ on: "representation", method: "varimax", latentDim: 3 });
    // Stage 1 alone finds a linear map of the latents and varimax a rotation of it; components of the inputs are neither.
    expect(await scoreOf("varimax")).toBeGreaterThan(await scoreOf("pca"));
    for (const run of ["pca", "varimax"]) {
      await taskprism(cwd, "transform", run, "data/data.parquet", "--out", `${run}.parquet`);
      expect(readFileSync(join(cwd, `${run}.parquet`))).toEqual(readFileSync(join(cwd, run, "latents.parquet")));
    }
  });

  it("fits an iVAE, whose latents need task and target again", async () => {
    const { status } = await taskprism(cwd, "fit", ...TABLE, ...SMALL, "--method", "ivae", "--out", "ivae");
    expect(status).toBe(0);
    const transform = ["transform", "ivae", "data/data.parquet", "--out", "ivae.parquet"];
    const without = await taskprism(cwd, ...transform);
    expect(without).toMatchObject({ status: 2, stderr: expect.stringContaining("--task and --target") });
    await taskprism(cwd, ...transform, "--task", "task", "--target", "target");
    expect(readFileSync(join(cwd, "ivae.parquet"))).toEqual(readFileSync(join(cwd, "ivae", "latents.parquet")));
  });

  it("tells a method what it alone can be told, and counts a budget that was kept as success", async () => {
    const ica = [...TABLE, "--method", "fast-ica", "--on", "inputs"];
    await taskprism(cwd, "fit", ...ica, "--out", "ica");
    await taskprism(
      cwd,
      "fit",
      ...ica,
      "--option",
      "algorithm=deflation",
      "--option",
      "contrast=cube",
      "--out",
      "cube",
    );
    const latents = (run: string) => readFileSync(join(cwd, run, "latents.parquet"));
    expect(latents("cube")).not.toEqual(latents("ica"));
    const short = ["--method", "ivae", "--hidden", "8", "--max-seconds", "0.05", "--json"];
    const { status, stdout, stderr } = await taskprism(cwd, "fit", ...TABLE, ...short, "--out", "short");
    expect(status).toBe(0);
    expect(stderr).toContain("stopped after the 0.05 seconds of --max-seconds, as asked");
    expect(JSON.parse(stdout)).toMatchObject({ stoppedBy: "seconds", converged: false });
  });

  it("goes on after Ctrl-C to the same bytes", async () => {
    const longer = [...TABLE, "--method", "ivae", "--hidden", "16", "--learning-rate", "0.003", "--steps", "1500"];
    await taskprism(cwd, "fit", ...longer, "--out", "whole");
    const child = piped(cwd, "fit", ...longer, "--out", "stopped");
    const under = new Promise<void>((resolve) => child.stderr.on("data", () => resolve()));
    await under;
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect(code).toBe(130);
    expect(existsSync(join(cwd, "stopped", "checkpoint.safetensors"))).toBe(true);
    await taskprism(cwd, "fit", "--resume", "stopped");
    const latents = (run: string) => readFileSync(join(cwd, run, "latents.parquet"));
    expect(latents("stopped")).toEqual(latents("whole"));
  });

  it("says in one line what is wrong", async () => {
    const wrong = async (...args: string[]) => {
      const { status, stderr } = await taskprism(cwd, "fit", ...TABLE, ...args, "--out", "wrong");
      expect(status).toBe(2);
      return stderr;
    };
    expect(await wrong("--method", "pcaa")).toContain("It must be one of: raw, pca");
    expect(await wrong("--method", "ivae", "--on", "features")).toContain("reads the inputs");
    expect(await wrong("--method", "ivae", "--hidden", "8,16")).toContain("one width for every layer");
    expect(await wrong("--method", "ivae", "--option", "contrast=cube")).toContain("there are depth, activation");
    expect(await wrong("--method", "ivae", "--option", "cube")).toContain("it must be NAME=VALUE");
    expect(await wrong("--steps", "5")).toContain("name one with --method");
    await taskprism(cwd, "fit", ...TABLE, "--method", "raw", "--on", "inputs", "--out", "raw");
    const inspected = await taskprism(cwd, "inspect", "raw");
    expect(inspected).toMatchObject({ status: 2, stderr: expect.stringContaining("is a baseline (raw)") });
    expect(existsSync(join(cwd, "wrong"))).toBe(false);
  });

  it("offers every baseline there is", () => {
    expect(BASELINES.split(", ")).toEqual([...baselines.keys()]);
  });
});
