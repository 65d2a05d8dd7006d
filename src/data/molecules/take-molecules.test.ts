import { expect, it } from "vitest";
import { randomChain, structureOf } from "../../../test/molecules.ts";
import { createRandom } from "../../stats/random.ts";
import { describeStructures } from "./describe-structures.ts";
import { takeGraphs } from "./take-molecules.ts";

it("takes molecules as if only they had been described, in the order asked for", () => {
  const random = createRandom(1);
  const structures = Array.from({ length: 12 }, (_, i) => structureOf(randomChain(`m${i}`, random)));
  const rows = [7, 0, 0, 11];
  const all = describeStructures(structures, { cutoff: 2 }).graphs;
  const few = describeStructures(
    rows.map((row) => structures[row] as (typeof structures)[number]),
    { cutoff: 2 },
  ).graphs;
  expect(takeGraphs(all, rows)).toEqual(few);
  expect(takeGraphs(all, []).rows).toBe(0);
});
