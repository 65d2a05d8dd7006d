import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/random.ts";
import { rowsByTask, taskBatchSize, taskStream } from "./task-batches.ts";

const task = Int32Array.from({ length: 60 }, (_, row) => (row < 30 ? 0 : row < 40 ? 1 : 2 + (row % 4)));
const targets = {
  layout: "long",
  values: new Float64Array(60),
  task,
  taskNames: ["a", "b", "c", "d", "e", "f"],
} as const;
const lists = rowsByTask(
  targets,
  Int32Array.from(task.keys()).filter((row) => row % 5 > 0),
);

describe("taskStream", () => {
  const size = taskBatchSize(lists, 16);
  const batch = taskStream(lists, size, createRandom(1));

  it("brings every task once in a pass, with all its rows or as many as there are slots", () => {
    expect(size).toEqual({ slots: 16, tasksPerBatch: 1 });
    const seen = Array.from({ length: 6 }, (_, step) => batch(step));
    expect(seen.map(({ tasks }) => tasks[0]).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { tasks, rows, share, count } of seen) {
      const own = lists[tasks[0]];
      const brought = Array.from(rows).filter((_, slot) => share[slot] > 0);
      expect(count[0]).toBe(Math.min(own.length, 16));
      expect(new Set(brought).size).toBe(count[0]);
      expect(brought.every((row) => own.includes(row))).toBe(true);
      expect(share.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
    }
  });

  it("chooses other rows of a large task in the next pass, and the same ones when asked again", () => {
    const first = [0, 1, 2, 3, 4, 5].find((step) => batch(step).tasks[0] === 0) ?? 0;
    const second = [6, 7, 8, 9, 10, 11].find((step) => batch(step).tasks[0] === 0) ?? 0;
    expect(batch(first).rows).not.toEqual(batch(second).rows);
    expect(taskStream(lists, size, createRandom(1))(second)).toEqual(batch(second));
  });

  it("puts as many whole tasks in a batch as it has room for", () => {
    expect(taskBatchSize(lists, 100)).toEqual({ slots: 24, tasksPerBatch: 4 });
    expect(taskBatchSize(lists, 10_000)).toEqual({ slots: 24, tasksPerBatch: 6 });
  });
});
