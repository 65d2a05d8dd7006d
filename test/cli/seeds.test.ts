import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/stats/random.ts";
import { start, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const file = (...path: string[]) => readFileSync(join(cwd, ...path));
const FIT = ["fit", "t.csv", "--targets", "y*", "--latent-dim", "2", "--hidden", "16", "--batch-size", "64"];
const QUICK = [...FIT, "--epochs", "20"];

/** Eight targets that read two numbers each out of six features. */
beforeAll(() => {
  const random = createRandom(5);
  const header = [...Array.from({ length: 6 }, (_, i) => `x${i}`), ...Array.from({ length: 8 }, (_, t) => `y${t}`)];
  const rows = Array.from({ length: 400 }, () => {
    const x = Array.from({ length: 6 }, () => random.normal());
    const z = [Math.tanh((x[0] ?? 0) + (x[1] ?? 0)), Math.tanh((x[2] ?? 0) - (x[3] ?? 0))];
    const y = Array.from({ length: 8 }, (_, t) => (z[t % 2] ?? 0) + 0.1 * random.normal());
    return [...x, ...y].join();
  });
  writeFileSync(join(cwd, "t.csv"), `${[header.join(), ...rows].join("\n")}\n`);
});
afterAll(dispose);

describe("fit --seeds", () => {
  it("makes the run of every seed as a fit of that seed alone does, and compares them", async () => {
    const { status, stdout } = await taskprism(cwd, ...QUICK, "--seeds", "0..2", "--out", "all", "--json");
    expect(status).toBe(0);
    // The last one, which has all cores to itself on a machine of two: threads change no byte.
    expect((await taskprism(cwd, ...QUICK, "--seed", "2", "--out", "one")).status).toBe(0);
    expect(file("all", "seed-2", "model.safetensors")).toEqual(file("one", "model.safetensors"));
    expect(file("all", "seed-0", "model.safetensors")).not.toEqual(file("one", "model.safetensors"));

    const { runs, spread } = JSON.parse(stdout);
    expect(runs.map(({ seed }: { seed: number }) => seed)).toEqual([0, 1, 2]);
    const paths = [0, 1, 2].map((seed) => join("all", `seed-${seed}`));
    const compared = JSON.parse((await taskprism(cwd, "compare", ...paths, "--json")).stdout);
    expect(spread).toEqual(compared.spread);
    expect(JSON.parse(file("all", "comparison.json").toString())).toEqual(JSON.parse(stdout));
  });

  it("makes what is missing when it is gone on with, and nothing again", async () => {
    const before = file("all", "seed-0", "metrics.json");
    const model = file("all", "seed-2", "model.safetensors");
    rmSync(join(cwd, "all", "seed-2"), { recursive: true });
    const { status, stdout } = await taskprism(cwd, "fit", "--resume", "all");
    expect(status).toBe(0);
    expect(stdout).toMatch(/seed-0 all\/seed-2/);
    expect(file("all", "seed-0", "metrics.json")).toEqual(before);
    expect(file("all", "seed-2", "model.safetensors")).toEqual(model);
  });

  it("saves checkpoints on Ctrl-C, and goes on from them", async () => {
    const child = start(
      cwd,
      ...FIT,
      "--epochs",
      "100000",
      "--patience",
      "100000",
      "--seeds",
      "3,4",
      "--out",
      "stopped",
    );
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const under = (seed: number, name: string) => join(cwd, "stopped", `seed-${seed}`, name);
    while (!existsSync(under(3, "steps.jsonl"))) await setTimeout(20);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(existsSync(under(3, "checkpoint.safetensors"))).toBe(true);
    expect(existsSync(under(3, "metrics.json"))).toBe(false);
    const resumed = start(cwd, "fit", "--resume", "stopped");
    const stopped = new Promise((resolve) => resumed.on("exit", resolve));
    const lines = () => readFileSync(under(3, "steps.jsonl")).length;
    const reached = lines();
    while (lines() === reached) await setTimeout(20);
    resumed.kill("SIGINT");
    expect(await stopped).toBe(130);
  });

  it.each([
    [["--seeds", "4..2"], /must rise/],
    [["--seeds", "a"], /whole number/],
    [["--seeds=-1,2"], /not be below 0/],
    [["--seeds", "0,1", "--method", "pca"], /not for a baseline/],
  ])("refuses %s in one line", async (flags, message) => {
    const { status, stderr } = await taskprism(cwd, ...QUICK, ...flags, "--out", "refused");
    expect(stderr.split("\n").filter((line) => line !== "" && !line.startsWith("("))).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(existsSync(join(cwd, "refused"))).toBe(false);
  });

  it("replaces only a folder of seeds, and that only when it is forced", async () => {
    const again = await taskprism(cwd, ...QUICK, "--seeds", "0", "--out", "all");
    expect([again.status, again.stderr]).toEqual([2, expect.stringMatching(/not empty: choose another one/)]);
    const other = await taskprism(cwd, ...QUICK, "--seeds", "0", "--out", "one", "--force");
    expect([other.status, other.stderr]).toEqual([2, expect.stringMatching(/holds no runs of several seeds/)]);
    expect((await taskprism(cwd, ...QUICK, "--seeds", "0", "--out", "all", "--force")).status).toBe(0);
    expect(existsSync(join(cwd, "all", "seed-1"))).toBe(false);
  });
});
