import { describe, expect, it } from "vitest";
import { normals } from "../../test/matrices.ts";
import { ShapeError } from "../errors.ts";
import { matrix, takeRows } from "../linalg/matrix.ts";
import { strongMcc } from "./mcc.ts";
import { strongMccPerTask } from "./mcc-per-task.ts";

describe("strongMccPerTask", () => {
  it("matches anew in every task: latents that swap between tasks still score 1, and not when pooled", () => {
    const z = normals(100, 2, 1);
    const task = Int32Array.from({ length: 100 }, (_, i) => i % 2);
    const swapped = matrix(
      100,
      2,
      z.data.map((_, at) => z.data[Math.floor(at / 2) % 2 === 1 ? at ^ 1 : at]),
    );
    const { score, tasks } = strongMccPerTask(swapped, z, task, "pearson");
    expect(score).toBeCloseTo(1, 12);
    expect(tasks.map(({ pairs }) => pairs.map(({ right }) => right))).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(strongMcc(swapped, z, "pearson").score).toBeLessThan(0.7);
  });

  it("is the unweighted mean of the scores of the tasks, whatever their size and order of rows", () => {
    const [left, right] = [normals(40, 3, 2), normals(40, 3, 3)];
    const task = Int32Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 7 : 2));
    const rows = (t: number) => [...task.keys()].filter((i) => task[i] === t);
    const alone = [2, 7].map((t) => strongMcc(takeRows(left, rows(t)), takeRows(right, rows(t)), "spearman").score);
    const { score, tasks } = strongMccPerTask(left, right, task, "spearman");
    expect(tasks.map((entry) => [entry.task, entry.rows])).toEqual([
      [2, 30],
      [7, 10],
    ]);
    expect(score).toBeCloseTo((alone[0] + alone[1]) / 2, 14);
  });

  it("leaves out tasks of fewer than three rows and says which", () => {
    const z = normals(7, 1, 4);
    const result = strongMccPerTask(z, z, Int32Array.of(0, 0, 0, 1, 1, 2, 0), "pearson");
    expect(result.skipped).toEqual([1, 2]);
    expect(result.tasks.length).toBe(1);
    expect(strongMccPerTask(z, z, Int32Array.of(0, 0, 1, 1, 2, 2, 3), "pearson").score).toBeNaN();
  });

  it("refuses task indices for other rows", () => {
    expect(() => strongMccPerTask(matrix(3, 1), matrix(3, 1), new Int32Array(4), "pearson")).toThrow(ShapeError);
  });
});
