import { describe, expect, it } from "vitest";
import { membersHere } from "../../test/team.ts";
import { mtrnObjective } from "../mtrn/objective.ts";
import { createRandom } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { mlp } from "./mlp.ts";
import { constantRate } from "./schedule.ts";
import type { Team } from "./team.ts";
import { type TrainOptions, type TrainResult, type TrainState, type TrainStep, train } from "./train.ts";
import type { Objective } from "./training-session.ts";

const ROWS = 90;
const [inputDim, tasks] = [6, 4];
const { normal } = createRandom(3);
const features = Float64Array.from({ length: ROWS * inputDim }, () => normal());
const taskNames = ["a", "b", "c", "d"];
const long: Targets = {
  layout: "long",
  values: Float64Array.from({ length: ROWS }, () => normal()),
  task: Int32Array.from({ length: ROWS }, (_, i) => i % tasks),
  taskNames,
};
/** Every third target is missing, so that shares of a batch differ in how many there are. */
const gappy: Targets = {
  layout: "wide",
  values: {
    rows: ROWS,
    cols: tasks,
    data: Float64Array.from({ length: ROWS * tasks }, (_, at) => (at % 3 === 0 || at < 60 ? Number.NaN : normal())),
  },
  taskNames,
};

const options: TrainOptions = {
  rows: Int32Array.from({ length: 60 }, (_, i) => i),
  heldOut: Int32Array.from({ length: 30 }, (_, i) => 60 + i),
  batchSize: 16,
  epochs: 4,
  patience: 4,
  schedule: () => constantRate(0.01),
  dtype: "float64",
};

async function drain(targets: Targets, team?: Team, resume?: TrainState, untilStep = Number.POSITIVE_INFINITY) {
  const objective = mtrnObjective(mlp({ inputDim, hidden: [9], featureDim: 3 }), features, targets, "float64");
  const run = train(objective, { ...options, team, resume }, createRandom(1));
  const steps: TrainStep[] = [];
  let state: TrainState | undefined;
  for (;;) {
    const { value, done } = await run.next();
    if (done) return { steps, state, result: value as TrainResult };
    steps.push(value);
    if (value.step === untilStep) state = value.state();
  }
}

const together = (targets: Targets, size: number, resume?: TrainState, untilStep?: number) =>
  Promise.all(membersHere(size).map((team) => drain(targets, team, resume, untilStep)));

describe("a team", () => {
  it.each([
    ["long targets", long, 2],
    ["long targets, three members", long, 3],
    ["wide targets of which some are missing", gappy, 2],
  ] as const)("makes the training that one would make alone: %s", async (_, targets, size) => {
    const [alone, members] = [await drain(targets), await together(targets, size)];
    expect(alone.steps).toHaveLength(16);
    const figures = ({ steps }: typeof alone) =>
      steps.flatMap(({ loss, heldOutLoss = [] }) => [loss].concat(heldOutLoss));
    const expected = figures(alone);
    for (const member of members) {
      // Sixteen updates of double precision, whose sums are added up in another order.
      figures(member).forEach((loss, i) => {
        expect(Math.abs(loss - expected[i])).toBeLessThan(1e-12);
      });
      expect(member.result).toEqual(members[0].result);
      expect(figures(member)).toEqual(figures(members[0]));
    }
  });

  it("goes on from a state exactly as if it had not stopped", async () => {
    const [whole] = await together(long, 2, undefined, 6);
    expect(whole.state?.step).toBe(6);
    const [rest] = await together(long, 2, whole.state);
    expect(rest.steps.map(({ loss }) => loss)).toEqual(whole.steps.slice(6).map(({ loss }) => loss));
    expect(rest.result).toEqual(whole.result);
  });

  it("refuses a loss that does not add up over rows", async () => {
    const objective: Objective = { parameters: [], data: {}, loss: () => undefined as never };
    const [team] = membersHere(2);
    await expect(train(objective, { ...options, team }, createRandom(1)).next()).rejects.toThrow(/added up/);
  });
});
