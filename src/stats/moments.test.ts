import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, DomainError, ShapeError } from "../errors.ts";
import { type Matrix, matrix, takeRows } from "../linalg/matrix.ts";
import { groupMoments, type Moments, mergeMoments, momentsOf } from "./moments.ts";
import { takeTasks } from "./moments-tasks.ts";
import { createRandom } from "./random.ts";
import type { LongTargets, Targets, WideTargets } from "./targets.ts";

/** Two summations of the same numbers, of order one, in another order. */
const TOLERANCE = 1e-11;

const gaussian = (rows: number, cols: number, seed: number, mean = 0): Matrix => {
  const { normal } = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => mean + normal()),
  );
};

function longData(seed: number, n = 60, tasks = 4): { h: Matrix; targets: LongTargets } {
  const random = createRandom(seed);
  return {
    h: gaussian(n, 3, seed, 5),
    targets: {
      layout: "long",
      values: gaussian(n, 1, seed + 1, -3).data,
      // The first rows fill every task, so that none is too small by chance.
      task: Int32Array.from({ length: n }, (_, i) => (i < 3 * tasks ? i % tasks : random.integer(tasks))),
      taskNames: Array.from({ length: tasks }, (_, t) => `t${t}`),
    },
  };
}

function wideData(seed: number, missing: number, n = 50, tasks = 4): { h: Matrix; targets: WideTargets } {
  const random = createRandom(seed);
  const values = gaussian(n, tasks, seed + 1, 2);
  for (let k = 4 * tasks; k < values.data.length; k++) {
    // The first task is always complete, so that shared and own moments meet in one table.
    if (k % tasks > 0 && random.uniform() < missing) values.data[k] = Number.NaN;
  }
  return {
    h: gaussian(n, 3, seed, 5),
    targets: { layout: "wide", values, taskNames: Array.from({ length: tasks }, (_, t) => `t${t}`) },
  };
}

/** The same moments from their definitions, one task and one product at a time. */
function plainMoments(h: Matrix, targets: Targets) {
  return targets.taskNames.map((_, t) => {
    const pairs = Array.from({ length: h.rows }, (_, i) => ({
      h: [...h.data.subarray(i * h.cols, (i + 1) * h.cols)],
      y:
        targets.layout === "wide"
          ? targets.values.data[i * targets.values.cols + t]
          : targets.task[i] === t
            ? targets.values[i]
            : Number.NaN,
    })).filter(({ y }) => !Number.isNaN(y));
    const mean = (f: (row: { h: number[]; y: number }) => number) =>
      pairs.reduce((sum, row) => sum + f(row), 0) / pairs.length;
    const meanH = Array.from({ length: h.cols }, (_, j) => mean((row) => row.h[j]));
    const meanY = mean((row) => row.y);
    return {
      count: pairs.length,
      meanH,
      meanY,
      covH: meanH.flatMap((a, j) => meanH.map((b, k) => mean((row) => (row.h[j] - a) * (row.h[k] - b)))),
      covHY: meanH.map((a, j) => mean((row) => (row.h[j] - a) * (row.y - meanY))),
      varY: mean((row) => (row.y - meanY) ** 2),
    };
  });
}

const flat = (m: Moments) => [
  ...m.count,
  ...m.meanH.data,
  ...m.meanY,
  ...m.covH.data,
  ...m.covHY.data,
  ...m.varY,
  m.pooled.count,
  ...m.pooled.mean,
  ...m.pooled.covariance.data,
];
const expectClose = (actual: number[], expected: number[]) => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, k) => {
    expect(Math.abs(value - expected[k])).toBeLessThan(TOLERANCE);
  });
};

describe("momentsOf", () => {
  it.each([
    ["long", longData(1)],
    ["wide", wideData(2, 0)],
    ["wide with missing targets", wideData(3, 0.4)],
  ])("agrees with the definitions on %s data", (_, { h, targets }) => {
    const m = momentsOf(h, targets);
    plainMoments(h, targets).forEach((expected, t) => {
      const one = takeTasks(m, [t]);
      const actual = [one.count, one.meanH.data, one.meanY, one.covH.data, one.covHY.data, one.varY];
      expectClose(
        actual.flatMap((part) => [...part]),
        Object.values(expected).flat(),
      );
    });
    const everyRow = momentsOf(h, { ...wideData(2, 0, h.rows).targets });
    expectClose([...m.pooled.covariance.data], [...everyRow.covH.data.subarray(0, 9)]);
  });

  it("keeps its digits when the mean is a million times the spread", () => {
    const { h, targets } = longData(4);
    const far = matrix(
      h.rows,
      h.cols,
      h.data.map((value) => value + 1e6),
    );
    const [near, shifted] = [h, far].map((x) => momentsOf(x, targets).covH.data);
    near.forEach((value, k) => {
      expect(Math.abs(value - shifted[k])).toBeLessThan(1e-8);
    });
  });

  it("uses the rows it is given", () => {
    const { h, targets } = wideData(5, 0.2);
    const rows = Array.from({ length: 30 }, (_, i) => i + 7);
    const taken = { ...targets, values: takeRows(targets.values, rows) };
    expectClose(flat(momentsOf(h, targets, rows)), flat(momentsOf(takeRows(h, rows), taken)));
  });

  it("rejects, by name, a task with a constant target or too few rows", () => {
    const { h, targets } = wideData(6, 0);
    for (let i = 0; i < 50; i++) targets.values.data[i * 4 + 2] = 0.1;
    expect(() => momentsOf(h, targets)).toThrow(/'t2' has a constant target/);
    for (let i = 2; i < 50; i++) targets.values.data[i * 4 + 2] = Number.NaN;
    expect(() => momentsOf(h, targets)).toThrow(/'t2' has 2 rows/);
    expect(() => groupMoments(h, targets, 2, createRandom(1))).toThrow(DataError);
  });

  it("rejects a representation that is not finite, and one with another number of rows", () => {
    const { h, targets } = longData(7);
    expect(() => momentsOf(takeRows(h, [0, 1]), targets)).toThrow(ShapeError);
    h.data[4] = Number.NaN;
    expect(() => momentsOf(h, targets)).toThrow(/row 2, column '1'/);
  });
});

describe("row weights", () => {
  it.each([
    ["long", longData(11)],
    ["wide with missing targets", wideData(12, 0.3)],
  ])("count a row as often as they say (%s)", (_, { h, targets }) => {
    const weights = Float64Array.from({ length: h.rows }, (__, i) => 1 + (i % 3));
    const repeated = Array.from(weights).flatMap((weight, i) => Array.from({ length: weight }, () => i));
    expectClose(flat(momentsOf(h, targets, undefined, weights)), flat(momentsOf(h, targets, repeated)));
    const groups = groupMoments(h, targets, 3, createRandom(1), weights);
    expectClose(flat(mergeMoments(groups)), flat(momentsOf(h, targets, repeated)));
  });

  it("leave out rows of weight 0, and must be numbers of at least 0, one a row", () => {
    const { h, targets } = longData(13);
    const kept = Array.from({ length: 40 }, (_, i) => i);
    const weights = Float64Array.from({ length: h.rows }, (_, i) => (i < 40 ? 1 : 0));
    expectClose(flat(momentsOf(h, targets, undefined, weights)), flat(momentsOf(h, targets, kept)));
    weights[7] = -1;
    expect(() => momentsOf(h, targets, undefined, weights)).toThrow(/row 8/);
    expect(() => momentsOf(h, targets, undefined, weights.slice(1))).toThrow(ShapeError);
  });
});

describe("mergeMoments and groupMoments", () => {
  it("make the whole from any number of groups, long or wide, with and without missing targets", () => {
    const cases = fc.tuple(
      fc.constantFrom("long", "wide", "missing"),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 99 }),
    );
    fc.assert(
      fc.property(cases, ([kind, groupCount, seed]) => {
        const { h, targets } = kind === "long" ? longData(seed) : wideData(seed, kind === "wide" ? 0 : 0.3);
        const groups = groupMoments(h, targets, groupCount, createRandom(seed));
        expect(groups.length).toBe(groupCount);
        expectClose(flat(mergeMoments(groups)), flat(momentsOf(h, targets)));
      }),
      { numRuns: 40 },
    );
  });

  it("deal the rows of every task of long data evenly", () => {
    const { h, targets } = longData(8, 200, 7);
    const [a, b] = groupMoments(h, targets, 2, createRandom(2));
    a.count.forEach((count, t) => {
      expect(Math.abs(count - b.count[t])).toBeLessThanOrEqual(1);
    });
  });

  it("count a part as often as it is named", () => {
    const { h, targets } = wideData(9, 0);
    const [a, b] = groupMoments(h, targets, 2, createRandom(3));
    const twice = mergeMoments([a, a, b]);
    const rows = mergeMoments([mergeMoments([a, b]), a]);
    expectClose(flat(twice), flat(rows));
    expect(twice.count[0]).toBe(75);
  });

  it("refuse groups that cannot be, and parts that do not fit together", () => {
    const { h, targets } = longData(10);
    expect(() => groupMoments(h, targets, 0, createRandom(1))).toThrow(DomainError);
    expect(() => mergeMoments([])).toThrow(ShapeError);
    expect(() => mergeMoments([momentsOf(h, targets), takeTasks(momentsOf(h, targets), [0])])).toThrow(ShapeError);
  });
});
