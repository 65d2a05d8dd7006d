import { describe, expect, it } from "vitest";
import { fittedModel } from "../../../test/fitted-model.ts";
import { linearData } from "../../data/synthetic/linear.ts";
import type { FittedModel } from "../../model/fitted-model.ts";
import { createRandom } from "../../stats/random.ts";
import type { Chart } from "../chart.ts";
import { latentCertainty, latentLeakage } from "./certificate.ts";

const { representation, targets } = linearData(
  { latentDim: 3, causalPerTask: 1, tasks: 12, rowsPerTask: 40, mixing: "orthogonal" },
  createRandom(3),
);
const model = fittedModel(representation, targets, 1);

/** The model with other leakages in its certificate. */
function withLeakage(leakage: readonly (readonly (number | null)[] | undefined)[]): FittedModel {
  const latents = model.certificate.latents.map(({ leakage: _, ...latent }, i) => {
    const own = leakage[i];
    return own === undefined ? latent : { ...latent, leakage: own };
  });
  return { ...model, certificate: { ...model.certificate, latents } };
}

/** What a heat map draws. */
function drawn(chart: Chart | undefined) {
  if (chart === undefined || !("spec" in chart)) throw new Error("no heat map");
  return chart.spec as unknown as { data: { values: { row: string; column: string; value: number }[] } };
}

describe("the chart of leakage", () => {
  it("agrees with the correlations that the certificate predicts", () => {
    const { table } = latentLeakage(model) ?? { table: { rows: [] } };
    expect(table.rows).toHaveLength(3);
    const kept = model.certificate.latents.map(({ noiseShare }) => 1 - noiseShare);
    table.rows.forEach(([, ...leakage], i) => {
      const foreign = leakage.reduce((sum: number, value, j) => sum + kept[j] * Number(value) ** 2, 1 - kept[i]);
      const predicted = model.certificate.latents[i]?.predictedCorrelation ?? Number.NaN;
      expect(1 / Math.sqrt(1 + foreign / kept[i])).toBeCloseTo(predicted, 12);
      expect(leakage[i]).toBe(0);
    });
  });

  it("names the worst, and leaves empty what nothing bounds", () => {
    const chart = latentLeakage(
      withLeakage([
        [0, 0.1, null],
        [0.02, 0, 0.3],
        [0.01, 0.01, 0],
      ]),
    );
    expect(chart?.caption).toMatch(/Most leaks from z2 into z1: 0\.300\. Nothing bounds 1 of 6/);
    const { data } = drawn(chart);
    expect(data.values).toHaveLength(5);
    expect(data.values.find(({ row, column }) => row === "z1" && column === "z2")?.value).toBe(0.3);
    expect(chart?.table.rows[0]).toEqual(["z0", 0, 0.1, "unbounded"]);
  });

  it("is left out for fits that do not know it", () => {
    expect(latentLeakage(withLeakage([]))).toBeUndefined();
  });
});

describe("the chart of certainty", () => {
  it("shows a bootstrap's intervals less the noise of the latent", () => {
    const stability = { low: 0.9, median: 0.95, high: 0.99 };
    const latents = model.certificate.latents.map((latent) => ({
      ...latent,
      predictedCorrelation: 0.95,
      noiseShare: 0.19,
    }));
    const chart = latentCertainty({
      ...model,
      certificate: { ...model.certificate, latents },
      bootstrap: { level: 0.95, latents: latents.map(() => ({ stability, leakage: new Float64Array(3) })) },
    } as unknown as FittedModel);
    expect(chart?.table.columns).toEqual(["latent", "correlation", "from", "to"]);
    const [, , low, high] = chart?.table.rows[0] ?? [];
    expect(low).toBeCloseTo(0.81, 12);
    expect(high).toBeCloseTo(0.891, 12);
    expect(chart?.caption).toMatch(/95 % intervals of the bootstrap/);
    expect(latentCertainty(model)?.table.columns).toEqual(["latent", "correlation"]);
  });
});
