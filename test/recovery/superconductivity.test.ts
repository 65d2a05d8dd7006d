import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { taskprism, temporaryFolder } from "../cli/taskprism.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const data = resolve(root, process.env.TASKPRISM_DATA ?? "../shared/data", "superconductivity");
const present = existsSync(join(data, "train.csv.gz"));
if (!present)
  process.stdout.write(`skipped: no superconductivity tables in ${data}; TASKPRISM_DATA names their folder\n`);

const { path: cwd, dispose } = temporaryFolder();
afterAll(dispose);

describe.skipIf(!present)("superconductivity, all 21,263 materials", () => {
  it("gives three seeds the same latents, up to what the representations share", async () => {
    const tables = [join(data, "unique_m.csv.gz"), join(data, "train.csv.gz")];
    const roles = ["--features", "unique_m.*", "--targets", "train.*"];
    const drop = ["--drop", "unique_m.critical_temp,unique_m.material,train.number_of_elements"];
    // A quarter of the default number of updates: enough for the claim, and short enough for every test run.
    const training = ["--latent-dim", "10", "--epochs", "36"];
    const runs = ["0", "1", "2"];
    for (const seed of runs) {
      const { status, stderr } = await taskprism(
        cwd,
        "fit",
        ...tables,
        ...roles,
        ...drop,
        ...training,
        "--seed",
        seed,
        "--out",
        seed,
      );
      expect(stderr).toMatch(/left out of the features, the same in every row: He, Ne, Ar/);
      expect(status).toBe(0);
    }
    const { spread } = JSON.parse((await taskprism(cwd, "compare", ...runs, "--json")).stdout);
    expect(spread.strongPearson.median).toBeGreaterThan(0.955);
    expect(spread.strongPearson.median).toBeGreaterThan(spread.weak.median - 0.01);
  });
});
