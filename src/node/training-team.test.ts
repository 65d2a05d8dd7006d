import type { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { nonlinearData } from "../data/synthetic/nonlinear.ts";
import { architectureFor, inputScaler } from "../mtrn/architecture.ts";
import type { JointTraining } from "../mtrn/joint-training.ts";
import { fitMtrn, type MtrnFit } from "../mtrn/mtrn.ts";
import { type MtrnOptions, mtrnSettings } from "../mtrn/options.ts";
import type { TrainState, TrainStep } from "../nn/train.ts";
import { createRandom } from "../stats/random.ts";
import { standardiseTargets } from "../stats/target-scaling.ts";
import { trainingTeam } from "./training-team.ts";
import { WorkerError } from "./worker-error.ts";

const { data } = nonlinearData(
  { latentDim: 3, causalPerTask: 2, tasks: 12, rowsPerTask: 40, inputDim: 10 },
  createRandom(1),
);
const options: MtrnOptions = { latentDim: 3, hidden: [16], batchSize: 51, epochs: 3, heads: "joint" };

async function fitted(more: Partial<MtrnOptions>, resume?: TrainState, untilStep = Number.POSITIVE_INFINITY) {
  const run = fitMtrn(data, { ...options, ...more }, createRandom(2), resume);
  const steps: TrainStep[] = [];
  let state: TrainState | undefined;
  for (;;) {
    const { value, done } = await run.next();
    if (done) return { steps, state, fit: value as MtrnFit };
    steps.push(value);
    if (value.step === untilStep) state = value.state();
  }
}

/** Threads that have been started and have not ended. */
const running = new Set<Worker>();
let started = 0;
process.on("worker", (thread) => {
  started++;
  running.add(thread);
  thread.once("exit", () => running.delete(thread));
});

const losses = ({ steps }: { readonly steps: readonly TrainStep[] }) =>
  steps.map(({ loss, heldOutLoss }) => [loss, heldOutLoss]);

describe("a team of threads", () => {
  it("makes the training of one thread up to rounding, and every time the same bytes", async () => {
    const alone = await fitted({});
    const [team, again] = [await fitted({ team: trainingTeam(3) }), await fitted({ team: trainingTeam(3) })];
    expect(losses(again)).toEqual(losses(team));
    expect(again.fit.mtrn.weights).toEqual(team.fit.mtrn.weights);
    expect(team.steps).toHaveLength(alone.steps.length);
    // Single precision, over thirty updates.
    team.steps.forEach(({ loss }, k) => {
      expect(Math.abs(loss - (alone.steps[k]?.loss ?? Number.NaN))).toBeLessThan(1e-5);
    });
    expect(team.fit.heldOutLoss).toBeCloseTo(alone.fit.heldOutLoss ?? Number.NaN, 5);
    // They are not the same thing computed twice.
    expect(losses(team)).not.toEqual(losses(alone));
  });

  it("goes on from a state to the same bytes, after a stop that leaves no thread", async () => {
    const team = trainingTeam(2);
    started = 0;
    const whole = await fitted({ team }, undefined, 7);
    const stopped = fitMtrn(data, { ...options, team }, createRandom(2));
    for (let k = 0; k < 7; k++) await stopped.next();
    await stopped.return(undefined as never);
    expect(started).toBeGreaterThan(0);
    expect(running.size).toBe(0);
    const rest = await fitted({ team }, whole.state);
    expect(losses(rest)).toEqual(losses(whole).slice(7));
    expect(rest.fit.mtrn.weights).toEqual(whole.fit.mtrn.weights);
  });

  it("refuses what cannot be shared", async () => {
    await expect(fitted({ team: trainingTeam(2), heads: "ridge" })).rejects.toThrow(/"ridge"/);
    await expect(fitted({ team: trainingTeam(2), device: "webgpu" })).rejects.toThrow(/webgpu/);
    await expect(fitted({ team: trainingTeam(9), batchSize: 8 })).rejects.toThrow(
      /9 threads cannot share batches of 8 rows/,
    );
    expect(() => trainingTeam(1)).toThrow(/2 members/);
    expect(() => trainingTeam(100_000)).toThrow(/too many/);
  });

  const settings = mtrnSettings(options, data.targets);
  const training: JointTraining = {
    architecture: architectureFor(data.features, settings),
    featureScaler: inputScaler(data.features, settings),
    features: data.features,
    targets: standardiseTargets(data.targets).targets,
    rows: Int32Array.from({ length: 400 }, (_, i) => i),
    heldOut: new Int32Array(),
    settings,
    runtime: {},
    random: "1",
  };

  it("says which error a thread has met", async () => {
    // Rows that do not exist.
    const rows = Int32Array.of(100_000, 100_001);
    const team = await trainingTeam(2).start({ ...training, rows }, 10_000);
    await expect(team.exchange([new Float32Array(1)], [[new Float32Array(1)]])).rejects.toThrow(/gather.*out of/i);
    await team.leave();
    expect(running.size).toBe(0);
  });

  it("says that a thread is gone before its time", async () => {
    const ended = { ...training, settings: { ...settings, epochs: 0, schedule: "constant" as const } };
    const team = await trainingTeam(2).start(ended, 10_000);
    const meeting = team.exchange([new Float32Array(1)], [[new Float32Array(1)]]);
    await expect(meeting).rejects.toThrow(new WorkerError("a thread of the training ended before the training did"));
    await team.leave();
  });
});
