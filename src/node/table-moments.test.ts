import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, DataError, DomainError, ShapeError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { type Moments, mergeMoments, momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets, Targets, WideTargets } from "../stats/targets.ts";
import { openDatabase, readRows } from "./database.ts";
import { mergeMomentGroups } from "./merge-moment-groups.ts";
import { readMoments, writeMoments } from "./moments-file.ts";
import { rowGroup, rowGroupSql } from "./row-groups.ts";
import { type ColumnRequest, selectColumns } from "./select-columns.ts";
import { readTableMoments } from "./table-moments.ts";
import { openTables } from "./tables.ts";
import { type NamedColumn, writeTable } from "./write-table.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "table-moments-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const d = 4;

/** n rows of h, correlated, with column means `offset`, `offset` + 1, … */
function representation(n: number, seed: number, offset = 0): Matrix {
  const random = createRandom(seed);
  const h = matrix(n, d);
  for (let i = 0; i < n; i++) {
    let previous = 0;
    for (let j = 0; j < d; j++) {
      previous = 0.5 * previous + random.normal();
      h.data[i * d + j] = offset + j + previous;
    }
  }
  return h;
}

/** Targets of tasks with means and scales of their own; one in ten is missing where `missing` says so. */
function longTargets(h: Matrix, taskNames: string[], seed: number, missing = false): LongTargets {
  const random = createRandom(seed);
  const task = Int32Array.from({ length: h.rows }, (_, i) =>
    i < taskNames.length ? i : random.integer(taskNames.length),
  );
  const values = Float64Array.from(task, (t, i) => {
    const y = 3 * t + (t + 1) * h.data[i * d + (t % d)] + random.normal();
    return missing && i > 50 && random.integer(10) === 0 ? NaN : y;
  });
  return { layout: "long", values, task, taskNames };
}

function wideTargets(h: Matrix, tasks: number, seed: number): WideTargets {
  const random = createRandom(seed);
  const values = matrix(h.rows, tasks);
  values.data.forEach((_, at) => {
    const [i, t] = [Math.floor(at / tasks), at % tasks];
    const y = h.data[i * d + (t % d)] + random.normal();
    values.data[at] = t === 1 && random.integer(5) === 0 ? NaN : y;
  });
  return { layout: "wide", values, taskNames: Array.from({ length: tasks }, (_, t) => `y${t}`) };
}

const columnsOf = (name: string, { rows, cols, data }: Matrix): NamedColumn[] =>
  Array.from({ length: cols }, (_, j) => ({
    name: `${name}${j}`,
    values: Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]),
  }));

/** Writes h and its targets to a table and reads the moments of its groups. */
async function throughTable(name: string, h: Matrix, targets: Targets, groups: number, seed = 0): Promise<Moments[]> {
  const path = join(folder, name);
  const names = targets.layout === "long" ? Array.from(targets.task, (t) => targets.taskNames[t]) : [];
  await writeTable(path, [
    ...columnsOf("h", h),
    ...(targets.layout === "wide" ? columnsOf("y", targets.values) : []),
    ...(targets.layout === "long"
      ? [
          { name: "y", values: targets.values },
          { name: "task", values: names },
        ]
      : []),
  ]);
  const request = targets.layout === "long" ? { task: "task", target: "y" } : { targets: ["y*"] };
  return readGroups(path, { features: ["h*"], ...request }, groups, seed);
}

async function readGroups(path: string, request: ColumnRequest, groups = 2, seed = 0): Promise<Moments[]> {
  const tables = await openTables([path]);
  try {
    return await readTableMoments(tables, await selectColumns(tables, request), { groups, seed });
  } finally {
    tables.close();
  }
}

const rowsOf = (n: number, groups: number, group: number, seed = 0) =>
  Array.from({ length: n }, (_, i) => i).filter((i) => rowGroup(i, groups, seed) === group);

/** Demands that two sets of moments agree to `tolerance`, relative to the scale of each block of numbers. */
function expectClose(actual: Moments, expected: Moments, tolerance: number): void {
  expect(actual.taskNames).toEqual(expected.taskNames);
  expect(actual.count).toEqual(expected.count);
  expect(actual.pooled.count).toBe(expected.pooled.count);
  const blocks = ({ meanH, meanY, covH, covHY, varY, pooled }: Moments) => ({
    meanH: meanH.data,
    meanY,
    covH: covH.data,
    covHY: covHY.data,
    varY,
    pooledMean: pooled.mean,
    pooledCovariance: pooled.covariance.data,
  });
  const found = blocks(actual);
  for (const [name, wanted] of Object.entries(blocks(expected))) {
    const got = found[name as keyof typeof found];
    const scale = Math.max(...wanted.map(Math.abs));
    const error = Math.max(...wanted.map((value, i) => Math.abs(value - got[i])));
    expect(error / scale, name).toBeLessThan(tolerance);
  }
}

/** Sums of a few thousand doubles around their mean: rounding leaves some 1e-13 of a covariance. */
const rounding = 1e-11;

describe("readTableMoments", () => {
  it.each(["t.parquet", "t.csv.gz", "t.jsonl"])("gives the moments of each group of long rows in %s", async (name) => {
    const h = representation(3000, 1);
    const targets = longTargets(h, ["ox", "Ähre", "a'b"], 2);
    const groups = await throughTable(name, h, targets, 3);
    groups.forEach((group, g) => void expectClose(group, momentsOf(h, targets, rowsOf(h.rows, 3, g)), rounding));
    expectClose(mergeMoments(groups), momentsOf(h, targets), rounding);
  });

  it("counts a long row without a target as pooled only", async () => {
    const h = representation(2000, 3);
    const targets = longTargets(h, ["a", "b"], 4, true);
    expect(targets.values.some(Number.isNaN)).toBe(true);
    expectClose(mergeMoments(await throughTable("t.parquet", h, targets, 2)), momentsOf(h, targets), rounding);
  });

  it("orders numbered tasks by number", async () => {
    const h = representation(600, 5);
    const targets = longTargets(h, ["10", "9", "-1"], 6);
    const path = join(folder, "t.parquet");
    const task = Int32Array.from(targets.task, (t) => Number(targets.taskNames[t]));
    await writeTable(path, [
      ...columnsOf("h", h),
      { name: "y", values: targets.values },
      { name: "task", values: task },
    ]);
    const sorted = { ...targets, task: targets.task.map((t) => 2 - t), taskNames: ["-1", "9", "10"] };
    const merged = mergeMoments(await readGroups(path, { task: "task", target: "y" }));
    expectClose(merged, momentsOf(h, sorted), rounding);
  });

  it("gives the moments of wide rows, each target over the rows that have it, in more than one scan", async () => {
    const h = representation(1500, 7);
    const targets = wideTargets(h, 70, 8);
    const groups = await throughTable("t.parquet", h, targets, 4, 9);
    groups.forEach((group, g) => void expectClose(group, momentsOf(h, targets, rowsOf(h.rows, 4, g, 9)), rounding));
    expectClose(mergeMoments(groups), momentsOf(h, targets), rounding);
    expect(new Set(mergeMoments(groups).count).size).toBe(2);
  });

  it("gives the moments of wide rows when every target has gaps", async () => {
    const h = representation(500, 10);
    const targets = wideTargets(h, 2, 11);
    targets.values.data[0] = NaN;
    expectClose(mergeMoments(await throughTable("t.parquet", h, targets, 2)), momentsOf(h, targets), rounding);
  });

  it("keeps its digits when the data lie a million standard deviations from zero", async () => {
    const h = representation(3000, 12, 1e6);
    const targets = longTargets(representation(3000, 12), ["a", "b", "c"], 13);
    // The data themselves carry 1e6 · 2^-52 = 2e-10 of a standard deviation; sums of raw squares would keep 1e-4.
    expectClose(mergeMoments(await throughTable("t.parquet", h, targets, 2)), momentsOf(h, targets), 1e-9);
  });

  it("gives the same bits again with one thread", async () => {
    const path = join(folder, "t.parquet");
    const h = representation(300_000, 14);
    await writeTable(path, [...columnsOf("h", h), { name: "y", values: h.data.slice(0, h.rows) }]);
    const read = async () => {
      const tables = await openTables([path], { threads: 1 });
      const selection = await selectColumns(tables, { features: ["h*"], targets: ["y"] });
      const moments = await readTableMoments(tables, selection, { groups: 2, seed: 0 });
      tables.close();
      return moments;
    };
    expect(await read()).toEqual(await read());
  });

  it("says in one line what it cannot use", async () => {
    const file = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    const long = { features: ["h"], task: "task", target: "y" };
    const gap = file("gap.csv", "h,y,task\n1,2,a\n,3,a\n4,5,a\n");
    await expect(readGroups(gap, long)).rejects.toThrow(
      new DataError("is missing: the representation has to be a finite number", { source: gap, row: 2, column: "h" }),
    );
    const infinite = file("infinite.csv", "h,y,task\n1,2,a\n2,3,a\n4,-inf,a\n");
    await expect(readGroups(infinite, { features: ["h"], targets: ["y"] })).rejects.toThrow(
      new DataError("-inf is out of range: a target has to be a finite number, or empty where it is missing", {
        source: infinite,
        row: 3,
        column: "y",
      }),
    );
    for (const tasks of ["a,,a", "1,,1"]) {
      const [first, , last] = tasks.split(",");
      const nameless = file("nameless.csv", `h,y,task\n1,2,${first}\n2,3,\n4,5,${last}\n`);
      await expect(readGroups(nameless, long)).rejects.toThrow(
        new DataError("the task is missing", { source: nameless, row: 2, column: "task" }),
      );
    }
    const constant = file("constant.csv", `h,y,task\n${[1, 2, 3, 4].map((h) => `${h},${h},a\n${h},0.1,b\n`).join("")}`);
    await expect(readGroups(constant, long)).rejects.toThrow(
      new DataError("task 'b' has a constant target; leave the task out"),
    );
    await expect(readGroups(constant, long, 0)).rejects.toThrow(DomainError);
    const tables = await openTables([gap, infinite]);
    const both = await selectColumns(tables, { features: ["gap.h"], targets: ["infinite.y"] });
    await expect(readTableMoments(tables, both, { groups: 2, seed: 0 })).rejects.toThrow(
      new ConfigError(`moments are read from one file, not from ${gap} and ${infinite}`),
    );
    tables.close();
  });
});

describe("rowGroup", () => {
  it("is the same in SQL", async () => {
    const database = await openDatabase();
    const row = fc.oneof(fc.nat(1000), fc.nat(), fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 3));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1 }),
        fc.integer({ min: 1, max: 64 }),
        fc.nat(),
        async (rows, groups, seed) => {
          const numbers = `(SELECT unnest([${rows.join(", ")}]) AS rowid)`;
          const found = await readRows(
            database.connection,
            `SELECT (${rowGroupSql(groups, seed)})::INTEGER AS g FROM ${numbers}`,
          );
          expect(found.map(({ g }) => g)).toEqual(rows.map((i) => rowGroup(i, groups, seed)));
        },
      ),
      { numRuns: 30 },
    );
    database.close();
  });

  it("deals rows evenly, whatever their step, and otherwise for another seed", () => {
    // Each of 4 groups expects 5,000 of 20,000 rows, standard deviation 61; five of them allowed.
    for (const step of [1, 2, 3, 4, 64, 1000]) {
      for (const seed of [0, 1, 2]) {
        const counts = [0, 0, 0, 0];
        for (let i = 0; i < 20_000; i++) counts[rowGroup(i * step, 4, seed)]++;
        for (const count of counts) expect(Math.abs(count - 5000)).toBeLessThan(305);
      }
    }
    // Two seeds agree on half of the rows, standard deviation 71.
    let agreed = 0;
    for (let i = 0; i < 20_000; i++) if (rowGroup(i, 2, 0) === rowGroup(i, 2, 1)) agreed++;
    expect(Math.abs(agreed - 10_000)).toBeLessThan(355);
  });
});

describe("mergeMomentGroups", () => {
  it("gives from parts, whose tasks differ in order and number, the moments of the whole", async () => {
    const h = representation(2000, 15);
    const targets = longTargets(h, ["a", "b", "c"], 16);
    const half = (from: number, to: number, taskNames: string[]) => {
      const rows = Array.from({ length: to - from }, (_, i) => from + i).filter((i) =>
        taskNames.includes(targets.taskNames[targets.task[i]]),
      );
      const part = matrix(
        rows.length,
        d,
        Float64Array.from(rows.flatMap((i) => [...h.data.subarray(i * d, (i + 1) * d)])),
      );
      const values = Float64Array.from(rows, (i) => targets.values[i]);
      const task = Int32Array.from(rows, (i) => taskNames.indexOf(targets.taskNames[targets.task[i]]));
      return { rows, moments: momentsOf(part, { layout: "long", values, task, taskNames }) };
    };
    const first = half(0, 1000, ["b", "a"]);
    const second = half(1000, 2000, ["c", "a", "b"]);
    const [merged] = mergeMomentGroups([[first.moments], [second.moments]]);
    const whole = momentsOf(h, targets, [...first.rows, ...second.rows]);
    expect(merged?.taskNames).toEqual(["b", "a", "c"]);
    const order = [1, 0, 2];
    expect(merged?.count).toEqual(Float64Array.from([1, 0, 2], (t) => whole.count[t]));
    order.forEach((t, i) => {
      const close = (actual: number | undefined, expected: number) =>
        expect(Math.abs((actual as number) - expected)).toBeLessThan(rounding * 100);
      close(merged?.meanY[i], whole.meanY[t]);
      close(merged?.varY[i], whole.varY[t]);
      for (let k = 0; k < d * d; k++) close(merged?.covH.data[i * d * d + k], whole.covH.data[t * d * d + k]);
    });
    expect(() => mergeMomentGroups([[first.moments], [second.moments, second.moments]])).toThrow(ShapeError);
  });
});

describe("writeMoments", () => {
  it("is undone by readMoments", async () => {
    const h = representation(300, 17);
    const targets = longTargets(h, ["ox", "Ähre"], 18);
    const groups = [0, 1].map((g) => momentsOf(h, targets, rowsOf(300, 2, g)));
    const path = join(folder, "m.safetensors");
    await writeMoments(path, { groups, metadata: { source: "t.parquet" } });
    expect(await readMoments(path)).toEqual({ groups, metadata: { source: "t.parquet" } });
  });

  it("refuses groups of different tasks, and files that are something else", async () => {
    const h = representation(300, 19);
    const groups = [
      ["a", "b"],
      ["b", "a"],
    ].map((names) => momentsOf(h, longTargets(h, names, 20)));
    const path = join(folder, "m.safetensors");
    await expect(writeMoments(path, { groups, metadata: {} })).rejects.toThrow(
      new ShapeError("writeMoments: the groups have different tasks"),
    );
    writeFileSync(path, "something else altogether");
    await expect(readMoments(path)).rejects.toThrow(
      new DataError("not a safetensors file: no header where it should begin", { source: path }),
    );
  });
});
