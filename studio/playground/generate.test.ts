import { describe, expect, it } from "vitest";
import { strongMcc } from "../../src/metrics/mcc.ts";
import { unmix, unmixSteps } from "../../src/model/unmix.ts";
import type { SolverStep } from "../../src/mtlcm/mtlcm.ts";
import { crossCorrelation } from "../../src/stats/correlation.ts";
import { createRandom } from "../../src/stats/random.ts";
import { descentOf, recoveryOf } from "../unmixing/recovery.ts";
import { generate } from "./generate.ts";
import { DEFAULTS } from "./settings.ts";

const settings = { ...DEFAULTS, latents: 4, tasks: 40, rows: 60 };

describe("generated data", () => {
  it("are recovered as they are, and not when the targets are dealt out anew", () => {
    const mccOf = (shuffled: boolean) => {
      const { observed, targets, truth } = generate({ ...settings, shuffled });
      const { latents } = unmix(observed, targets, {}, createRandom(0));
      return strongMcc(latents, truth.latents, "pearson").score;
    };
    expect(mccOf(false)).toBeGreaterThan(0.98);
    expect(mccOf(true)).toBeLessThan(0.9);
  });

  it("keep each task's targets when these are dealt out anew", () => {
    const [plain, shuffled] = [generate(settings), generate({ ...settings, shuffled: true })];
    const task = (values: Float64Array) => Array.from(values.subarray(60, 120));
    expect(task(shuffled.targets.values)).not.toEqual(task(plain.targets.values));
    expect(task(shuffled.targets.values).sort()).toEqual(task(plain.targets.values).sort());
  });
});

describe("the film of an unmixing", () => {
  const { observed, targets, truth } = generate(settings);
  const recovery = recoveryOf(observed, truth.latents);

  it("shows the correlations that the rows themselves have", () => {
    const { latents, mtlcm } = unmix(observed, targets, {}, createRandom(0));
    const fromRows = crossCorrelation(latents, truth.latents, "pearson").data.map(Math.abs);
    // From moments, the same sums in another order: equal but for rounding.
    recovery(mtlcm.unmixing).data.forEach((value, at) => {
      expect(value).toBeCloseTo(fromRows[at] as number, 9);
    });
  });

  it("ends on the diagonal", () => {
    const steps: SolverStep[] = [];
    for (const step of unmixSteps(observed, targets, {}, createRandom(0))) {
      if (step.stage === "solve" && step.start === 0) steps.push(step);
    }
    const { frames, truth: order } = descentOf(steps, recovery);
    const last = frames.at(-1);
    expect([...order]).toEqual([0, 1, 2, 3]);
    for (let j = 0; j < 4; j++) expect(last?.recovery[j * 5]).toBeGreaterThan(0.97);
    expect(last?.mcc).toBeCloseTo([0, 5, 10, 15].reduce((sum, at) => sum + (last?.recovery[at] ?? 0), 0) / 4, 5);
  });
});
