import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../errors.ts";
import { matrix } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { splitRows } from "./split-rows.ts";

const long = (task: number[], tasks = Math.max(...task) + 1): LongTargets => ({
  layout: "long",
  values: new Float64Array(task.length),
  task: Int32Array.from(task),
  taskNames: Array.from({ length: tasks }, (_, t) => `t${t}`),
});

describe("splitRows", () => {
  it("puts every row on one side and holds out each task's share (property)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.integer(),
        (task, holdOut, seed) => {
          const { train, heldOut } = splitRows(long(task, 5), holdOut, createRandom(seed));
          expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual(task.map((_, row) => row));
          for (let t = 0; t < 5; t++) {
            const size = task.filter((other) => other === t).length;
            const share = [...heldOut].filter((row) => task[row] === t).length;
            const wanted = Math.min(Math.max(Math.round(size * holdOut), 1), Math.max(size - 1, 1));
            expect(share).toBe(size === 0 ? 0 : wanted);
          }
        },
      ),
    );
  });

  it("ignores tasks where rows carry them all", () => {
    const targets = { layout: "wide", values: matrix(10, 3), taskNames: ["a", "b", "c"] } as const;
    const { train, heldOut } = splitRows(targets, 0.3, createRandom(1));
    expect([train.length, heldOut.length]).toEqual([7, 3]);
    expect([...train]).toEqual([...train].sort((a, b) => a - b));
  });

  it("repeats itself for a seed, and chooses each row equally often", () => {
    const targets = long([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(splitRows(targets, 0.5, createRandom(3))).toEqual(splitRows(targets, 0.5, createRandom(3)));
    const counts = new Float64Array(8);
    for (let seed = 0; seed < 2000; seed++) {
      for (const row of splitRows(targets, 0.5, createRandom(seed)).heldOut) counts[row]++;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(112);
  });

  it("holds out other positions in each task", () => {
    const { heldOut } = splitRows(long(Array.from({ length: 60 }, (_, row) => row % 2)), 0.5, createRandom(4));
    const positions = (t: number) => [...heldOut].filter((row) => row % 2 === t).map((row) => Math.floor(row / 2));
    expect(positions(0)).not.toEqual(positions(1));
  });

  it.each([0, 1, -0.5, Number.NaN])("refuses to hold out %d", (holdOut) => {
    expect(() => splitRows(long([0, 0]), holdOut, createRandom(1))).toThrow(DomainError);
  });
});
