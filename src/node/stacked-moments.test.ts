import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linearData } from "../data/synthetic/linear.ts";
import { mergeMoments } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { type DescribedMoments, rowsOfMoments, writeDescribedMoments } from "./described-moments.ts";
import { writeMoments } from "./moments-file.ts";
import { type StackRequest, stackedMomentsSteps } from "./stacked-moments.ts";
import { finishSteps } from "./watch-scan.ts";
import { writeTable } from "./write-table.ts";

const folder = mkdtempSync(join(tmpdir(), "stacked-moments-"));
const local = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const { representation: h, targets } = linearData(
  { latentDim: 4, causalPerTask: 1, tasks: 40, rowsPerTask: 50 },
  createRandom(3),
);
const { values: y, task, taskNames } = targets as LongTargets;

/** The rows [from, to), their columns in the order given. */
async function writeRows(name: string, from: number, to: number, columns = ["h1", "h2", "h3", "h4"]): Promise<string> {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  await writeTable(local(name), [
    { name: "task", values: rows.map((i) => taskNames[task[i]]) },
    ...columns.map((column) => ({
      name: column,
      values: Float64Array.from(rows, (i) => h.data[i * 4 + Number(column.slice(1)) - 1]),
    })),
    { name: "y", values: Float64Array.from(rows, (i) => y[i]) },
  ]);
  return local(name);
}

const LONG = { features: ["h*"], task: "task", target: "y" };
const stack = (paths: readonly string[], request: Partial<StackRequest> = {}): Promise<DescribedMoments> =>
  finishSteps(
    stackedMomentsSteps(paths, { columns: LONG, seed: 0, groups: { long: 2, wide: 4 }, threads: 1, ...request }),
  );

/** Largest difference of the covariances of h in a task, tasks matched by name, in every group. */
function distance(a: DescribedMoments, b: DescribedMoments): number {
  const differences = a.groups.flatMap((group, g) =>
    group.taskNames.flatMap((name, t) => {
      const other = b.groups[g];
      const at = other.taskNames.indexOf(name);
      return Array.from({ length: 16 }, (_, k) => Math.abs(group.covH.data[16 * t + k] - other.covH.data[16 * at + k]));
    }),
  );
  return Math.max(...differences);
}

/** Covariances are of the order of 1; a few dozen rows round by 1e-14 or so. */
const rounding = 1e-12;

let whole = "";
let parts: string[] = [];
beforeAll(async () => {
  whole = await writeRows("whole.parquet", 0, 2000);
  // Tasks are rows in sequence: the parts cut one in two, and each lacks tasks that the others have.
  parts = [
    await writeRows("part-1.parquet", 0, 733),
    await writeRows("part-2.csv.gz", 733, 1000, ["h3", "h1", "h4", "h2"]),
    await writeRows("part-3.parquet", 1000, 2000),
  ];
});

describe("stackedMomentsSteps", () => {
  it("deals the rows of parts, of several formats and orders of columns, as if they were one table", async () => {
    const [one, several] = [await stack([whole]), await stack(parts)];
    expect(several.groups.map(({ count }) => count)).toEqual(one.groups.map(({ count }) => count));
    expect(distance(one, several)).toBeLessThan(rounding);
    expect(several.sources.map(({ rows }) => rows)).toEqual([733, 267, 1000]);
    // Dealt otherwise, the groups differ by more than rounding: the agreement above is none by chance.
    expect(distance(one, await stack([whole], { seed: 1 }))).toBeGreaterThan(0.01);
  });

  it("adds tables to moments that were saved elsewhere, tasks matched by name", async () => {
    const saved = local("saved.moments");
    await writeDescribedMoments(saved, await stack([parts[2]]));
    const merged = await stack([saved, parts[0], parts[1]]);
    expect(rowsOfMoments(merged.groups)).toBe(2000);
    const all = (moments: DescribedMoments) => ({ ...moments, groups: [mergeMoments(moments.groups)] });
    expect(distance(all(await stack([whole])), all(merged))).toBeLessThan(rounding);
  });

  it("says which scan of which part it is at, and which parts are read", async () => {
    const steps = stackedMomentsSteps(parts, { columns: LONG, seed: 0, groups: { long: 2, wide: 4 } });
    const read: string[] = [];
    for await (const step of steps) {
      if (step.kind === "scan") expect(step.read).toBeLessThanOrEqual(step.rows);
      if (step.kind === "part") read.push(step.file);
    }
    expect(read).toEqual(parts);
  });

  it("names what does not fit together", async () => {
    const fewer = await writeRows("fewer.parquet", 0, 1000, ["h1", "h2"]);
    const saved = local("whole.moments");
    await writeDescribedMoments(saved, await stack([whole]));
    const three = local("three.moments");
    await writeDescribedMoments(three, await stack([parts[0]], { groups: { long: 3, wide: 3 } }));
    const bare = local("bare.moments");
    await writeMoments(bare, { groups: (await stack([whole])).groups, metadata: {} });
    const wide = local("wide.csv");
    writeFileSync(wide, "h1,h2,h3,h4,y,z\n1,2,3,4,5,6\n2,3,4,2,1,1\n0,1,1,9,4,2\n5,1,2,4,4,1\n");
    const asWide = local("wide.moments");
    await writeDescribedMoments(
      asWide,
      await stack([wide], { columns: { targets: ["y", "z"] }, groups: { long: 2, wide: 2 } }),
    );
    const other = local("other.csv");
    writeFileSync(other, "h1,h2,h3,h4,y,x\n1,2,3,4,5,6\n2,3,4,2,1,1\n0,1,1,9,4,3\n5,1,2,4,4,1\n");
    const refused: [paths: string[], problem: string][] = [
      [[whole, fewer], `${fewer}: other columns than in ${whole}: it lacks h3, h4`],
      [[fewer, whole], `${whole}: other columns than in ${fewer}: it has besides h3, h4`],
      [[whole, whole], `${whole}: its rows of ${whole} are in ${whole} already and would count twice`],
      [[saved, whole], `${whole}: its rows of ${whole} are in ${saved} already and would count twice`],
      [[saved, three], `${three}: has 3 groups, ${saved} 2: make both with the same --groups`],
      [[saved, asWide], `${asWide}: holds wide data, ${saved} long`],
      [[saved, bare], `${bare}: does not say what its columns are: make it with taskprism moments`],
    ];
    for (const [paths, problem] of refused) await expect(stack(paths), problem).rejects.toThrow(problem);
    await expect(stack([wide, other], { columns: { features: ["h*"], targets: ["?"] } })).rejects.toThrow(
      `${other}: other targets than in ${wide}: it lacks z; it has besides x`,
    );
  });
});
