import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
afterAll(dispose);

const SMALL = ["--latents", "3", "--causes", "1", "--tasks", "5", "--rows", "8"];
const file = (...path: string[]) => readFileSync(join(cwd, ...path));

describe.each([
  ["linear", "representation.npy"],
  ["nonlinear", "features.npy"],
])("taskprism generate %s", (kind, inputs) => {
  const generate = (out: string, ...more: string[]) =>
    taskprism(cwd, "generate", kind, ...SMALL, "--out", `${kind}-${out}`, ...more);

  it("gives the same data for the same seed, and others for another", async () => {
    await generate("a", "--seed", "1");
    await generate("again", "--seed", "1");
    await generate("other", "--seed", "2");
    for (const name of [inputs, "target.npy", "data.parquet", "truth/latents.npy", "truth/causal.npy"]) {
      expect(file(`${kind}-again`, name), name).toEqual(file(`${kind}-a`, name));
    }
    for (const name of [inputs, "target.npy", "truth/latents.npy", "truth/causal.npy"]) {
      expect(file(`${kind}-other`, name), name).not.toEqual(file(`${kind}-a`, name));
    }
    expect(file(`${kind}-other`, "config.yaml").toString()).toMatch(/seed: 2/);
  });

  it("prints JSON when asked to, and keeps what is in a folder", async () => {
    const { stdout } = await generate("json", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ rows: 40, tasks: 5, latents: 3 });
    const { status, stderr } = await generate("json");
    expect(status).toBe(2);
    expect(stderr).toMatch(/the folder is not empty/);
  });
});
