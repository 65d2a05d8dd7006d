import { describe, expect, it } from "vitest";
import { randomChain, structureOf, written } from "../../../test/molecules.ts";
import { matrix } from "../../linalg/matrix.ts";
import { createRandom } from "../../stats/random.ts";
import type { LongTargets, WideTargets } from "../../stats/targets.ts";
import { fitAtomReferences, hasReference, referenceOf, withoutReferences } from "./atom-references.ts";
import { describeStructures } from "./describe-structures.ts";

const random = createRandom(3);
const chains = Array.from({ length: 300 }, (_, i) => randomChain(`m${i}`, random));
const { graphs } = describeStructures(chains.map(structureOf), { cutoff: 0 });

const count = (i: number, symbol: string) => chains[i].atoms.filter((atom) => atom.startsWith(symbol)).length;
/** Hartree energies of atoms, roughly, in eV: sums of them hide whatever is not composition. */
const energy = (i: number) => 5 - 1030 * count(i, "C") - 1480 * count(i, "N") - 2040 * count(i, "O");
const rest = chains.map(() => random.normal());
const taskNames = ["energy", "plain"];
const targets: WideTargets = {
  layout: "wide",
  taskNames,
  values: matrix(
    chains.length,
    2,
    Float64Array.from(chains.flatMap((_, i) => [energy(i) + rest[i], rest[i] + 0.3 * count(i, "O")])),
  ),
};

describe("atom references", () => {
  it("takes only what composition is a large part of, and leaves what is beside composition", () => {
    const references = fitAtomReferences(graphs, targets, "auto");
    if (references === null) throw new Error("none");
    expect(references.elements).toEqual([1, 6, 7, 8]);
    expect([0, 1, 2].map((t) => hasReference(references, t))).toEqual([true, false, false]);
    const relative = (withoutReferences(targets, references, graphs) as WideTargets).values.data;
    const mean = rest.reduce((sum, value) => sum + value / rest.length, 0);
    const off = chains.map((_, i) => relative[2 * i] - (rest[i] - mean));
    // Five coefficients are fitted to 300 standard normal rests: the rest moves by √(5/300), a twentieth of an atom's 1000 eV.
    expect(Math.sqrt(off.reduce((sum, value) => sum + value ** 2 / off.length, 0))).toBeLessThan(0.25);
    chains.forEach((_, i) => {
      expect(relative[2 * i + 1]).toBe(targets.values.data[2 * i + 1]);
      expect(relative[2 * i] + referenceOf(references, graphs, 0)[i]).toBeCloseTo(targets.values.data[2 * i], 8);
    });
  });

  it("takes all, none, and long targets by their own rows", () => {
    expect(fitAtomReferences(graphs, targets, "none")).toBeNull();
    const all = fitAtomReferences(graphs, targets, "all");
    expect(all && hasReference(all, 1)).toBe(true);
    const long: LongTargets = {
      layout: "long",
      taskNames,
      task: Int32Array.from(chains, (_, i) => i % 2),
      values: Float64Array.from(chains, (_, i) => targets.values.data[2 * i + (i % 2)]),
    };
    const references = fitAtomReferences(graphs, long, "auto");
    if (references === null) throw new Error("none");
    const { values } = withoutReferences(long, references, graphs) as LongTargets;
    expect(values[1]).toBe(long.values[1]);
    expect(Math.abs(values[0])).toBeLessThan(6);
  });

  it("leaves a target that is composition and nothing else, and one that is missing everywhere but in few rows", () => {
    const pure: WideTargets = {
      layout: "wide",
      taskNames: ["pure"],
      values: matrix(
        chains.length,
        1,
        Float64Array.from(chains, (_, i) => energy(i)),
      ),
    };
    expect(fitAtomReferences(graphs, pure, "all")).toBeNull();
    const values = Float64Array.from(targets.values.data);
    for (let i = 200; i < 300; i++) values[2 * i] = Number.NaN;
    const ragged = { ...targets, values: matrix(chains.length, 2, values) };
    const references = fitAtomReferences(graphs, ragged, "auto");
    expect(references && hasReference(references, 0)).toBe(true);
    expect(Number.isNaN(references && referenceOf(references, graphs, 0)[250])).toBe(false);
  });

  it("does not know elements that no molecule had", () => {
    const references = fitAtomReferences(graphs, targets, "auto");
    const fluoride = { ...written.methane, atoms: [...written.methane.atoms.slice(0, 4), "F -0.63 0.63 -0.63"] };
    const { graphs: fresh } = describeStructures([structureOf(written.methane), structureOf(fluoride)], { cutoff: 0 });
    const sums = references && referenceOf(references, fresh, 0);
    expect(sums?.[0]).toBeCloseTo(5 - 1030, -1);
    expect(sums?.[1]).toBeNaN();
  });
});
