import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/cli/taskprism.ts";
import { sdfText, written } from "../../test/molecules.ts";
import { readMoleculeData } from "./molecule-table.ts";
import { openMolecules } from "./open-molecules.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const all = Object.values(written);
const table = (names: readonly string[]) => ["mol_id,size", ...names.map((name, i) => `${name},${i}`)].join("\n");
const description = { cutoff: 0, geometry: "3d" } as const;

beforeAll(() => {
  writeFileSync(at("all.sdf"), sdfText(all));
  writeFileSync(at("all.csv"), table(all.map(({ name }) => name)));
  writeFileSync(at("mixed.csv"), table(all.map(({ name }) => name).toReversed()));
  writeFileSync(at("short.csv"), table(["one", "two"]));
});
afterAll(() => folder.dispose());

/** The data set of these files, as a fit reads it. */
async function data(files: readonly string[], targets: string, more: object = {}) {
  const request = { ...description, skipBad: false, cacheFolder: at("cache"), ...more };
  const steps = openMolecules({ paths: files.map(at), ...request });
  let step = await steps.next();
  while (!step.done) step = await steps.next();
  try {
    return (await readMoleculeData(step.value, { targets: [targets] }, description)).data;
  } finally {
    step.value.close();
  }
}

describe("openMolecules", () => {
  it("goes on with conformers where it was stopped, by a bad row for one, and keeps nothing twice", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i === 35 ? "xx" : i < 32 ? "C" : "O"},${i}`);
    writeFileSync(at("smiles.csv"), ["smiles,size", ...rows].join("\n"));
    const cache = join(at("conformers"), ".taskprism");
    const more = { smiles: "smiles", cacheFolder: at("conformers") };
    await expect(data(["smiles.csv"], "size", more)).rejects.toThrow("smiles.csv, row 36, column 'smiles': 'xx'");
    const [parts] = readdirSync(cache);
    expect(parts).toMatch(/\.parts$/);
    expect(readdirSync(join(cache, parts as string)).sort()).toEqual(["part-0.safetensors", "part-1.safetensors"]);
    // Part 0 is used as it is: emptied, it would be refused.
    const emptied = join(cache, parts as string, "part-0.safetensors");
    const bytes = readFileSync(emptied);
    writeFileSync(emptied, "");
    await expect(data(["smiles.csv"], "size", { ...more, skipBad: true })).rejects.toThrow(/part-0\.safetensors/);
    writeFileSync(emptied, bytes);
    const { features, smiles } = await data(["smiles.csv"], "size", { ...more, skipBad: true });
    expect(features.rows).toBe(39);
    expect([smiles[31], smiles[32]]).toEqual(["C", "O"]);
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/\.safetensors$/)]);
  });

  it("puts the rows of a table beside the molecules", async () => {
    const { features, targets, rowNames } = await data(["all.sdf", "all.csv"], "size");
    expect(features.rows).toBe(all.length);
    expect(rowNames).toEqual(all.map(({ name }) => name));
    expect(targets.taskNames).toEqual(["size"]);
  });

  it.each<[string, string[], string, object, RegExp]>([
    [
      "a cutoff without positions",
      ["all.sdf", "all.csv"],
      "size",
      { cutoff: 3, geometry: "none" },
      /^a cutoff needs the positions of the atoms$/,
    ],
    [
      "a table of another length",
      ["all.sdf", "short.csv"],
      "size",
      {},
      new RegExp(`short\\.csv: has 2 rows and .*all\\.sdf has ${all.length} molecules`),
    ],
    [
      "a table in another order",
      ["all.sdf", "mixed.csv"],
      "size",
      {},
      new RegExp(
        `mixed\\.csv, row 1, column 'mol_id': is '${all.at(-1)?.name}', but the molecule of record 1 is '${all[0]?.name}'`,
      ),
    ],
    ["targets that nobody gives", ["all.sdf"], "mu", {}, /^targets: the files of molecules give no 'mu'$/],
    ["a packed archive", ["all.tar.bz2"], "size", {}, /all\.tar\.bz2: unpack it first, to \.tar or to a folder/],
  ])("refuses %s", async (_, files, targets, more, message) => {
    // biome-ignore format: one case a line
    await expect(data(files, targets, more)).rejects.toThrow(message);
  });
});
