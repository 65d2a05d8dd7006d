import { describe, expect, it } from "vitest";
import { ConfigError } from "../../errors.ts";
import { seedCases, seedCells } from "./cells.ts";
import { parseSeedExperiment } from "./config.ts";
import { qm9 } from "./qm9.ts";
import { superconductivity } from "./superconductivity.ts";

describe("parseSeedExperiment", () => {
  it.each([qm9, superconductivity])("takes what comes with the package", (config) => {
    expect(parseSeedExperiment(structuredClone(config))).toEqual(config);
  });

  it.each<[string, object, RegExp]>([
    ["one seed", { seeds: [0] }, /^seeds: two seeds or more are compared/],
    ["a seed twice", { seeds: [0, 1, 0] }, /^seeds: one of them occurs twice/],
    ["a method that is none", { methods: ["ica"] }, /^methods\.0: /],
    ["a label twice", { methods: ["raw", { method: "pca", label: "raw" }] }, /^methods: one of them occurs twice/],
    [
      "an option that a method lacks",
      { methods: [{ method: "sparse-heads", options: { depth: 2 } }] },
      /^methods: sparse-heads: options: .*"depth"/,
    ],
    ["networks on molecules", { methods: ["nf-ivae"] }, /^methods: nf-ivae reads tables of numbers/],
    ["an unknown option", { training: { epoch: 3 } }, /^training: .*"epoch"/],
    ["a share of all", { testShare: 1 }, /^testShare: /],
    ["another kind", { kind: "linear" }, /^kind: expected seeds/],
  ])("refuses %s", (_, change, message) => {
    const refused = () => parseSeedExperiment({ ...qm9, ...change });
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(message);
  });
});

describe("seedCells", () => {
  it("trains once for all d, but for each d where the features are as many as the latents", () => {
    const [usual] = seedCases(qm9);
    expect(usual && seedCells(qm9, usual, "f").length).toBe(5);
    const [paper] = seedCases({ ...qm9, training: { preset: "paper" } });
    const cells = paper ? seedCells(qm9, paper, "f") : [];
    expect(cells.map(({ latentDims }) => latentDims).slice(0, 4)).toEqual([[5], [6], [7], [8]]);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(20);
    expect(paper && seedCells(qm9, paper, "g")[0]?.id).not.toBe(cells[0]?.id);
  });
});
