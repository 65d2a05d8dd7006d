import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeModel } from "../../src/model/file.ts";
import { createRandom } from "../../src/stats/random.ts";
import { moved, randomChain, sdfText, type WrittenMolecule } from "../molecules.ts";
import { type Outcome, taskprism, temporaryFolder } from "./taskprism.ts";

const folder = temporaryFolder();
const random = createRandom(8);
const molecules = Array.from({ length: 160 }, (_, i) => randomChain(`mol_${i + 1}`, random));

/** Targets that follow from what the molecule is made of. */
function targetsOf({ atoms }: WrittenMolecule): number[] {
  const count = (symbol: string) => atoms.filter((atom) => atom.startsWith(symbol)).length;
  const [carbon, nitrogen, oxygen, hydrogen] = ["C", "N", "O", "H"].map(count) as [number, number, number, number];
  return [
    carbon + 0.5 * oxygen,
    nitrogen - oxygen,
    12 * carbon + 14 * nitrogen + 16 * oxygen + hydrogen,
    oxygen + 0.1 * hydrogen,
  ];
}

const table = (rows: readonly WrittenMolecule[]) =>
  ["mol_id,size,balance,mass,wetness", ...rows.map((row) => [row.name, ...targetsOf(row)].join(","))].join("\n");
const file = (name: string) => join(folder.path, name);
const run = (...args: string[]): Promise<Outcome> => taskprism(folder.path, ...args, "--quiet");
const columns = (name: string) =>
  readFileSync(file(name), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
const numbers = (rows: string[][], column: string) =>
  rows.slice(1).map((row) => Number(row[rows[0]?.indexOf(column) ?? -1]));
const TARGETS = ["--targets", "size,balance,mass,wetness"];
const ENERGIES = ["--targets", "energy,balance,wetness"];
/** What the atoms of a molecule add up to. */
const atoms = (m: WrittenMolecule) => (targetsOf(m)[2] as number) * -500;
const SHORT = ["--latent-dim", "2", "--epochs", "2", "--batch-size", "64"];

beforeAll(async () => {
  writeFileSync(file("all.sdf"), sdfText(molecules));
  writeFileSync(file("all.csv"), table(molecules));
  writeFileSync(file("moved.sdf"), sdfText(molecules.map(moved)));
  const energies = molecules.map((m, i) => `${m.name},${atoms(m) + Math.sin(i)},${targetsOf(m)[1]},${targetsOf(m)[3]}`);
  writeFileSync(file("energies.csv"), ["mol_id,energy,balance,wetness", ...energies].join("\n"));
  const { status, stderr } = await run(
    ...["fit", "all.sdf", "all.csv", ...TARGETS, "--encoder", "egnn", "--latent-dim", "2"],
    ...["--epochs", "60", "--batch-size", "32", "--learning-rate", "0.005", "--out", "runs/a"],
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

afterAll(() => folder.dispose());

describe("taskprism on molecules", () => {
  it("leaves an encoder of molecules, and latents with their names and SMILES", async () => {
    const model = decodeModel(readFileSync(file("runs/a/model.safetensors")));
    expect(model.mtrn?.architecture).toMatchObject({ kind: "egnn", inputDim: 11, edgeDim: 4, hidden: [64, 64] });
    expect(model.molecules).toEqual({ cutoff: 0, geometry: "3d" });
    const { status } = await run("transform", "runs/a", "all.sdf", "--out", "latents.csv");
    expect(status).toBe(0);
    const rows = columns("latents.csv");
    expect(rows[0]).toEqual(["row", "id", "smiles", "z0", "z1"]);
    expect(rows[1]?.slice(0, 2)).toEqual(["1", "mol_1"]);
    expect(rows.length).toBe(161);
    const { stdout } = await run("inspect", "runs/a");
    expect(stdout).toContain("EGNN 11-64-64-4");
  });

  it("gives the same latents to molecules that are turned, moved and listed in another order", async () => {
    await run("transform", "runs/a", "moved.sdf", "--out", "moved.csv");
    const [still, turned] = [columns("latents.csv"), columns("moved.csv")];
    for (const column of ["z0", "z1"]) {
      const after = numbers(turned, column);
      // Positions are written to four places, and latents are computed in float32.
      numbers(still, column).forEach((value, i) => {
        expect(Math.abs(value - (after[i] as number))).toBeLessThan(2e-3);
      });
    }
  });

  it("predicts targets that follow from the make-up of molecules, and adapts to a new one", async () => {
    const fresh = Array.from({ length: 60 }, (_, i) => randomChain(`new_${i + 1}`, random));
    writeFileSync(file("new.sdf"), sdfText(fresh));
    writeFileSync(file("new.csv"), table(fresh).replace("size,balance", "size2,balance2"));
    const predicted = await run("predict", "runs/a", "new.sdf", "--method", "heads", "--out", "predicted.csv");
    expect(predicted.status).toBe(0);
    const rows = columns("predicted.csv");
    expect(rows[0]?.slice(0, 6)).toEqual(["row", "id", "smiles", "size", "size_lower", "size_upper"]);
    const mass = fresh.map((molecule) => targetsOf(molecule)[2] as number);
    const mean = mass.reduce((a, b) => a + b) / mass.length;
    const residual = numbers(rows, "mass").reduce((sum, value, i) => sum + (value - (mass[i] as number)) ** 2, 0);
    expect(1 - residual / mass.reduce((sum, value) => sum + (value - mean) ** 2, 0)).toBeGreaterThan(0.9);

    const adapted = await run("adapt", "runs/a", "new.sdf", "new.csv", "--target", "size2", "--out", "runs/b");
    expect(adapted.status).toBe(0);
    expect(decodeModel(readFileSync(file("runs/b/model.safetensors"))).taskNames.at(-1)).toBe("size2");
  });

  it("fits energies relative to their atoms, and gives them back whole", async () => {
    const fit = ["fit", "all.sdf", "energies.csv", ...ENERGIES, ...SHORT, "--threads", "2", "--out", "runs/h"];
    expect((await run(...fit)).status).toBe(0);
    const model = decodeModel(readFileSync(file("runs/h/model.safetensors")));
    expect(model.atomReferences?.elements).toEqual([1, 6, 7, 8]);
    // Threads share the batches of molecules, so that their number belongs to what the model depends on.
    expect(model.provenance.configuration).toMatchObject({ threads: 2 });
    for (const method of ["heads", "posterior"]) {
      await run("predict", "runs/h", "all.sdf", "--method", method, "--out", "energies-out.csv");
      // Of energies that spread over tens of thousands, two epochs leave the sine wave.
      numbers(columns("energies-out.csv"), "energy").forEach((value, i) => {
        expect(Math.abs(value - atoms(molecules[i] as WrittenMolecule))).toBeLessThan(10);
      });
    }
    writeFileSync(file("later.csv"), table(molecules).replace("size,", "later,"));
    await run("adapt", "runs/h", "all.sdf", "later.csv", "--target", "later", "--out", "runs/j");
    await run("predict", "runs/j", "all.sdf", "--out", "both.csv");
    // The task that came later has no reference; the energy keeps its own.
    expect(Math.abs(numbers(columns("both.csv"), "energy")[0] as number)).toBeGreaterThan(1000);
    expect(Math.abs(numbers(columns("both.csv"), "later")[0] as number)).toBeLessThan(100);
  });

  it("draws molecules along every latent, beside charts of what is predicted", async () => {
    expect((await run("report", "runs/a")).status).toBe(0);
    const page = readFileSync(file("runs/a/report.html"), "utf8");
    for (const id of ["molecules-z0", "molecules-z1", "residuals"]) expect(page).toContain(`<figure id="${id}">`);
    expect(page.length).toBeLessThan(2e6);
    expect((await run("report", "runs/a", "--format", "svg", "--out", "charts")).status).toBe(0);
    const strip = readFileSync(file("charts/molecules-z1.svg"), "utf8");
    expect(strip.match(/role="graphics-symbol"/g)?.length).toBe(7);
    expect(strip).toMatch(/z1 (causes|is an effect of) .*(size|balance|mass|wetness) \([+−]/);
    expect(strip).not.toMatch(/var\(--|not drawn/);
  });

  it("keeps what it has read, and reads it once, for another table as well; takes targets as they are where asked to", async () => {
    const kept = () => readdirSync(file("runs/.taskprism"));
    const before = kept();
    const asTheyAre = ["fit", "all.sdf", "energies.csv", ...ENERGIES, ...SHORT, "--atom-references", "none"];
    expect((await run(...asTheyAre, "--seed", "1", "--out", "runs/c")).status).toBe(0);
    expect(decodeModel(readFileSync(file("runs/c/model.safetensors"))).atomReferences).toBeUndefined();
    expect(kept()).toEqual(before);
    await run("fit", "all.sdf", "all.csv", ...TARGETS, ...SHORT, "--cutoff", "3", "--out", "runs/d");
    expect(kept().length).toBe(before.length + 1);
    expect(decodeModel(readFileSync(file("runs/d/model.safetensors"))).molecules).toEqual({
      cutoff: 3,
      geometry: "3d",
    });
  });

  it("leaves out bad records and their rows where it may, and names the first where not", async () => {
    const text = sdfText(molecules).split("\n");
    const third = text.indexOf("mol_3");
    writeFileSync(file("bad.sdf"), text.with(third + 4, "   broken").join("\n"));
    const args = ["fit", "bad.sdf", "all.csv", ...TARGETS, ...SHORT, "--out", "runs/e"];
    const refused = await run(...args);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      new RegExp(
        `^taskprism: bad\\.sdf, record 3, line ${third + 5}: coordinate x of atom 1 should be a number and is 'broken'\\n$`,
      ),
    );
    expect(existsSync(file("runs/e"))).toBe(false);
    const taken = await taskprism(folder.path, ...args, "--skip-bad");
    expect(taken.status).toBe(0);
    expect(taken.stderr).toContain("note: 1 of 160 records are left out");
    await run("transform", "runs/e", "bad.sdf", "--skip-bad", "--out", "rest.csv");
    expect(columns("rest.csv").slice(2, 4).map((row) => row.slice(0, 2))).toEqual([["2", "mol_2"], ["4", "mol_4"]]); // biome-ignore format: two rows
  });

  it("reads SMILES, without positions where none are wanted", async () => {
    const smiles = columns("latents.csv")
      .slice(1)
      .map((row) => row[2]);
    const lines = molecules.map((molecule, i) => [smiles[i], ...targetsOf(molecule)].join(","));
    writeFileSync(file("smiles.csv"), ["structure,size,balance,mass,wetness", ...lines].join("\n"));
    const args = ["--smiles", "structure", "--geometry", "none", ...TARGETS, ...SHORT];
    expect((await run("fit", "smiles.csv", ...args, "--out", "runs/f")).status).toBe(0);
    expect((await run("transform", "runs/f", "smiles.csv", "--smiles", "structure", "--out", "s.csv")).status).toBe(0);
    expect(columns("s.csv")[0]).toEqual(["row", "smiles", "z0", "z1"]);
    const wrong = await run("fit", "smiles.csv", "--smiles", "structur", ...TARGETS, "--out", "runs/g");
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining("did you mean 'structure'?") });
  });

  it.each<[string, string[], string]>([
    ["an encoder for tables", ["fit", "all.sdf", "all.csv", ...TARGETS, "--encoder", "mlp"], "molecules need egnn"],
    ["no molecules", ["fit", "all.csv", ...TARGETS, "--encoder", "egnn"], "--encoder egnn needs molecules"],
    [
      "an option without molecules",
      ["fit", "all.csv", ...TARGETS, "--cutoff", "3"],
      "cutoff is for molecules, and there are none",
    ],
    [
      "a table of another length",
      ["fit", "new.sdf", "all.csv", ...TARGETS],
      "all.csv: has 160 rows and new.sdf has 60 molecules",
    ],
  ])("refuses %s in one line", async (_, args, line) => {
    const { status, stderr } = await run(...args, "--out", "runs/x");
    expect(stderr).toContain(line);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(status).toBe(2);
  });

  it("refuses to give one model the rows of another", async () => {
    const refused = await run("transform", "runs/a", "all.csv", "--out", "x.csv");
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("runs/a reads molecules") });
  });
});
