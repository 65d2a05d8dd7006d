import { describe, expect, it } from "vitest";
import { cellsOf } from "./cells.ts";
import { runCell } from "./run-cell.ts";

describe("runCell", () => {
  it("fits segments, of which FastICA finds the latents and their components do not", async () => {
    const data = { segments: 10, rowsPerSegment: 1000, latentDim: 3 };
    const cells = cellsOf({ kind: "segments", seeds: [1], methods: ["pca", "fast-ica"], data });
    const [pca, ica] = await Promise.all(cells.map(runCell));
    // Segments of the size of the shipped experiment: FastICA errs by a few 1/√10,000 = .01 in each direction.
    expect(ica?.scores?.pooledPearson).toBeGreaterThan(0.99);
    expect(pca?.scores?.pooledPearson).toBeLessThan(0.9);
    expect(ica?.scores?.causesAccuracy).toBeNull();
  });

  it("gives an iVAE and FastICA the options of their own, which move what they find", async () => {
    const data = { segments: 5, rowsPerSegment: 40, latentDim: 2 };
    const ivae = { method: "ivae", options: { auxiliary: "task", hidden: 8, learningRate: 0.01, steps: 20 } };
    const methods = [
      ivae,
      { ...ivae, label: "deeper", options: { ...ivae.options, depth: 2 } },
      "fast-ica",
      { method: "fast-ica", label: "cube", options: { contrast: "cube" } },
    ];
    const cells = cellsOf({ kind: "segments", seeds: [1], methods, data });
    const found = [];
    for (const cell of cells) found.push((await runCell(cell)).scores?.pooledPearson);
    expect(found.every((score) => score !== undefined)).toBe(true);
    expect(found[0]).not.toBe(found[1]);
    expect(found[2]).not.toBe(found[3]);
  });

  it("finds causes among the latents of any method by the collider rule when told so", async () => {
    const data = { latentDim: 4, tasks: 20, rowsPerTask: 200, targetNoise: [0.2, 0.4] as const, sigmaS: 0.5 };
    const oracle = { method: "oracle", options: { causes: "partial-correlation" } };
    const [cell] = cellsOf({ kind: "linear", seeds: [1], methods: [oracle], data });
    const { scores } = await runCell(cell as NonNullable<typeof cell>);
    // Half of the entries are causes: a guess is right in half.
    expect(scores?.causesAccuracy).toBeGreaterThan(0.8);
    const wrong = { ...oracle, options: { causes: "fisher" } };
    expect(() => cellsOf({ kind: "linear", seeds: [1], methods: [wrong], data })).toThrow(
      "expected one of partial-corr",
    );
  });

  it("reads what stage 1 makes of nonlinear data when told so", async () => {
    const data = { latentDim: 3, causalPerTask: 1, tasks: 40, rowsPerTask: 50, inputDim: 12 };
    const onStage1 = {
      method: "fast-ica",
      options: { on: "representation", epochs: 3, hidden: [32], contrast: "exp" },
    };
    const [cell] = cellsOf({ kind: "nonlinear", seeds: [1], methods: [onStage1], data });
    const { scores, error } = await runCell(cell as NonNullable<typeof cell>);
    expect(error).toBeNull();
    // Stage 1 identifies the latents up to a linear map, also after three passes well above what 3 of 12 inputs hold by chance.
    expect(scores?.weak).toBeGreaterThan(0.7);
    const [linear] = cellsOf({
      kind: "linear",
      seeds: [1],
      methods: [onStage1],
      data: { latentDim: 3, causalPerTask: 1 },
    });
    expect((await runCell(linear as NonNullable<typeof linear>)).error).toContain("there is no stage 1");
  });
});
