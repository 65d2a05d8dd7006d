import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createRandom } from "../../src/stats/random.ts";
import { randomChain, sdfText } from "../molecules.ts";
import { taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
afterAll(dispose);

const file = (...path: string[]) => join(cwd, ...path);
const experiment = (...args: string[]) => taskprism(cwd, "experiment", ...args);
const table = (...path: string[]) =>
  readFileSync(file(...path), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));

const QM9 = ["mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "u0", "u298", "h298", "g298", "cv"];
const SHORT = [
  "--set",
  "seeds=[0, 1]",
  "--set",
  "training.epochs=2",
  "--set",
  "training.batchSize=32",
  "--workers",
  "2",
];

beforeAll(() => {
  const random = createRandom(2);
  const molecules = Array.from({ length: 120 }, (_, i) => randomChain(`gdb_${i + 1}`, random));
  const values = molecules.map(({ name, atoms }) => {
    const count = (symbol: string) => atoms.filter((atom) => atom.startsWith(symbol)).length;
    const [c, n, o, h] = [count("C"), count("N"), count("O"), count("H")];
    const energy = -(38 * c + 54 * n + 75 * o + 0.5 * h) + 0.02 * random.normal();
    const own = QM9.slice(0, 7).map((_, t) => c + t * n - 0.3 * t * o + random.normal());
    return [name, ...own, energy, energy + 0.01 * h, energy + 0.02 * h, energy - 0.01 * o, c + h + random.normal()];
  });
  mkdirSync(file("qm9"));
  writeFileSync(file("qm9/gdb9.sdf"), sdfText(molecules));
  writeFileSync(file("qm9/gdb9.sdf.csv"), [["mol_id", ...QM9], ...values].map((row) => row.join(",")).join("\n"));

  mkdirSync(file("superconductivity"));
  const rows = Array.from({ length: 150 }, () => Array.from({ length: 5 }, () => random.normal()));
  const write = (name: string, head: string[], row: (x: number[], i: number) => (number | string)[]) =>
    writeFileSync(file("superconductivity", name), [head, ...rows.map(row)].map((line) => line.join(",")).join("\n"));
  write("unique_m.csv", ["Fe", "Cu", "O", "Ba", "critical_temp", "material"], (x, i) => [
    ...[...x.slice(0, 4), (x[0] as number) ** 2, `M${i}`],
  ]);
  write("train.csv", ["number_of_elements", "a", "b", "c", "critical_temp"], ([u = 0, v = 0, w = 0]) => [
    ...[4, u + v * v, v - w, u * w, u * u],
  ]);
});

describe("taskprism experiment on real data", () => {
  it("compares seeds and predicts molecules that no fit has seen, and goes on where it was", async () => {
    const args = ["qm9", "--data", "qm9", "--set", "latentDims=[2, 3]", ...SHORT];
    const one = await experiment(...args, "--set", "methods=[raw, mtlcm]", "--out", "run");
    expect(one.status).toBe(0);
    expect(one.stdout).toContain("subset: 120 molecules, fluorine-free; 12 targets");
    expect(one.stdout).toContain("108 rows are fitted to, 12 compared and predicted");
    expect(readdirSync(file("run/cells"))).toEqual(["seed0_d2-3.safetensors", "seed1_d2-3.safetensors"]);
    const pairs = table("run/pairs.csv");
    expect(pairs.slice(1).map((row) => row.slice(1, 5))).toEqual([
      ["2", "raw", "0", "1"],
      ["2", "mtlcm", "0", "1"],
      ["3", "raw", "0", "1"],
      ["3", "mtlcm", "0", "1"],
    ]);
    // Weak MCC belongs to the representation, whichever way it is turned.
    expect(Number(pairs[1]?.[7])).toBeCloseTo(Number(pairs[2]?.[7]), 6);
    // The edition of MoleculeNet has its energies in hartree. Of a spread of thousands of eV composition leaves the noise.
    const errors = table("run/errors.csv");
    const energy = errors.find((row) => row[1] === "u0") as string[];
    expect(energy[2]).toBe("eV");
    expect(Number(energy[5])).toBeLessThan(1.5);
    expect(Number(energy[3])).toBeLessThan(3);
    expect(Number(energy[6])).toBeGreaterThan(500);

    const text = readFileSync(file("run/table.md"), "utf8");
    const again = await experiment(...args, "--set", "methods=[raw, mtlcm]", "--out", "run");
    expect(again.stderr).toContain("2 of 2 trainings are there");
    expect(readFileSync(file("run/table.md"), "utf8")).toBe(text);
  });

  it("trains the paper's network once for every d, and says what is among its inputs", async () => {
    const args = ["superconductivity", "--data", "superconductivity", "--set", "latentDims=[2, 3]", ...SHORT];
    const done = await experiment(...args, "--set", "cases.1.training.epochs=2", "--json", "--out", "sc");
    expect(done.status).toBe(0);
    const { data, agreement, errors } = JSON.parse(done.stdout);
    expect(data[0]).toBe("default: subset: 150 rows, 4 inputs; 4 targets");
    expect(data[2]).toBe("paper, critical_temp among the inputs: subset: 150 rows, 5 inputs; 4 targets");
    expect(agreement.length).toBe(2 * 2 * 5);
    expect(errors.length).toBe(2 * 4);
    expect(readdirSync(file("sc/cells")).filter((name) => name.startsWith("paper")).length).toBe(4);
    expect(parse(readFileSync(file("sc/config.yaml"), "utf8"))).toMatchObject({ kind: "seeds", latentDims: [2, 3] });
  });

  it.each<[string, string[], RegExp]>([
    ["no data", ["--out", "x"], /--data is missing: name the folder that holds gdb9\.sdf or /],
    ["a folder without them", ["--data", "superconductivity", "--out", "x"], /the folder holds no gdb9\.sdf or /],
    ["one seed", ["--set", "seeds=[0]", "--data", "qm9", "--out", "x"], /seeds: two seeds or more are compared/],
  ])("refuses %s", async (_, args, message) => {
    const refused = await experiment("qm9", ...args);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(message);
    expect(existsSync(file("x"))).toBe(false);
  });
});
