import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readMatrix, readNumericTable } from "../../src/node/index.ts";
import { taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
afterAll(dispose);

const SMALL = ["--latents", "3", "--causes", "1", "--tasks", "5", "--rows", "8"];
const file = (...path: string[]) => readFileSync(join(cwd, ...path));

describe("taskprism generate", () => {
  it("takes the harder families, records every setting, and leaves the truth as tables too", async () => {
    const harder = [
      "--noise",
      "student-t",
      "--degrees-of-freedom",
      "4",
      "--causes",
      "1,3",
      "--target-noise",
      "0.1,0.2",
    ];
    const confounded = ["--confounding", "0.3", "--target-confounding", "0.4", "--sigma-s", "0.5", "--no-standardise"];
    const sizes = ["--tasks", "40", "--latents", "4", "--rows", "50", "--cause-size", "2", "--effect-size", "0.5"];
    const { status } = await taskprism(cwd, "generate", "linear", ...harder, ...confounded, ...sizes, "--out", "hard");
    expect(status).toBe(0);
    const { options } = parse(file("hard", "config.yaml").toString());
    expect(options).toEqual({
      ...{
        latentDim: 4,
        causalPerTask: [1, 3],
        tasks: 40,
        rowsPerTask: 50,
        causeSize: 2,
        effectSize: 0.5,
        sigmaS: 0.5,
      },
      ...{ targetNoise: [0.1, 0.2], noise: "student-t", degreesOfFreedom: 4, confounding: 0.3, targetConfounding: 0.4 },
      ...{ standardise: false, mixing: "random", sigmaObs: 0.01 },
    });
    const links = await readNumericTable(join(cwd, "hard", "truth", "links.parquet"));
    expect(links.columnNames).toEqual(["causal", "gamma", "weight", "target_noise"]);
    const causal = await readMatrix(join(cwd, "hard", "truth", "causal.npy"));
    const noise = await readMatrix(join(cwd, "hard", "truth", "target_noise.npy"));
    for (let at = 0; at < 160; at++) {
      expect(links.data[4 * at]).toBe(causal.data[at]);
      expect(links.data[4 * at + 3]).toBe(noise.data[Math.floor(at / 4)]);
    }
    expect(Math.max(...noise.data)).toBeLessThan(0.2);
    const latents = await readNumericTable(join(cwd, "hard", "truth", "latents.parquet"));
    expect(latents.columnNames).toEqual(["z0", "z1", "z2", "z3"]);
    expect(latents.data).toEqual((await readMatrix(join(cwd, "hard", "truth", "latents.npy"))).data);
  });

  it.each([
    [["--causes", "1,2,3"], /LOW,HIGH/],
    [
      ["--causes", "1,9"],
      /causalPerTask must be a whole number from 0 to latentDim \(3\), or a range of such, got \[1, 9\]/,
    ],
    [["--target-noise", "much"], /must be a number/],
    [["--degrees-of-freedom", "2"], /degreesOfFreedom must be a whole number of at least 3/],
  ])("refuses %o in one line", async (flags, message) => {
    const { status, stderr } = await taskprism(cwd, "generate", "linear", ...SMALL, ...flags, "--out", "refused");
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(join(cwd, "refused"))).toBe(false);
  });
});

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
