import { describe, expect, it } from "vitest";
import { dataOf, suggestedRoles } from "./roles.ts";
import type { Column, Table } from "./table.ts";

const numbers = (name: string, ...values: number[]): Column => ({
  kind: "numbers",
  name,
  values: Float64Array.from(values),
});
const table = (...columns: Column[]): Table => ({ source: "f.csv", rows: 4, columns, fingerprint: "" });
const x = numbers("x", 1, 2, 3, 4);

describe("the roles of columns", () => {
  it("are suggested by their names", () => {
    const columns = [x, numbers("y1", 1, 2, 3, 5), numbers("Target", 0, 1, 2, 3), numbers("id", 1, 2, 3, 4)];
    const text: Column = { kind: "text", name: "assay", values: ["a", "b", "a", "b"] };
    expect(suggestedRoles([...columns, text])).toEqual({
      x: "feature",
      y1: "target",
      Target: "target",
      id: "none",
      assay: "task",
    });
  });

  it("make wide data of several targets, in which some may be missing", () => {
    const data = dataOf(table(x, numbers("y1", 1, 2, 3, Number.NaN), numbers("y2", 4, 5, 6, 7)), {
      ...{ x: "feature", y1: "target", y2: "target" },
    });
    expect(data.targets).toMatchObject({ layout: "wide", taskNames: ["y1", "y2"] });
    expect(data.targets.values).toMatchObject({
      rows: 4,
      cols: 2,
      data: Float64Array.of(1, 4, 2, 5, 3, 6, Number.NaN, 7),
    });
  });

  it("make long data of one target and a column of tasks", () => {
    const six = (name: string, scale: number) => numbers(name, ...[1, 2, 4, 3, 5, 6].map((value) => scale * value));
    const task: Column = { kind: "text", name: "task", values: ["b", "a", "b", "a", "b", "a"] };
    const data = dataOf(table(six("x", 1), six("y", 10), task), { x: "feature", y: "target", task: "task" });
    expect(data.targets).toEqual({
      layout: "long",
      values: Float64Array.of(10, 20, 40, 30, 50, 60),
      task: Int32Array.of(0, 1, 0, 1, 0, 1),
      taskNames: ["b", "a"],
    });
  });

  it.each([
    [{ x: "feature" }, "no column is a target; choose several, or one and the column of tasks"],
    [{ y1: "target", y2: "target" }, "no column is a feature; choose at least one"],
    [{ x: "feature", y1: "target" }, "one target identifies no latents; choose several, or the column of tasks"],
    [
      { x: "feature", y1: "target", y2: "target", name: "task" },
      "with a column of tasks there is one target; choose one",
    ],
    [{ name: "feature", y1: "target", y2: "target" }, "f.csv, row 1, column 'name': 'a' is not a number"],
    [{ gap: "feature", y1: "target", y2: "target" }, /^f\.csv: row 2, column 'gap': a feature must be a finite number/],
    [{ x: "feature", y1: "target", same: "target" }, /^f\.csv: column 'same': the target is 1 in every row/],
  ] as const)("%j are refused in one line", (roles, message) => {
    const name: Column = { kind: "text", name: "name", values: ["a", "b", "c", "d"] };
    const columns = [x, numbers("y1", 1, 2, 3, 5), numbers("y2", 4, 5, 6, 7), name];
    const odd = [numbers("gap", 1, Number.NaN, 3, 4), numbers("same", 1, 1, 1, 1)];
    expect(() => dataOf(table(...columns, ...odd), roles)).toThrow(message);
  });
});
