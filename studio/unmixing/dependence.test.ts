import { describe, expect, it } from "vitest";
import { linearData } from "../../src/data/synthetic/linear.ts";
import { unmixSteps } from "../../src/model/unmix.ts";
import type { SolverStep } from "../../src/mtlcm/mtlcm.ts";
import { createRandom } from "../../src/stats/random.ts";
import { dependenceOf, liveFrame } from "./dependence.ts";

const SIZES = { latentDim: 4, causalPerTask: 1, tasks: 40, rowsPerTask: 400, mixing: "orthogonal" } as const;

describe("the dependence of latents given the target, while stage 2 runs", () => {
  it("falls along every descent to what sampling alone leaves, √(1/n)", () => {
    const { representation, targets } = linearData(SIZES, createRandom(5));
    const descents: SolverStep[][] = [];
    let dependence: ReturnType<typeof dependenceOf> | undefined;
    for (const step of unmixSteps(representation, targets, {}, createRandom(1))) {
      if (step.stage === "moments") dependence = dependenceOf(step.representation, targets);
      if (step.stage !== "solve") continue;
      if (step.iteration === 0) descents.push([]);
      descents.at(-1)?.push(step);
    }
    const [first] = descents;
    const frames = (first as SolverStep[]).map((step) => liveFrame(step, dependence as NonNullable<typeof dependence>));
    const sampling = Math.sqrt(1 / SIZES.rowsPerTask);
    expect(frames[0]?.left).toBeGreaterThan(3 * sampling);
    expect(frames.at(-1)?.left).toBeLessThan(1.2 * sampling);
    for (const at of [0, 5, 10, 15]) expect(frames.at(-1)?.dependence[at]).toBeCloseTo(1, 6);
  });

  it("does not fall so far where an assumption is broken", () => {
    const { representation, targets } = linearData({ ...SIZES, confounding: 0.6 }, createRandom(5));
    let dependence: ReturnType<typeof dependenceOf> | undefined;
    let last: SolverStep | undefined;
    for (const step of unmixSteps(representation, targets, {}, createRandom(1))) {
      if (step.stage === "moments") dependence = dependenceOf(step.representation, targets);
      if (step.stage === "solve") last = step;
    }
    const { left } = liveFrame(last as SolverStep, dependence as NonNullable<typeof dependence>);
    expect(left).toBeGreaterThan(3 * Math.sqrt(1 / SIZES.rowsPerTask));
  });
});
