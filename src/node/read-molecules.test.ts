import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/cli/taskprism.ts";
import { molfileLines, sdfText, structureOf, written, xyzLines } from "../../test/molecules.ts";
import { describeStructures } from "../data/molecules/describe-structures.ts";
import { ConfigError, DataError } from "../errors.ts";
import { type MoleculeSet, type ReadMoleculesOptions, readMolecules, readSmiles } from "./read-molecules.ts";

const all = Object.values(written);
const options: ReadMoleculesOptions = { cutoff: 0, geometry: "3d", skipBad: false };
const expected = describeStructures(all.map(structureOf), { cutoff: 0 });

async function drain<T>(steps: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const { value, done } = await steps.next();
    if (done) return value;
  }
}

const read = (path: string, more: Partial<ReadMoleculesOptions> = {}): Promise<MoleculeSet> =>
  drain(readMolecules([path], { ...options, ...more }));

/** A tar archive of files. */
function tar(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).map(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        0ustar\0", 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return Buffer.concat([header, Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const qm9 = (index: number) => `gdb ${index}\t${Array.from({ length: 15 }, (_, k) => k + index / 10).join(" ")}`;
const frames = all.map(
  (molecule, i) => `${xyzLines(molecule, qm9(i + 1)).join("\n")}\n1.0 2.0\nC\tC\nInChI=1\tInChI=1\n`,
);

beforeAll(() => {
  writeFileSync(at("all.sdf"), sdfText(all));
  writeFileSync(at("all.sdf.gz"), gzipSync(sdfText(all).replaceAll("\n", "\r\n")));
  writeFileSync(at("one.mol"), molfileLines(written.furan).join("\n"));
  writeFileSync(at("all.xyz"), all.map((molecule) => `${xyzLines(molecule, molecule.name).join("\n")}\n`).join(""));
  writeFileSync(at("frames.xyz"), frames.join(""));
  mkdirSync(at("folder"));
  frames.forEach((frame, i) => {
    writeFileSync(at(`folder/dsgdb9nsd_${i + 8}.xyz`), frame);
  });
  writeFileSync(at("folder/readme.txt"), "not a molecule");
  const members = Object.fromEntries(frames.map((frame, i) => [`xyz/${i}.xyz`, frame]));
  writeFileSync(at("all.tar.gz"), gzipSync(tar({ "readme.txt": "no molecule", ...members })));
});

afterAll(() => folder.dispose());

describe("readMolecules", () => {
  it.each(["all.sdf", "all.sdf.gz"])("reads %s: structures with their bonds, titles and order", async (name) => {
    const set = await read(at(name));
    expect(set.graphs).toEqual(expected.graphs);
    expect(set.smiles).toEqual(expected.smiles);
    expect(set.names).toEqual(all.map((molecule) => molecule.name));
    expect(set).toMatchObject({ records: 5, skipped: [], kept: Int32Array.of(0, 1, 2, 3, 4) });
  });

  it("forgets positions where it is asked to, and keeps the bonds", async () => {
    const { graphs } = await read(at("all.xyz"), { geometry: "none" });
    expect(graphs.positions.every((x) => x === 0)).toBe(true);
    expect(graphs.edgeStart).toEqual(expected.graphs.edgeStart);
  });

  it("reads a lone molfile", async () => {
    expect((await read(at("one.mol"))).smiles).toEqual(["c1c[o]cc1"]);
  });

  it.each(["all.xyz", "frames.xyz", "folder", "all.tar.gz"])("reads %s and finds the bonds", async (name) => {
    const { graphs, records } = await read(at(name));
    expect(graphs.nodes).toEqual(expected.graphs.nodes);
    expect(graphs.positions).toEqual(expected.graphs.positions);
    expect(graphs.edgeStart).toEqual(expected.graphs.edgeStart);
    expect(records).toBe(5);
  });

  it.each(["frames.xyz", "folder", "all.tar.gz"])("reads the properties in %s", async (name) => {
    const { properties, names } = await read(at(name));
    expect(names).toEqual(["gdb_1", "gdb_2", "gdb_3", "gdb_4", "gdb_5"]);
    expect(Array.from(properties.mu as Float64Array)).toEqual([3.1, 3.2, 3.3, 3.4, 3.5]);
    expect(Array.from(properties.Cv as Float64Array)).toEqual([14.1, 14.2, 14.3, 14.4, 14.5]);
  });

  it("gives the same from processes as from this one", async () => {
    const many = Array.from({ length: 300 }, (_, i) => all[i % 5] as (typeof all)[0]);
    writeFileSync(at("many.sdf"), sdfText(many));
    const stages = new Set<string>();
    const steps = readMolecules([at("many.sdf")], { ...options, workers: 2 });
    let next = await steps.next();
    for (; !next.done; next = await steps.next()) stages.add(next.value.stage);
    expect(next.value.graphs).toEqual(describeStructures(many.map(structureOf), { cutoff: 0 }).graphs);
    expect(stages).toEqual(new Set(["describe"]));
  });

  it("stops at a bad record, naming file, record and line", async () => {
    const text = sdfText(all).replace("    0.0000    0.7600", "    0.0000    0,7600");
    writeFileSync(at("bad.sdf"), text);
    const problem = "record 2, line 21: coordinate y of atom 2 should be a number and is '0,7600'";
    await expect(read(at("bad.sdf"))).rejects.toThrow(`${at("bad.sdf")}, ${problem}`);
    const set = await read(at("bad.sdf"), { skipBad: true });
    expect(set).toMatchObject({ records: 5, kept: Int32Array.of(0, 2, 3, 4) });
    expect(set.names).toEqual(["gdb_1", "gdb_12", "gdb_4", "gdb_52"]);
    expect(set.skipped).toEqual([`${at("bad.sdf")}, ${problem}`]);
  });

  it("finds the next frame of an XYZ file after a bad one", async () => {
    writeFileSync(
      at("bad.xyz"),
      ["3 atoms", "name", "O 0 0 0", ...xyzLines(written.methane, "m"), "2", "x", "H 0 0"].join("\n"),
    );
    const { smiles, skipped, records } = await read(at("bad.xyz"), { skipBad: true });
    expect(smiles).toEqual(["C"]);
    expect(records).toBe(3);
    expect(skipped).toEqual([
      `${at("bad.xyz")}, record 1, line 1: the number of atoms should be in this line and is '3 atoms'`,
      `${at("bad.xyz")}, record 3, line 13: coordinate z of atom 1 should be a number and is ''`,
    ]);
  });

  it("says what a molecule lacks that can be read but not described", async () => {
    writeFileSync(at("clash.xyz"), "2\nclash\nH 0 0 0\nH 0 0 0.1\n");
    await expect(read(at("clash.xyz"))).rejects.toThrow("clash.xyz, record 1: atoms 1 and 2 are in one place");
  });

  it("refuses what holds no molecules, or cannot be unpacked", async () => {
    mkdirSync(at("empty"));
    await expect(read(at("empty"))).rejects.toThrow(new DataError("holds no molecule", { source: at("empty") }));
    await expect(read(at("missing.sdf"))).rejects.toThrow("missing.sdf: no such file");
    await expect(read(at("all.tar.bz2"))).rejects.toThrow(ConfigError);
    writeFileSync(at("cut.sdf.gz"), gzipSync(sdfText(all)).subarray(0, 200));
    await expect(read(at("cut.sdf.gz"))).rejects.toThrow(/cut\.sdf\.gz: is cut short/);
    writeFileSync(at("cut.tar"), tar({ "a.xyz": frames[0] as string }).subarray(0, 700));
    await expect(read(at("cut.tar"))).rejects.toThrow(/cut\.tar: is cut short/);
    writeFileSync(at("no.tar"), Buffer.alloc(1024, 7));
    await expect(read(at("no.tar"))).rejects.toThrow(/no\.tar: is not a sound tar archive/);
  });
});

describe("readSmiles", () => {
  const column = { source: "table.csv", column: "smiles" };
  const flat: ReadMoleculesOptions = { ...options, geometry: "none" };

  it("makes molecules of a column, and names the row of one that is none", async () => {
    const set = await drain(readSmiles(["C", "O", "NC=O"], column, flat));
    expect(set.smiles).toEqual(["C", "O", "NC=O"]);
    expect(Array.from(set.graphs.atomStart)).toEqual([0, 5, 8, 14]);
    await expect(drain(readSmiles(["C", null], column, flat))).rejects.toThrow(
      "table.csv, row 2, column 'smiles': the SMILES is missing",
    );
    const rest = await drain(readSmiles(["C1", "CC", null, "CO"], column, { ...flat, skipBad: true }));
    expect(rest.smiles).toEqual(["CC", "CO"]);
    expect(Array.from(rest.kept)).toEqual([1, 3]);
    expect(rest.skipped.length).toBe(2);
  });

  it("stops when it is asked to, few as they may be", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(drain(readSmiles(["C", "O"], column, { ...flat, signal }))).rejects.toThrow("enough");
  });

  it("names the row of a text that is none among those that get positions, however they are divided", async () => {
    const texts = Array.from({ length: 70 }, (_, i) => (i === 66 ? "xx" : "C"));
    const place = { source: "table.csv", column: "smiles" };
    await expect(drain(readSmiles(texts, place, options))).rejects.toThrow(/table\.csv, row 67, column 'smiles'/);
    const { kept, graphs } = await drain(readSmiles(texts, place, { ...options, skipBad: true }));
    expect([...kept]).toEqual([...texts.keys()].filter((i) => i !== 66));
    expect(graphs.rows).toBe(69);
  });

  it("gives them positions: bonds as long as they are", async () => {
    const { graphs } = await drain(readSmiles(["CO"], column, { ...options, geometry: "3d" }));
    const { source, target, positions, nodes, nodeDim } = graphs;
    const lengths = Array.from(source, (a, e) => {
      const b = target[e] as number;
      const heavy = [a, b].every((atom) => nodes[atom * nodeDim] === 0);
      const along = [0, 1, 2].map((axis) => (positions[3 * a + axis] as number) - (positions[3 * b + axis] as number));
      return { heavy, length: Math.hypot(...along) };
    });
    // OpenChemLib's lengths are those of crystal structures: C–O 1.41 Å, C–H .98 Å, O–H .84 Å.
    for (const { heavy, length } of lengths) expect(Math.abs(length - (heavy ? 1.41 : 0.91))).toBeLessThan(0.1);
  });
});
