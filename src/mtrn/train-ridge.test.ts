import { describe, expect, it } from "vitest";
import { nonlinearData } from "../data/synthetic/nonlinear.ts";
import { canonicalCorrelation } from "../metrics/canonical-correlation.ts";
import type { TrainState, TrainStep } from "../nn/train.ts";
import { createRandom } from "../stats/random.ts";
import { fitMtrn, type MtrnFit } from "./mtrn.ts";
import type { MtrnOptions } from "./options.ts";

const { data, truth } = nonlinearData(
  { latentDim: 4, causalPerTask: 1, tasks: 60, rowsPerTask: 60, inputDim: 15 },
  createRandom(2),
);
const options: MtrnOptions = { latentDim: 4, hidden: [64], epochs: 12, batchSize: 256, heads: "ridge" };

async function drain(how: MtrnOptions, from = data, resume?: TrainState, stopAt = 0) {
  const steps = fitMtrn(from, how, createRandom(0), resume);
  for (;;) {
    const next = await steps.next();
    if (next.done) return { fit: next.value as MtrnFit, state: undefined };
    if (next.value.step === stopAt) return { fit: undefined, state: next.value.state() };
  }
}

describe("heads: ridge", () => {
  it("recovers more of the latents than heads trained jointly, in as many passes", async () => {
    const { fit: ridge } = await drain(options);
    const { fit: joint } = await drain({ ...options, heads: "joint" });
    const found = [ridge, joint].map((fit) => canonicalCorrelation(fit?.representation as never, truth.latents));
    expect(found[0].mean).toBeGreaterThan(found[1].mean + 0.02);
    expect(found[0].smallest).toBeGreaterThan(found[1].smallest);
  });

  it("has a held-out loss that shuffled targets do not reach", async () => {
    const { targets } = data;
    if (targets.layout !== "long") throw new Error("generated data are long");
    const random = createRandom(7);
    const shuffledRow = Array.from({ length: 60 }, (_, t) =>
      Array.from(random.permutation(60), (i) => 60 * t + i),
    ).flat();
    const values = Float64Array.from(shuffledRow, (row) => targets.values[row]);
    const { fit: real } = await drain(options);
    const { fit: shuffled } = await drain(options, { ...data, targets: { ...targets, values } });
    expect(real?.heldOutLoss).toBeLessThan(0.05);
    // ½ is what predicting the mean leaves of a standardised target.
    expect(shuffled?.heldOutLoss).toBeGreaterThan(0.4);
  });

  it("tells its loss in the units of the held-out one", async () => {
    const told: TrainStep[] = [];
    for await (const step of fitMtrn(data, { ...options, headPenalty: 0.01 }, createRandom(0))) told.push(step);
    const judged = told.filter(({ heldOutLoss }) => heldOutLoss !== undefined);
    for (const { loss } of told) expect(loss).toBeGreaterThan(0);
    expect(told.at(-1)?.loss).toBeLessThan((told[0] as TrainStep).loss);
    // Heads fit the rows that they are solved on better than those held out, though not by an order of magnitude.
    for (const { loss, heldOutLoss } of judged.slice(-3)) {
      expect(loss).toBeGreaterThan(0.1 * (heldOutLoss as number));
      expect(loss).toBeLessThan(heldOutLoss as number);
    }
  });

  it("goes on from a state to the same weights", async () => {
    const { fit: whole } = await drain(options);
    const { state } = await drain(options, data, undefined, 80);
    const { fit: rest } = await drain(options, data, state);
    expect(rest).toEqual(whole);
    const { fit: again } = await drain(options, data, whole?.state);
    expect(again).toEqual(whole);
  });

  it("is refused for wide data, in one line that says what would do", async () => {
    const values = { rows: 3600, cols: 4, data: truth.latents.data };
    const wide = { ...data, targets: { layout: "wide", values, taskNames: ["a", "b", "c", "d"] } as const };
    await expect(drain({ ...options, latentDim: 2 }, wide)).rejects.toThrow(/heads.*long data.*joint/);
  });
});
