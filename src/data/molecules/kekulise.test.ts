import { describe, expect, it } from "vitest";
import { describeStructures } from "./describe-structures.ts";
import { AROMATIC, kekulise } from "./kekulise.ts";
import type { Bonds, Structure } from "./structure.ts";
import { structureFromSmiles } from "./structure-from-smiles.ts";

/** The molecule with the bonds between atoms that `isRing` accepts marked aromatic, as some files have them. */
function marked(smiles: string, isRing = (atom: number, count: number) => atom < count): Structure & { bonds: Bonds } {
  const structure = structureFromSmiles(smiles, "none");
  const bonds = structure.bonds as Bonds;
  const heavy = structure.atomicNumbers.filter((number) => number > 1).length;
  const order = bonds.order.map((own, k) =>
    isRing(bonds.first[k], heavy) && isRing(bonds.second[k], heavy) ? AROMATIC : own,
  );
  return { ...structure, bonds: { ...bonds, order } };
}

describe("kekulise", () => {
  it.each([
    ["pyrrole", "c1cc[nH]c1"],
    ["imidazole", "c1c[nH]cn1"],
    ["pyrazole", "c1cn[nH]c1"],
    ["benzene", "c1ccccc1"],
    ["indole", "c1ccc2[nH]ccc2c1"],
    ["pyridinium", "c1cc[nH+]cc1"],
    ["cyclopentadienide", "[cH-]1cccc1"],
  ])("lets a file's %s be written as what it is", (_, smiles) => {
    const [expected] = describeStructures([structureFromSmiles(smiles, "none")], { cutoff: 0 }).smiles;
    const structure = marked(smiles);
    expect(describeStructures([structure], { cutoff: 0 }).smiles).toEqual([expected]);
    const { order } = kekulise(structure, structure.bonds) as Bonds;
    expect(order.includes(AROMATIC)).toBe(false);
  });

  it("finds nothing where a hydrogen is missing", () => {
    const structure = marked("c1cc[nH]c1");
    const { first, second } = structure.bonds;
    // Without its last hydrogen carbon has a valence to spare.
    const kept = [...first.keys()].filter((k) => Math.max(first[k], second[k]) < structure.atomicNumbers.length - 1);
    const bonds = {
      first: Uint16Array.from(kept, (k) => first[k]),
      second: Uint16Array.from(kept, (k) => second[k]),
      order: Uint8Array.from(kept, (k) => structure.bonds.order[k]),
    };
    expect(kekulise(structure, bonds)).toBe(null);
  });
});
