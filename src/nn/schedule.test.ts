import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { constantRate, warmUpCosine } from "./schedule.ts";

describe("warmUpCosine", () => {
  it("gives the rates of PyTorch's LambdaLR for a warm-up of 10 and 50 updates in all", () => {
    const { base_lr: rate, warm_up: warmUp, cases } = golden("adam-cosine.json");
    const { lr } = cases.find(({ name }: { name: string }) => name === "warm_in_total_first_step_positive");
    const schedule = warmUpCosine({ rate, warmUp, total: 50 });
    goldenArray(lr).forEach((rate, step) => {
      expect(schedule(step)).toBeCloseTo(rate, 15);
    });
    expect(schedule(warmUp - 1)).toBe(rate);
    expect(schedule(50)).toBe(0);
  });

  it("refuses a warm-up that leaves nothing to decay over", () => {
    expect(() => warmUpCosine({ rate: 1, warmUp: 5, total: 5 })).toThrow(/warm-up/);
  });
});

describe("constantRate", () => {
  it("does not move", () => {
    expect([0, 7, 1e6].map(constantRate(0.25))).toEqual([0.25, 0.25, 0.25]);
  });
});
