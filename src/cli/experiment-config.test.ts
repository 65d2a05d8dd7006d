import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { ConfigError, DataError } from "../errors.ts";
import { type ExperimentConfig, parseExperiment } from "../experiments/config.ts";
import { experiments } from "../experiments/experiments.ts";
import type { ExperimentFlags } from "./experiment.ts";
import { experimentConfig as configOf } from "./experiment-config.ts";

const folder = mkdtempSync(join(tmpdir(), "taskprism-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const flags = (more: Partial<ExperimentFlags>): ExperimentFlags => ({ json: false, quiet: false, seed: 0, ...more });

const experimentConfig = (name: string, given: ExperimentFlags) =>
  configOf({ shipped: experiments.get(name)?.config as ExperimentConfig, parse: parseExperiment }, given);

describe("experimentConfig", () => {
  it("changes the shipped configuration field by field, and leaves the shipped one as it is", async () => {
    const set = ["seeds=[7, 8]", "data.tasks=50", "cases.1.data.noise=student-t", "methods=[raw]"];
    const changed = await experimentConfig("robustness", flags({ set, seed: 10 }));
    expect(changed).toMatchObject({ seeds: [17, 18], methods: ["raw"], data: { tasks: 50, latentDim: 10 } });
    expect(changed.cases?.[1]).toEqual({ name: "Laplace noise", data: { noise: "student-t" } });
    const shipped = await experimentConfig("robustness", flags({}));
    expect(shipped).toMatchObject({ seeds: [0, 1, 2, 3, 4], data: { tasks: 200 } });
    const printed = file("printed.yaml", stringify(changed));
    expect(await experimentConfig("linear", flags({ config: printed }))).toEqual(changed);
  });

  it.each([
    ["data.tasks=many", /^data\.tasks: expected number, received string/],
    ["data.colour=1", /^data: Unrecognized key: "colour"/],
    ["seeds", /^--set seeds: it must be FIELD=VALUE/],
    ["seeds.0.x=1", /^--set seeds\.0\.x=1: 0 holds a value, not fields/],
    ["seeds=[1", /^--set seeds=\[1: /],
  ])("refuses --set %s", async (change, message) => {
    const refused = experimentConfig("linear", flags({ set: [change] }));
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(experimentConfig("linear", flags({ set: [change] }))).rejects.toThrow(message);
  });

  it.each([
    [
      "kind: linear\nseeds: [0]\nmethods: [raw]\ncases: [{ data: { noise: pink } }]\n",
      /bad\.yaml: cases\.0\.data\.noise: /,
    ],
    ["kind: [linear\n", /bad\.yaml: /],
    ["", /bad\.yaml: is empty/],
  ])("refuses a file of %j by its name", async (text, message) => {
    const config = file("bad.yaml", text);
    await expect(experimentConfig("linear", flags({ config }))).rejects.toThrow(DataError);
    await expect(experimentConfig("linear", flags({ config }))).rejects.toThrow(message);
  });

  it("refuses a case that there is not", async () => {
    await expect(experimentConfig("linear", flags({ case: ["zoo"] }))).rejects.toThrow(/its cases have no names/);
  });
});

describe("--methods", () => {
  it("keeps the methods named with all the options that they have there, and takes others as they are", async () => {
    const known = experiments.get("segments")?.config.methods ?? [];
    const ivae = known.find((choice) => typeof choice === "object" && choice.method === "ivae");
    expect(ivae).toHaveProperty("options.auxiliary", "task");
    const { methods } = await experimentConfig("segments", flags({ methods: ["ivae, pca", "nf-ivae"] }));
    expect(methods).toEqual([ivae, "pca", "nf-ivae"]);
  });
});
