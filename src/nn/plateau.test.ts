import { describe, expect, it } from "vitest";
import { plateau } from "./plateau.ts";

/** factor 0.5, patience 1: the rate halves after two epochs in a row without improvement. */
const how = { factor: 0.5, patience: 1, least: 0.2 };

describe("plateau", () => {
  it("lowers the rate after more than `patience` epochs without improvement, and never below the least", () => {
    const watched = plateau(how);
    const factors = [3, 2, 2, 2, 2, 2, 2, 2, 1].map((loss) => {
      watched.observe(loss, true);
      return watched.factor();
    });
    // By hand: 3, 2 improve; 2 waits, 2 halves; 2 waits, 2 halves; the last pair only reaches the least.
    expect(factors).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2]);
  });

  it("compares means of epochs, takes negative losses, and goes on from its state", () => {
    const watched = plateau(how);
    for (const loss of [-1, -3]) watched.observe(loss, loss === -3);
    expect(watched.state()).toMatchObject({ best: -2, waited: 0, count: 0 });
    watched.observe(-2.0001, true);
    expect(watched.state().waited).toBe(1);
    const resumed = plateau(how, watched.state());
    resumed.observe(-1, true);
    expect(resumed.factor()).toBe(0.5);
  });
});
