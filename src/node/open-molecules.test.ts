import { writeFileSync } from "node:fs";
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
