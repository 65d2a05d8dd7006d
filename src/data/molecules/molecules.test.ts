import { describe, expect, it } from "vitest";
import { molfileLines, structureOf, written, xyzLines } from "../../../test/molecules.ts";
import { describeStructures } from "./describe-structures.ts";
import { joinGraphs, type MoleculeGraphs, NODE_FEATURES } from "./molecule-graphs.ts";
import { parseMolfile } from "./molfile.ts";
import { perceiveBonds } from "./perceive-bonds.ts";
import { RecordError, type Structure } from "./structure.ts";
import { structureFromSmiles } from "./structure-from-smiles.ts";
import { parseXyz } from "./xyz.ts";

const all = Object.values(written);

/** What `read` throws, as "line: problem". */
function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof RecordError) return `${error.line}: ${error.message}`;
    throw error;
  }
  return "none";
}

describe("parseMolfile", () => {
  it.each(all)("reads $name as it was written", (molecule) => {
    expect(parseMolfile(molfileLines(molecule), 1)).toEqual(structureOf(molecule));
  });

  it("reads charges from codes or from M  CHG, and numeric data fields", () => {
    const [title, stamp, blank, counts, ...rest] = molfileLines(written.water);
    const coded = [title, stamp, blank, counts, `${rest[0].slice(0, 36)}  3${rest[0].slice(39)}`, ...rest.slice(1)];
    expect(Array.from(parseMolfile(coded, 1).charges)).toEqual([1, 0, 0]);
    const listed = [
      ...coded.slice(0, -1),
      "M  CHG  2   2   1   3  -1",
      "M  END",
      "> <mu>",
      "1.85",
      "",
      ">  <note>",
      "wet",
    ];
    const { charges, properties } = parseMolfile(listed, 1);
    expect(Array.from(charges)).toEqual([0, 1, -1]);
    expect(properties).toEqual({ mu: 1.85 });
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    ["a number that is none", (l) => l.with(4, l[4].replace("0.1200", "0.12OO")), "14: coordinate z of atom 1 should be a number and is '0.12OO'"], // biome-ignore format: one case a line
    ["an unknown element", (l) => l.with(5, l[5].replace(" H ", " Qq")), "15: there is no element 'Qq'"],
    ["a bond to nowhere", (l) => l.with(7, "  1  9  1  0"), "17: a bond joins atom 9, but there are 3 atoms"],
    ["a bond to itself", (l) => l.with(7, "  2  2  1  0"), "17: a bond joins atom 2 with itself"],
    ["an impossible order", (l) => l.with(8, "  1  3  7  0"), "18: a bond is of order '7'; it should be 1, 2, 3 or 4"],
    ["V3000", (l) => l.with(3, l[3].replace("V2000", "V3000")), "13: is of version V3000; only V2000 can be read"],
    ["no atoms", (l) => l.with(3, l[3].replace("  3", "  0")), "13: has no atoms"],
    ["a counts line that is none", (l) => l.with(3, "three atoms"), "13: the number of atoms should be in this line and is 'thr'"], // biome-ignore format: one case a line
    ["a record cut short", (l) => l.slice(0, 6), "16: ends where atom 3 of 3 should follow"],
    ["no end", (l) => l.slice(0, -1), "19: ends where 'M  END' should follow"],
  ])("names the line of %s", (_, damage, expected) => {
    expect(problemOf(() => parseMolfile(damage(molfileLines(written.water)), 10))).toBe(expected);
  });
});

describe("parseXyz", () => {
  const withoutBonds = (structure: Structure) => ({ ...structure, bonds: null });

  it("reads plain frames, whose comment is a name", () => {
    const frame = xyzLines(written.formamide, "gdb_12");
    expect(parseXyz(frame, 1)).toEqual(withoutBonds(structureOf(written.formamide)));
  });

  it("reads the property line of QM9, with its way of writing powers of ten", () => {
    const numbers = "157.7118 157.70997 157.70699 0. 13.21 -0.3877 0.1171 0.5048 35.3641 0.044749";
    const energies = "-40.47893 -40.476062 -40.475117 -40.498597 6.46*^0";
    const { name, properties } = parseXyz(xyzLines(written.methane, `gdb 1\t${numbers} ${energies}`), 1);
    expect(name).toBe("gdb_1");
    expect(properties).toMatchObject({ A: 157.7118, mu: 0, alpha: 13.21, gap: 0.5048, U0: -40.47893, Cv: 6.46 });
  });

  it("reads extended XYZ by its layout of columns", () => {
    const comment = 'Properties=pos:R:3:species:S:1:charge:R:1 energy=-1.5 name="wet one" kind=a pbc="F F F"';
    const atoms = written.water.atoms.map((atom) => {
      const [symbol, ...place] = atom.split(" ");
      return [...place, symbol, "0.1"].join("  ");
    });
    const { name, properties, ...rest } = parseXyz(["3", comment, ...atoms], 1);
    const { name: _, properties: __, ...expected } = withoutBonds(structureOf(written.water));
    expect(rest).toEqual(expected);
    expect({ name, properties }).toEqual({ name: "wet one", properties: { energy: -1.5 } });
  });

  it.each([
    [["3x", "", "O 0 0 0"], "7: the number of atoms should be in this line and is '3x'"],
    [["2", "", "O 0 0 0"], "10: ends after 1 of 2 atoms"],
    [["1", "", "Xx 0 0 0"], "9: there is no element 'Xx'"],
    [["1", "", "O 0 zero 0"], "9: coordinate y of atom 1 should be a number and is 'zero'"],
    [["1", 'Properties=species:S:1:pos:R:3 pbc="T T T"', "O 0 0 0"], "8: is periodic; only molecules can be read"],
    [["1", "Properties=species:S:1", "O 0 0 0"], "8: Properties should name the columns species and pos"],
  ])("names the line of %j", (lines, expected) => {
    expect(problemOf(() => parseXyz(lines, 7))).toBe(expected);
  });
});

/** The edges of a molecule as sorted text. */
function edgesOf(graphs: MoleculeGraphs, row: number): string[] {
  const { edgeStart, source, target, edgeKind } = graphs;
  const edges = Array.from({ length: edgeStart[row + 1] - edgeStart[row] }, (_, k) => edgeStart[row] + k);
  return edges.map((e) => `${source[e]}-${target[e]}:${edgeKind[e]}`).sort();
}

function nodesOf({ nodes, nodeDim, atomStart }: MoleculeGraphs, row: number) {
  return Array.from({ length: atomStart[row + 1] - atomStart[row] }, (_, i) => {
    const at = (atomStart[row] + i) * nodeDim;
    return Object.fromEntries(NODE_FEATURES.map((name, j) => [name, nodes[at + j]]));
  });
}

describe("describeStructures", () => {
  const { graphs, smiles, failures } = describeStructures(all.map(structureOf), { cutoff: 0 });

  it("knows the molecules", () => {
    expect(failures).toEqual([]);
    expect(smiles).toEqual(["C", "O", "NC=O", "C#C", "c1c[o]cc1"]);
  });

  it("describes atoms: a flat nitrogen, a carbonyl, a triple bond and an aromatic ring", () => {
    const none = { H: 0, C: 0, N: 0, O: 0, F: 0, aromatic: 0, sp: 0, sp2: 0, sp3: 0, hydrogens: 0 };
    expect(nodesOf(graphs, 0)[0]).toEqual({ ...none, C: 1, Z: 6, sp3: 1, hydrogens: 4 });
    const [nitrogen, carbon, oxygen, hydrogen] = nodesOf(graphs, 2);
    expect(nitrogen).toEqual({ ...none, N: 1, Z: 7, sp2: 1, hydrogens: 2 });
    expect(carbon).toEqual({ ...none, C: 1, Z: 6, sp2: 1, hydrogens: 1 });
    expect(oxygen).toEqual({ ...none, O: 1, Z: 8, sp2: 1 });
    expect(hydrogen).toEqual({ ...none, H: 1, Z: 1 });
    expect(nodesOf(graphs, 3)[0]).toEqual({ ...none, C: 1, Z: 6, sp: 1, hydrogens: 1 });
    expect(nodesOf(graphs, 4)[0]).toEqual({ ...none, O: 1, Z: 8, aromatic: 1, sp2: 1 });
  });

  it("makes edges of bonds, both ways, aromatic ones of a kind of their own", () => {
    expect(edgesOf(graphs, 2)).toEqual(
      ["0-1:1", "0-3:1", "0-4:1", "1-2:2", "1-5:1", "1-0:1", "3-0:1", "4-0:1", "2-1:2", "5-1:1"].sort(),
    );
    expect(edgesOf(graphs, 4).filter((edge) => edge.endsWith(":4")).length).toBe(10);
  });

  it("adds the pairs within a cutoff", () => {
    // Hydrogens of water are 1.52 Å apart.
    const near = describeStructures([structureOf(written.water)], { cutoff: 1.6 }).graphs;
    expect(edgesOf(near, 0)).toEqual(["0-1:1", "0-2:1", "1-0:1", "1-2:0", "2-0:1", "2-1:0"]);
    const apart = describeStructures([structureOf(written.water)], { cutoff: 1.5 }).graphs;
    expect(edgesOf(apart, 0)).toEqual(edgesOf(graphs, 1));
  });

  it("finds the bonds of all of them from their geometry alone", () => {
    const bare = all.map((molecule) => ({ ...structureOf(molecule), bonds: null }));
    const found = describeStructures(bare, { cutoff: 0 });
    all.forEach((_, row) => {
      expect(edgesOf(found.graphs, row)).toEqual(edgesOf(graphs, row));
    });
    expect(found.graphs.nodes).toEqual(graphs.nodes);
    expect(() => perceiveBonds({ ...structureOf(written.water), positions: new Float32Array(9) })).toThrow(RecordError);
  });

  it("leaves out what it cannot describe, and says which and why", () => {
    const broken = { ...structureOf(written.water), bonds: null, positions: new Float32Array(9) };
    const result = describeStructures([structureOf(written.methane), broken, structureOf(written.ethyne)], {
      cutoff: 0,
    });
    expect(result.failures).toEqual([{ index: 1, problem: "atoms 1 and 2 are in one place" }]);
    expect(result.smiles).toEqual(["C", "C#C"]);
    expect(result.graphs.rows).toBe(2);
  });

  it("joins sets as if they had been described together", () => {
    const parts = [all.slice(0, 2), all.slice(2)].map((some) =>
      describeStructures(some.map(structureOf), { cutoff: 0 }),
    );
    expect(joinGraphs(parts.map((part) => part.graphs))).toEqual(graphs);
  });
});

describe("structureFromSmiles", () => {
  it("adds hydrogens, and no positions unless asked for", () => {
    const structure = structureFromSmiles("NC=O", "none");
    expect(describeStructures([structure], { cutoff: 0 }).smiles).toEqual(["NC=O"]);
    expect(structure.atomicNumbers.length).toBe(6);
    expect(structure.positions.every((x) => x === 0)).toBe(true);
  });

  it.each([
    ["C1CC", "dangling ring closure"],
    ["", "the SMILES is missing"],
    ["xx", "unknown element"],
  ])("says what is wrong with '%s'", (text, problem) => {
    expect(() => structureFromSmiles(text, "none")).toThrow(problem);
  });
});
