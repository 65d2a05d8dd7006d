import { beforeAll, describe, expect, it } from "vitest";
import { nonlinearData } from "../data/synthetic/nonlinear.ts";
import { canonicalCorrelation } from "../metrics/canonical-correlation.ts";
import { strongMcc } from "../metrics/mcc.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./file.ts";
import { type Fit, type FitOptions, type FitState, fitSteps } from "./fit.ts";

const { data, truth } = nonlinearData(
  { latentDim: 4, causalPerTask: 1, tasks: 60, rowsPerTask: 60, inputDim: 15 },
  createRandom(2),
);
const targets = data.targets as LongTargets;
const plain: FitOptions = { seed: 0, latentDim: 4, hidden: [64], epochs: 20, batchSize: 256, heads: "ridge" };
const refined: FitOptions = { ...plain, refine: true, refineRounds: 3, refineEpochs: 30, refineHidden: [64] };

async function drain(options: FitOptions, from = data, resume?: FitState, stopAt = 0) {
  const steps = fitSteps(from, options, resume);
  for (;;) {
    const { value, done } = await steps.next();
    if (done) return { fit: value as Fit };
    if (stopAt > 0 && value.stage === "refine" && value.step === stopAt) {
      const state = value.state();
      await steps.return(undefined as never);
      return { state };
    }
  }
}

const score = ({ fit }: { fit?: Fit }) => strongMcc((fit as Fit).latents, truth.latents, "pearson").score;

describe("refine", () => {
  let [before, after]: { fit?: Fit }[] = [{}, {}];
  beforeAll(async () => {
    before = await drain(plain);
    after = await drain(refined);
  });

  it("recovers the latents better than stage 1 does, and in shuffled targets finds none", async () => {
    expect(after.fit?.refinement?.updates).toBeGreaterThan(0);
    expect(score(after)).toBeGreaterThan(score(before));
    const smallest = [before, after].map(
      ({ fit }) => canonicalCorrelation((fit as Fit).latents, truth.latents).smallest,
    );
    expect(smallest[1]).toBeGreaterThan(smallest[0]);
    // The causal model fits better as well, and because the encoder was trained for it, that assures of nothing.
    const [first, second] = [before, after].map(({ fit }) => (fit as Fit).model.certificate);
    expect(second.fitRatio).toBeLessThan(first.fitRatio);
    expect(second).toMatchObject({ modelHolds: null, predictedMcc: null });
    expect(second.latents.map(({ predictedCorrelation }) => predictedCorrelation)).toEqual([null, null, null, null]);
    expect(second.latents[0].verdict).toMatch(/^not tested, stable to/);
    const { fitRatio, modelHolds, predictedMcc } = first;
    expect(second.beforeRefinement).toMatchObject({ fitRatio, modelHolds, predictedMcc });
    expect(second.verdict).toContain(first.verdict);

    const random = createRandom(7);
    const order = Array.from({ length: 60 }, (_, t) => Array.from(random.permutation(60), (i) => 60 * t + i)).flat();
    const values = Float64Array.from(order, (row) => targets.values[row]);
    const shuffled = await drain(refined, { ...data, targets: { ...targets, values } });
    expect(score(shuffled)).toBeLessThan(0.8);
  });

  it("changes nothing where held-out rows do not gain", async () => {
    // At this rate an encoder stays as random as it begins.
    const { fit: stuck } = await drain({ ...refined, refineEpochs: 1, refineRate: 1e-9 });
    expect(stuck?.refinement).toMatchObject({ updates: 0 });
    expect(stuck?.refinement?.updatesMade).toBeGreaterThan(0);
    expect(stuck?.refinement?.heldOutLoss).toBe(stuck?.refinement?.lossBefore);
    expect(stuck?.latents).toEqual(before.fit?.latents);
  });

  it.each([30, 700])(
    "goes on from a checkpoint of update %i, in the first round or the second, to the same model",
    async (at) => {
      const { state } = await drain(refined, data, undefined, at);
      expect(state?.refinement?.round).toBe(at > 390 ? 1 : 0);
      const bytes = encodeCheckpoint({ state: state as FitState, seed: 0, fingerprint: "" });
      const { fit: rest } = await drain(refined, data, decodeCheckpoint(bytes).state);
      expect(rest?.model).toEqual(after.fit?.model);
      expect(rest?.refinement).toEqual(after.fit?.refinement);
    },
  );

  it.each([
    [{ ...refined, holdOut: 0 }, /judged by held-out rows, and there are none; raise holdOut/],
    [{ ...refined, refineRounds: 0 }, /refineRounds must be a whole number of at least 1, got 0/],
    [{ ...refined, refineHidden: [64, 0.5] }, /refineHidden must be a whole number of at least 1, got 0.5/],
    [{ ...refined, refineRate: -1 }, /refineRate must be positive, got -1/],
    [{ ...plain, refineEpochs: 3 }, /refineEpochs is for refinement/],
  ])("is refused in one line where it cannot be had", async (options, message) => {
    await expect(drain({ ...options, epochs: 1 })).rejects.toThrow(message);
  });

  it("is refused for wide data", async () => {
    const values = { rows: 3600, cols: 4, data: truth.latents.data };
    const wide = { ...data, targets: { layout: "wide", values, taskNames: ["a", "b", "c", "d"] } as const };
    await expect(drain({ ...refined, latentDim: 2 }, wide)).rejects.toThrow(/refine is for long data/);
  });
});
