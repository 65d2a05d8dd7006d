import { describe, expect, it } from "vitest";
import { matrix } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { headVariances } from "./head-variance.ts";

/** Two tasks with y = head + noise of standard deviation 1 and 3, twice as large on the held-out rows. */
function noisyHeads(rows: number) {
  const random = createRandom(3);
  const heads = { slopes: matrix(2, 2, Float64Array.of(1, 2, -1, 0.5)), intercepts: Float64Array.of(4, -7) };
  const features = matrix(
    rows,
    2,
    Float64Array.from({ length: 2 * rows }, () => random.normal()),
  );
  const values = Float64Array.from({ length: rows }, (_, i) => {
    const t = i % 2;
    const [a, b] = [features.data[2 * i], features.data[2 * i + 1]];
    const noise = (t === 0 ? 1 : 3) * (i % 10 < 2 ? 2 : 1) * random.normal();
    return heads.intercepts[t] + heads.slopes.data[2 * t] * a + heads.slopes.data[2 * t + 1] * b + noise;
  });
  const heldOut = Int32Array.from({ length: rows }, (_, i) => i).filter((i) => i % 10 < 2);
  return { heads, features, values, heldOut };
}

describe("headVariances", () => {
  const { heads, features, values, heldOut } = noisyHeads(40_000);
  const task = Int32Array.from(values, (_, i) => i % 2);
  const long = { layout: "long", values, task, taskNames: ["a", "b"] } as const;
  const train = new Int32Array();

  it("are what held-out rows show, task by task", () => {
    const variances = headVariances(heads, features, long, { train, heldOut });
    // 4,000 held-out rows a task: a relative standard error of 2.2 %.
    expect(Math.abs(variances[0] / 4 - 1)).toBeLessThan(0.07);
    expect(Math.abs(variances[1] / 36 - 1)).toBeLessThan(0.07);
  });

  it("are mean squared residuals where nothing was held out, and skip missing targets", () => {
    const wide = matrix(values.length, 2, new Float64Array(2 * values.length).fill(Number.NaN));
    for (const [i, y] of values.entries()) wide.data[2 * i + task[i]] = y;
    const split = { train, heldOut: new Int32Array() };
    const variances = headVariances(heads, features, { layout: "wide", values: wide, taskNames: ["a", "b"] }, split);
    expect(Math.abs(variances[0] / 1.6 - 1)).toBeLessThan(0.05);
    expect(headVariances(heads, features, long, split)).toEqual(variances);
  });
});
