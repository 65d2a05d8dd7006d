import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Molecule, Resources } from "openchemlib";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/random.ts";
import { distanceBounds } from "./distance-bounds.ts";
import { generateConformer } from "./generate-conformer.ts";
import { embedByProximity, stress } from "./proximity-embedding.ts";
import { structureFromSmiles } from "./structure-from-smiles.ts";

const folder = createRequire(import.meta.url).resolve("openchemlib");
Resources.register(readFileSync(new URL("resources.json", `file://${folder}`), "utf8"));

/** The SMILES of the isomer that positions alone, without what was read, describe. */
function isomerAt(smiles: string): string {
  const { atomicNumbers, positions, bonds, charges } = structureFromSmiles(smiles, "3d");
  const molecule = new Molecule(atomicNumbers.length, bonds?.order.length ?? 0);
  atomicNumbers.forEach((number, i) => {
    const atom = molecule.addAtom(number);
    molecule.setAtomCharge(atom, charges[i]);
    molecule.setAtomX(atom, positions[3 * i]);
    molecule.setAtomY(atom, positions[3 * i + 1]);
    molecule.setAtomZ(atom, positions[3 * i + 2]);
  });
  const kinds = [0, Molecule.cBondTypeSingle, Molecule.cBondTypeDouble, Molecule.cBondTypeTriple];
  bonds?.order.forEach((order, k) => {
    molecule.setBondType(molecule.addBond(bonds.first[k], bonds.second[k]), kinds[order]);
  });
  return molecule.toIsomericSmiles();
}

const canonical = (smiles: string) => Molecule.fromSmiles(smiles).toIsomericSmiles();

describe("generateConformer", () => {
  it.each([
    ["a stereo centre", "C[C@H](N)O", "C[C@@H](N)O"],
    ["a double bond", "C/C=C/O", "C/C=C\\O"],
    ["fused rings", "C1C[C@H]2CC[C@@H]2O1", "C1C[C@@H]2CC[C@@H]2O1"],
    ["a charged bridge", "C[C@@H]1C[N@@H+]1C", "C[C@@H]1C[N@H+]1C"],
  ])("gives either isomer its own positions: %s", (_, one, other) => {
    expect(canonical(one)).not.toBe(canonical(other));
    for (const smiles of [one, other]) expect(isomerAt(smiles)).toBe(canonical(smiles));
  });

  it("gives the same text the same positions, and one atom too", () => {
    const [first, second] = [0, 1].map(() => structureFromSmiles("OCC1CC1", "3d").positions);
    expect(first).toEqual(second);
    expect(structureFromSmiles("[Cl-]", "3d").positions.length).toBe(3);
  });

  // Experimental geometries: Hellwege (ed.), Landolt-Börnstein II/7; MMFF94 is within .02 Å and 2° of such.
  it.each<[string, string, readonly (readonly [number, number, number])[]]>([
    ["ethyne, linear", "C#C", [[0, 1, 1.203], [0, 3, 2.26]]], // biome-ignore format: one molecule a line
    ["methanol", "CO", [[0, 1, 1.427]]],
    ["benzene, para distance", "c1ccccc1", [[0, 1, 1.397], [0, 3, 2.794]]], // biome-ignore format: one molecule a line
  ])("has distances as measured: %s", (_, smiles, distances) => {
    const { positions: x } = structureFromSmiles(smiles, "3d");
    for (const [a, b, expected] of distances) {
      const found = Math.hypot(...[0, 1, 2].map((k) => x[3 * a + k] - x[3 * b + k]));
      expect(Math.abs(found - expected)).toBeLessThan(0.03);
    }
  });

  it("has another way where the force field does not know an element", () => {
    expect(generateConformer(Molecule.fromSmiles("CB(C)C"))?.getAllAtoms()).toBe(13);
  });
});

describe("embedByProximity", () => {
  it("ends within the bounds, from where it began far outside", () => {
    const molecule = Molecule.fromSmiles("CCCC1CC1O");
    molecule.addImplicitHydrogens();
    molecule.ensureHelperArrays(Molecule.cHelperRings);
    const bounds = distanceBounds(molecule);
    const random = createRandom(3);
    const start = Float64Array.from({ length: 3 * bounds.atoms }, () => 6 * (random.uniform() - 0.5));
    expect(stress(start, bounds)).toBeGreaterThan(50);
    expect(stress(embedByProximity(bounds, [], random), bounds)).toBeLessThan(0.5);
  });
});
