import { describe, expect, it } from "vitest";
import { linearData } from "../data/synthetic/linear.ts";
import { DataError } from "../errors.ts";
import { finish } from "../mtlcm/steps.ts";
import { groupMoments } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { MOMENT_GROUPS, unmix, unmixMomentsSteps } from "./unmix.ts";

const { representation, targets } = linearData(
  { latentDim: 3, causalPerTask: 1, tasks: 60, rowsPerTask: 50 },
  createRandom(4),
);

describe("unmixMomentsSteps", () => {
  it("gives, from the same groups, the bits that the rows gave", () => {
    const random = createRandom(7);
    const { latents: _, ...fromRows } = unmix(representation, targets, {}, random);
    const groups = groupMoments(representation, targets, MOMENT_GROUPS.long, random.split("groups"));
    expect(finish(unmixMomentsSteps(groups, "long", {}, random))).toEqual(fromRows);
  });

  it("refuses tasks that together have too few rows, and names one", () => {
    const groups = groupMoments(representation, targets, 2, createRandom(1));
    const thin = groups.map((group) => ({ ...group, count: group.count.map((n, t) => (t === 5 ? 1 : n)) }));
    const steps = unmixMomentsSteps(thin, "long", {}, createRandom(1));
    expect(() => finish(steps)).toThrow(
      new DataError(`task '${targets.taskNames[5]}' has 2 rows with a target; at least 3 are needed`),
    );
  });
});
