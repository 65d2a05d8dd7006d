import { describe, expect, it } from "vitest";
import { type SegmentData, segmentData } from "../data/synthetic/segments.ts";
import { matrix } from "../linalg/matrix.ts";
import { strongMcc } from "../metrics/mcc.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { type BaselineStep, fitBaseline } from "./baseline.ts";
import { type IvaeOptions, ivae } from "./ivae.ts";
import type { TrialState } from "./trials.ts";

const data = segmentData({ segments: 20, rowsPerSegment: 300, latentDim: 2 }, createRandom(1));

function segmentTargets({ segment }: SegmentData): LongTargets {
  const taskNames = Array.from({ length: 20 }, (_, t) => `segment ${t}`);
  return { layout: "long", values: new Float64Array(segment.length), task: segment, taskNames };
}

const options: IvaeOptions = {
  latentDim: 2,
  auxiliary: "task",
  hidden: 32,
  learningRate: 5e-3,
  priorMean: "zero",
  steps: 1200,
  batchSize: 128,
};
const small: IvaeOptions = { ...options, steps: 40, hidden: 8 };
const problem = { inputs: data.features, targets: segmentTargets(data) };

/** Runs a fit, at most to a step, and gives what it left. */
async function run(how: IvaeOptions, resume?: TrialState, until = Number.POSITIVE_INFINITY) {
  const steps = ivae.fitSteps(problem, how, createRandom(3), resume);
  let last: BaselineStep | undefined;
  for (let k = 0; k < until; k++) {
    const { value, done } = await steps.next();
    if (done) return { fit: value, last };
    last = value;
  }
  const state = last?.state?.();
  await steps.return(undefined as never);
  return { state, last };
}

describe("ivae", () => {
  it("recovers latents whose variances change between segments, and not when rows are told a wrong segment", async () => {
    const { latents } = await fitBaseline(ivae, problem, options, createRandom(3));
    const recovered = strongMcc(latents, data.latents, "pearson").score;
    const order = createRandom(7).permutation(data.segment.length);
    const targets = { ...problem.targets, task: data.segment.map((_, row) => data.segment[order[row]]) };
    const misled = await fitBaseline(ivae, { ...problem, targets }, options, createRandom(3));
    // The mixing leaves a raw correlation of about .8, and a rotation that nothing fixes cannot be told from it.
    expect(recovered).toBeGreaterThan(0.95);
    expect(strongMcc(misled.latents, data.latents, "pearson").score).toBeLessThan(0.9);
  }, 60_000);

  it("goes on from a state to the same weights, in the second member of a grid too", async () => {
    const grid = { ...small, priorMean: undefined };
    const whole = await run(grid);
    const { state } = await run(grid, undefined, 60);
    expect(state?.finished).toHaveLength(1);
    const resumed = await run(grid, state);
    expect(resumed.fit?.model.weights).toEqual(whole.fit?.model.weights);
    expect(resumed.fit?.trials).toEqual(whole.fit?.trials);
    const { trials, chosen } = whole.fit ?? { trials: [], chosen: -1 };
    expect(trials.map(({ settings }) => settings.priorMean)).toEqual(["zero", "learned"]);
    expect(trials[chosen].criterion).toBe(Math.min(...trials.map(({ criterion }) => criterion ?? 0)));
  }, 60_000);

  it("stops when its seconds are spent and says so", async () => {
    let calls = 0;
    const { fit } = await run({ ...small, maxSeconds: 20, elapsed: () => calls++ });
    expect(fit?.stoppedBy).toBe("seconds");
    // Seconds are spent at update 22, of the 32 that one run makes.
    expect(fit?.trials[0].steps).toBe(32);
    // Before the first pass no row has been judged: the file of a fit holds finite numbers only.
    expect(fit).toMatchObject({ chosen: 0, trials: [{ criterion: null }] });
  });

  it("transforms the rows of the fit to the same latents, and needs their targets", async () => {
    const { model, latents } = await fitBaseline(ivae, problem, small, createRandom(3));
    expect(await ivae.transform(model, problem)).toEqual(latents);
    await expect(ivae.transform(model, { inputs: problem.inputs })).rejects.toThrow("need its task and targets");
    await expect(ivae.transform(model, { ...problem, inputs: matrix(6000, 3) })).rejects.toThrow("2 columns, got 3");
    const wide = { layout: "wide", values: matrix(6000, 20), taskNames: problem.targets.taskNames } as const;
    await expect(ivae.transform(model, { ...problem, targets: wide })).rejects.toThrow("fitted to long targets");
  });

  it.each([
    [{ latentDim: 0 }, "latentDim must be a whole number of at least 1, got 0"],
    [{ decoderVariance: 0 }, "decoderVariance must be positive, got 0"],
    [{ holdOut: 1 }, "holdOut must be in (0, 1), got 1"],
  ])("refuses %o", async (wrong, message) => {
    await expect(fitBaseline(ivae, problem, { ...small, ...wrong }, createRandom(0))).rejects.toThrow(message);
  });
});
