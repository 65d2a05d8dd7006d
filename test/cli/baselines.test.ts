import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baselines } from "../../src/baselines/baselines.ts";
import { BASELINES, fitCommand } from "../../src/cli/fit.ts";
import { readLatents } from "../../src/cli/read-latents.ts";
import { strongMcc } from "../../src/metrics/mcc.ts";
import { piped, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const TABLE = ["data/data.parquet", "--task", "task", "--target", "target", "--latent-dim", "3"];
const STAGE_1 = ["--epochs", "10", "--hidden", "64"];
const IVAE = [
  "--method",
  "ivae",
  "--hidden",
  "16",
  "--learning-rate",
  "0.003",
  "--steps",
  "1000",
  "--option",
  "priorMean=learned",
];

const latentsOf = (run: string) => readFileSync(join(cwd, run, "latents.parquet"));
const scoreOf = async (run: string) => {
  const found = await readLatents(join(cwd, run, "latents.parquet"));
  return strongMcc(found, await readLatents(join(cwd, "data/truth/latents.npy")), "pearson").score;
};
const fitted = (run: string, ...args: string[]) => taskprism(cwd, "fit", ...TABLE, ...args, "--out", run);

beforeAll(async () => {
  const sizes = ["--latents", "3", "--causes", "1", "--tasks", "60", "--rows", "60", "--inputs", "12"];
  await taskprism(cwd, "generate", "nonlinear", ...sizes, "--out", "data", "--seed", "5");
});
afterAll(dispose);

describe("taskprism fit --method", () => {
  it("fits a linear method on the inputs and on what stage 1 makes, and transforms the rows to the same latents", async () => {
    const [, varimax] = await Promise.all([
      fitted("pca", "--method", "pca", "--on", "inputs"),
      fitted("varimax", ...STAGE_1, "--method", "varimax", "--json"),
    ]);
    const { on, method, latentDim } = JSON.parse(varimax.stdout);
    expect({ on, method, latentDim }).toEqual({ on: "representation", method: "varimax", latentDim: 3 });
    // Stage 1 alone finds a linear map of the latents and varimax a rotation of it; components of the inputs are neither.
    expect(await scoreOf("varimax")).toBeGreaterThan(await scoreOf("pca"));
    const runs = ["pca", "varimax"];
    await Promise.all(
      runs.map((run) => taskprism(cwd, "transform", run, "data/data.parquet", "--out", `${run}.parquet`)),
    );
    for (const run of runs) expect(readFileSync(join(cwd, `${run}.parquet`))).toEqual(latentsOf(run));
  });

  it("fits an iVAE, whose latents need task and target again", async () => {
    expect((await fitted("ivae", ...IVAE)).status).toBe(0);
    const transform = ["transform", "ivae", "data/data.parquet", "--out", "ivae.parquet"];
    const without = await taskprism(cwd, ...transform);
    expect(without).toMatchObject({ status: 2, stderr: expect.stringContaining("--task and --target") });
    await taskprism(cwd, ...transform, "--task", "task", "--target", "target");
    expect(readFileSync(join(cwd, "ivae.parquet"))).toEqual(latentsOf("ivae"));
  });

  it("tells a method what it alone can be told, and counts a budget that was kept as success", async () => {
    const ica = ["--method", "fast-ica", "--on", "inputs"];
    const deflation = ["--option", "algorithm=deflation", "--option", "contrast=cube"];
    await Promise.all([fitted("ica", ...ica), fitted("cube", ...ica, ...deflation)]);
    expect(latentsOf("cube")).not.toEqual(latentsOf("ica"));
    const short = ["--method", "ivae", "--hidden", "8", "--max-seconds", "0.05", "--json"];
    const { status, stdout, stderr } = await fitted("short", ...short);
    expect(status).toBe(0);
    expect(stderr).toContain("stopped after the 0.05 seconds of --max-seconds, as asked");
    expect(JSON.parse(stdout)).toMatchObject({ stoppedBy: "seconds", converged: false });
  });

  it("goes on after Ctrl-C to the same bytes", async () => {
    const child = piped(cwd, "fit", ...TABLE, ...IVAE, "--out", "stopped");
    const under = new Promise<void>((resolve) => child.stderr.on("data", () => resolve()));
    await under;
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect(code).toBe(130);
    expect(existsSync(join(cwd, "stopped", "checkpoint.safetensors"))).toBe(true);
    await taskprism(cwd, "fit", "--resume", "stopped");
    expect(latentsOf("stopped")).toEqual(latentsOf("ivae"));
  });

  it("says in one line what is wrong", async () => {
    const refused = await fitted("wrong", "--method", "pcaa");
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("It must be one of: raw, pca") });
    const [table, ...columns] = TABLE;
    const wrong = async (...args: string[]) => {
      const fit = [join(cwd, table as string), ...columns, ...args, "--quiet", "--out", join(cwd, "wrong")];
      return fitCommand()
        .parseAsync(fit, { from: "user" })
        .then(
          () => "nothing was wrong",
          (error: Error) => error.message,
        );
    };
    expect(await wrong("--method", "ivae", "--on", "features")).toContain("reads the inputs");
    expect(await wrong("--method", "ivae", "--hidden", "8,16")).toContain("one width for every layer");
    expect(await wrong("--method", "ivae", "--option", "contrast=cube")).toContain("there are depth, activation");
    expect(await wrong("--method", "ivae", "--option", "cube")).toContain("it must be NAME=VALUE");
    expect(await wrong("--steps", "5")).toContain("name one with --method");
    const inspected = await taskprism(cwd, "inspect", "pca");
    expect(inspected).toMatchObject({ status: 2, stderr: expect.stringContaining("is a baseline (pca)") });
    expect(existsSync(join(cwd, "wrong"))).toBe(false);
  });

  it("offers every baseline there is", () => {
    expect(BASELINES.split(", ")).toEqual([...baselines.keys()]);
  });
});
