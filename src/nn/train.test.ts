import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { add, mul, square, sub } from "../graph/elementwise.ts";
import { gather } from "../graph/indexing.ts";
import { mean } from "../graph/reductions.ts";
import { input } from "../graph/tensor.ts";
import { createRandom } from "../stats/random.ts";
import { constantRate, warmUpCosine } from "./schedule.ts";
import type { TrainState, TrainStep } from "./train.ts";
import { type TrainOptions, train } from "./train.ts";
import type { Objective } from "./training-session.ts";

/** f(x, y) = (1 − x)² + 10 (y − x²)², whatever the rows. */
const rosenbrock: Objective = {
  parameters: [
    { name: "x", shape: [], bound: 0 },
    { name: "y", shape: [], bound: 0 },
  ],
  data: {},
  loss: ({ x, y }) => add(square(sub(1, x)), mul(square(sub(y, square(x))), 10)),
};

/** Mean squared distance of one number to the values of the rows: the minimum is their mean. */
function locationOf(values: Float64Array): Objective {
  const tensor = input("values", "float64", [values.length]);
  return {
    parameters: [{ name: "centre", shape: [], bound: 1 }],
    data: { values: { tensor, values } },
    loss: ({ centre }, rows) => mean(square(sub(gather(tensor, rows), centre))),
  };
}

const options = (rows: number, heldOut: number, more: Partial<TrainOptions> = {}): TrainOptions => ({
  rows: Int32Array.from({ length: rows }, (_, i) => i),
  heldOut: Int32Array.from({ length: heldOut }, (_, i) => rows + i),
  batchSize: 4,
  epochs: 10,
  patience: 10,
  schedule: () => constantRate(0.05),
  dtype: "float64",
  ...more,
});

async function drain(objective: Objective, how: TrainOptions, seed = 1) {
  const steps: TrainStep[] = [];
  const run = train(objective, how, createRandom(seed));
  for (;;) {
    const { value, done } = await run.next();
    if (done) return { steps, result: value };
    steps.push(value);
  }
}

describe("train", () => {
  it("follows PyTorch's Adam with warm-up and cosine decay, update by update", async () => {
    const { base_lr: rate, warm_up: warmUp, start, cases } = golden("adam-cosine.json");
    const expected = cases.find(({ name }: { name: string }) => name === "warm_in_total_first_step_positive");
    const path = goldenArray(expected.params);
    const zero = Object.fromEntries(["x:m", "x:v", "y:m", "y:v"].map((name) => [name, new Float64Array(1)]));
    const weights = { x: Float64Array.of(start[0]), y: Float64Array.of(start[1]) };
    const how = options(1, 0, {
      batchSize: 1,
      epochs: 50,
      schedule: (total) => warmUpCosine({ rate, warmUp, total }),
      resume: { step: 0, weights, moments: zero, best: null },
    });
    const states = [];
    for await (const { step, state } of train(rosenbrock, how, createRandom(0))) {
      if (expected.steps.includes(step)) states.push(state().weights);
    }
    expect(states).toHaveLength(5);
    states.forEach(({ x, y }, i) => {
      // 1e-12: fifty updates of float64 arithmetic in another order.
      expect(Math.abs(x[0] - path[2 * (i + 1)])).toBeLessThan(1e-12);
      expect(Math.abs(y[0] - path[2 * (i + 1) + 1])).toBeLessThan(1e-12);
    });
  });

  it("finds the minimum from minibatches and takes the held-out loss after every epoch", async () => {
    const values = Float64Array.from({ length: 50 }, (_, i) => 3 + Math.sin(i));
    const target = values.slice(0, 40).reduce((total, v) => total + v, 0) / 40;
    const schedule = (total: number) => warmUpCosine({ rate: 0.2, warmUp: 5, total });
    const { result: last } = await drain(locationOf(values), options(40, 0, { epochs: 60, schedule }));
    expect(Math.abs(last.weights.centre[0] - target)).toBeLessThan(0.05);
    const { steps, result } = await drain(locationOf(values), options(40, 10, { epochs: 60, patience: 60, schedule }));
    const losses = steps.flatMap(({ heldOutLoss }) => heldOutLoss ?? []);
    expect(losses).toHaveLength(60);
    expect(result.heldOutLoss).toBe(Math.min(...losses));
  });

  it("stops when the held-out loss has not improved for `patience` epochs and returns the best weights", async () => {
    // The training rows pull the centre to 5, the held-out rows want 1: the loss on them falls, then rises.
    const values = Float64Array.from({ length: 50 }, (_, i) => (i < 40 ? 5 : 1));
    const { steps, result } = await drain(locationOf(values), options(40, 10, { epochs: 100, patience: 3 }));
    expect(result.stoppedEarly).toBe(true);
    expect(steps.length).toBe(result.step + 30);
    expect(Math.abs(result.weights.centre[0] - 1)).toBeLessThan(0.5);
  });

  it("is not stopped by one held-out row far from the others", async () => {
    // The far row makes the mean held-out loss rise from the first step on, whatever is learned.
    const values = Float64Array.from({ length: 600 }, (_, i) => (i === 599 ? -1e4 : 5));
    const schedule = (total: number) => warmUpCosine({ rate: 0.2, warmUp: 5, total });
    const { result } = await drain(locationOf(values), options(400, 200, { epochs: 2, patience: 1, schedule }));
    expect(Math.abs(result.weights.centre[0] - 5)).toBeLessThan(0.1);
  });

  it.each([1, 4, 10])(
    "goes on from a state exactly as if it had not stopped, %i updates a run",
    async (updatesPerRun) => {
      const values = Float64Array.from({ length: 50 }, (_, i) => Math.cos(7 * i));
      const how = options(37, 13, { updatesPerRun });
      const whole = await drain(locationOf(values), how);
      let halfway: TrainState | undefined;
      for await (const { step, state } of train(locationOf(values), how, createRandom(1))) {
        if (step === 43) {
          halfway = state();
          break;
        }
      }
      // Runs end with the epochs, which have ten updates.
      expect(halfway?.step).toBe({ 1: 43, 4: 44, 10: 50 }[updatesPerRun]);
      const rest = await drain(locationOf(values), { ...how, resume: halfway });
      expect(rest.steps.map(({ loss }) => loss)).toEqual(whole.steps.slice(halfway?.step).map(({ loss }) => loss));
      expect(rest.result).toEqual(whole.result);
    },
  );

  it("gives the same bytes however many updates a run makes", async () => {
    const values = Float64Array.from({ length: 50 }, (_, i) => Math.cos(7 * i));
    const plateau = { factor: 0.5, patience: 0, least: 1e-3 };
    const [one, ...others] = await Promise.all(
      [1, 3, 10, undefined].map((updatesPerRun) =>
        drain(locationOf(values), options(37, 13, { plateau, ...(updatesPerRun && { updatesPerRun }) })),
      ),
    );
    const shown = ({ steps, result }: typeof one) => [steps.map(({ state: _, ...step }) => step), result];
    for (const other of others) expect(shown(other)).toEqual(shown(one));
  });

  it("says at which update the loss stopped being finite", async () => {
    const values = Float64Array.of(1, 2, Number.NaN, 4);
    await expect(drain(locationOf(values), options(4, 0))).rejects.toThrow(/NaN at update 1/);
  });
});
