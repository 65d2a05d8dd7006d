import { describe, expect, it } from "vitest";
import { matrix } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { latentLaws, lawLoss } from "./latent-laws.ts";

const random = createRandom(11);

/** Two latents in tasks of these numbers of rows: in task t the first is t + (t + 1) y + noise of .3, the second a law to itself. */
function rowsOf(counts: readonly number[]) {
  const task = Int32Array.from(counts.flatMap((n, t) => new Array<number>(n).fill(t)));
  const values = Float64Array.from(task, () => random.normal());
  const latents = matrix(task.length, 2);
  task.forEach((t, i) => {
    latents.data[2 * i] = t + (t + 1) * values[i] + 0.3 * random.normal();
    latents.data[2 * i + 1] = random.normal();
  });
  const targets: LongTargets = { layout: "long", values, task, taskNames: counts.map((_, t) => `t${t}`) };
  return { latents, targets, rows: Int32Array.from(task.keys()) };
}

describe("latentLaws", () => {
  it("are what the latents were made by", () => {
    const { latents, targets, rows } = rowsOf([5000, 5000]);
    const { intercept, slope, variance } = latentLaws(latents, targets, rows);
    // Standard errors: .3/√5000 = .004 and 1/√5000 = .014; of a variance of 1, √(2/5000) = .02.
    const near = (found: Float64Array, expected: readonly number[], tolerance: number) =>
      expected.forEach((value, k) => void expect(Math.abs(found[k] - value)).toBeLessThan(tolerance));
    near(intercept.data, [0, 0, 1, 0], 0.06);
    near(slope.data, [1, 0, 2, 0], 0.06);
    near(variance.data, [0.1, 1.01, 0.1, 1.01], 0.08);
  });

  it("borrow variance from other tasks where rows are few, and say nothing where there are next to none", () => {
    const { latents, targets, rows } = rowsOf([4000, 5, 3, 0]);
    const { intercept, slope, variance } = latentLaws(latents, targets, rows);
    // Two rows' worth of the others' .09 among the five, however these fall.
    expect(variance.data[2]).toBeGreaterThan(0.01 + (2 * 0.08) / 5);
    for (const t of [2, 3]) {
      expect([intercept, slope].flatMap(({ data }) => Array.from(data.slice(2 * t, 2 * t + 2)))).toEqual([0, 0, 0, 0]);
      expect(Array.from(variance.data.slice(2 * t, 2 * t + 2))).toEqual([1.01, 1.01]);
    }
  });

  it("find other rows likelier than laws of shuffled targets do", () => {
    const { latents, targets, rows } = rowsOf([200, 200, 200]);
    const [own, other] = [rows.filter((row) => row % 2 === 0), rows.filter((row) => row % 2 === 1)];
    const loss = lawLoss(latentLaws(latents, targets, own), latents, targets, other);
    // ½ (log .1 + .9) + ½: what the two laws cost a row that follows them.
    expect(Math.abs(loss - (Math.log(0.1) + 0.9 + 1) / 2)).toBeLessThan(0.15);
    const values = targets.values.map((_, i) => targets.values[(i + 7) % rows.length]);
    const shuffled = { ...targets, values };
    expect(lawLoss(latentLaws(latents, shuffled, own), latents, shuffled, other)).toBeGreaterThan(loss + 1);
  });
});
