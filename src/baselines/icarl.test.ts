import { describe, expect, it } from "vitest";
import { linearData } from "../data/synthetic/linear.ts";
import { matrix } from "../linalg/matrix.ts";
import { strongMcc } from "../metrics/mcc.ts";
import { createRandom } from "../stats/random.ts";
import { fitBaseline } from "./baseline.ts";
import { colliderCauses } from "./collider-causes.ts";
import { icarl, predictByIcarl } from "./icarl.ts";
import { inferLatents } from "./infer-latents.ts";

const { representation, targets } = linearData(
  {
    ...{ latentDim: 3, causalPerTask: 2, tasks: 10, rowsPerTask: 100, mixing: "orthogonal" },
    ...{ standardise: false, targetNoise: [0.2, 0.4] },
  },
  createRandom(1),
);
const options = { latentDim: 3, hidden: 24, learningRate: 5e-3, steps: 400, statistics: 0, level: 0.01 };

describe("icarl", () => {
  it("joins its phases: causes are those of its latents, and new rows are predicted without their targets", async () => {
    const data = { inputs: representation, targets };
    const { model, latents } = await fitBaseline(icarl, data, options, createRandom(2));
    expect(model.causes).toEqual(colliderCauses(latents, targets, { level: 0.01 }));
    // What the decoder says of a row is what the encoder, which knows the target as well, says of it.
    const inferred = await inferLatents(model.representation, representation);
    expect(strongMcc(inferred, latents, "pearson").score).toBeGreaterThan(0.97);
    const predicted = await predictByIcarl(model, representation, targets.task);
    const error = predicted.reduce((sum, y, row) => sum + (y - (targets.values[row] ?? Number.NaN)) ** 2, 0);
    const spread = targets.values.reduce((sum, y) => sum + y * y, 0);
    expect(error / spread).toBeLessThan(1);
    await expect(predictByIcarl(model, matrix(2, 5), targets.task)).rejects.toThrow("fitted to 3 columns, got 5");
  }, 30_000);

  it("refuses wide data, where no task has rows of its own", async () => {
    const wide = { layout: "wide", values: matrix(4, 2), taskNames: ["a", "b"] } as const;
    const fit = fitBaseline(icarl, { inputs: matrix(4, 3), targets: wide }, options, createRandom(0));
    await expect(fit).rejects.toThrow("in long data; for its latents alone use nf-ivae");
  });
});
