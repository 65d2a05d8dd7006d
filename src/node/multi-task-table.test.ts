import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TaskprismError } from "../errors.ts";
import type { WideTargets } from "../stats/targets.ts";
import { readMultiTaskData, readNamedFeatures } from "./multi-task-table.ts";
import { type ColumnRequest, selectColumns } from "./select-columns.ts";
import { openTables } from "./tables.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "multi-task-table-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a table into the test's folder and returns its path. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function read(paths: readonly string[], request: ColumnRequest) {
  const tables = await openTables(paths);
  try {
    return await readMultiTaskData(tables, await selectColumns(tables, request));
  } finally {
    tables.close();
  }
}

async function refusal(text: string, request: ColumnRequest, name = "train.csv"): Promise<string> {
  const error = await read([file(name, text)], request).catch((refused: unknown) => refused);
  if (!(error instanceof TaskprismError)) throw error;
  return error.message.replaceAll(`${folder}/`, "");
}

describe("readMultiTaskData", () => {
  it("reads wide data: features in single precision, missing targets as NaN, constant features left out", async () => {
    const path = file(
      "t.csv",
      "x,one,y,p,q,name\n0.1,1,7,1,2,ox\n2,1,8,,3,\n3,1,9,4,NA,Ähre\n4,1,9.5,5,6,e\n5,1,0,6,7,f\n",
    );
    const { data, notices } = await read([path], { targets: ["p", "q"], rowName: "name" });
    expect(data).toEqual({
      features: { rows: 5, cols: 2, data: Float32Array.of(0.1, 7, 2, 8, 3, 9, 4, 9.5, 5, 0) },
      featureNames: ["x", "y"],
      targets: {
        layout: "wide",
        values: { rows: 5, cols: 2, data: Float64Array.of(1, 2, NaN, 3, 4, NaN, 5, 6, 6, 7) },
        taskNames: ["p", "q"],
      },
      rowNames: ["ox", "", "Ähre", "e", "f"],
    });
    expect(notices).toEqual([`${path}: left out of the features, the same in every row: one`]);
  });

  it("reads long data: numbered tasks in ascending order, named ones as they first appear", async () => {
    const rows = ["10,b,1", "9,a,2", "10,b,3", "9,a,4", "10,b,5", "9,a,7"];
    const path = file(
      "t.tsv",
      `n\tname\ty\tx\n${rows.map((row, i) => `${row},${i}`.replaceAll(",", "\t")).join("\n")}`,
    );
    const numbered = await read([path], { task: "n", target: "y", features: ["x"] });
    expect(numbered.data.targets).toEqual({
      layout: "long",
      values: Float64Array.of(1, 2, 3, 4, 5, 7),
      task: Int32Array.of(1, 0, 1, 0, 1, 0),
      taskNames: ["9", "10"],
    });
    const named = await read([path], { task: "name", target: "y", features: ["x"] });
    expect(named.data.targets).toMatchObject({ task: Int32Array.of(0, 1, 0, 1, 0, 1), taskNames: ["b", "a"] });
  });

  it("keeps columns of several files together, whatever the order asked for", async () => {
    const one = file("one.csv", "a,y\n1,2\n3,4\n5,5\n");
    const two = file("two.json", '[{"b":5,"c":"6"},{"b":7,"c":"8.5"},{"b":9,"c":"1"}]');
    const { data } = await read([one, two], { features: ["c", "a", "b"], targets: ["y"] });
    expect(data.featureNames).toEqual(["c", "a", "b"]);
    expect(data.features.data).toEqual(Float32Array.of(6, 1, 5, 8.5, 3, 7, 1, 5, 9));
  });

  it("names file, row and column of a value that cannot be used", async () => {
    const wide = { targets: ["y"] };
    const feature = "a feature has to be a finite number";
    expect(await refusal("x,y\n1,1\n2,2\n,3\n", wide)).toBe(`train.csv, row 3, column 'x': is missing: ${feature}`);
    expect(await refusal("x,y\n1,1\ninf,2\n", wide)).toBe(
      `train.csv, row 2, column 'x': inf is out of range: ${feature}`,
    );
    expect(await refusal("x,y\n1,1\n1e39,2\n", wide)).toBe(
      `train.csv, row 2, column 'x': 1e+39 is out of range: ${feature}`,
    );
    expect(await refusal("x,z,y\n1,nan,1\n,1,2\n", wide)).toBe(`train.csv, row 1, column 'z': is missing: ${feature}`);
    expect(await refusal("x,y\n1,1\n2,-inf\n", wide)).toBe(
      "train.csv, row 2, column 'y': -inf is out of range: a target has to be a finite number, or empty where it is missing",
    );
    const long = { task: "t", target: "y" };
    expect(await refusal("x,t,y\n1,a,1\n2,a,\n", long)).toBe(
      "train.csv, row 2, column 'y': is missing: a target has to be a finite number; leave out the rows that have none",
    );
    expect(await refusal("x,t,y\n1,a,1\n2,,3\n", long)).toBe("train.csv, row 2, column 't': the task is missing");
    expect(await refusal("x,t,y\n1,1,1\n2,,3\n", long)).toBe("train.csv, row 2, column 't': the task is missing");
    expect(await refusal("x,t,y\n1,1,1\n2,9007199254740993,3\n", long)).toBe(
      "train.csv, row 2, column 't': 9007199254740992 is too large for a task number",
    );
  });

  it("names the first row that holds text in a column of numbers, however far down", async () => {
    const text = `x,Tc\n${"1,2\n".repeat(16)}1,abc\n`;
    expect(await refusal(text, { targets: ["Tc"] })).toBe(`train.csv, row 17, column 'Tc': "abc" is not a number`);
    const far = `x,Tc\n${"1,2\n".repeat(150_000)}\n\n1,"abc ""d"""\n`;
    expect(await refusal(far, { targets: ["Tc"] })).toBe(
      `train.csv, row 150001, column 'Tc': "abc \\"d\\"" is not a number`,
    );
    expect(await refusal('{"x":1,"Tc":2}\n{"x":2,"Tc":"abc"}', { targets: ["Tc"] }, "t.jsonl")).toBe(
      `t.jsonl, row 2, column 'Tc': "abc" is not a number`,
    );
    expect(await refusal('{"x":1,"Tc":[2]}\n', { targets: ["Tc"] }, "t.jsonl")).toBe(
      `t.jsonl, row 1, column 'Tc': "[2]" is not a number`,
    );
  });

  it("refuses features of which none varies", async () => {
    expect(await refusal("x,y\n1,1\n1,2\n1,3\n", { targets: ["y"] })).toBe(
      "every feature is the same in all rows: nothing can be learned from them",
    );
  });
});

describe("readNamedFeatures", () => {
  it("finds a model's features in another table, in the model's order and without leaving constants out", async () => {
    const tables = await openTables([file("new.csv", "z,b,a\nx,1,7\ny,1,8\n")]);
    expect(await readNamedFeatures(tables, ["a", "b"])).toEqual({
      rows: 2,
      cols: 2,
      data: Float32Array.of(7, 1, 8, 1),
    });
    await expect(readNamedFeatures(tables, ["a", "c"])).rejects.toThrow(
      "features: no column is called 'c'; there are z, b, a",
    );
    await expect(readNamedFeatures(tables, ["z"])).rejects.toThrow(`new.csv, row 1, column 'z': "x" is not a number`);
    tables.close();
  });
});

const root = fileURLToPath(new URL("../..", import.meta.url));
const superconductivity = join(process.env.TASKPRISM_DATA ?? join(root, "../shared/data"), "superconductivity");

describe("the superconductivity files", () => {
  it("give 21,263 rows, 77 elements that occur, and targets with the published statistics", async (context) => {
    if (!existsSync(superconductivity)) return context.skip(`there is no ${superconductivity}`);
    const paths = ["train.csv.gz", "unique_m.csv.gz"].map((name) => join(superconductivity, name));
    const { data, notices } = await read(paths, {
      features: ["unique_m.*"],
      targets: ["train.*"],
      rowName: "material",
    });
    expect(data.features).toMatchObject({ rows: 21_263, cols: 77 });
    expect(data.rowNames?.[0]).toBe("Ba0.2La1.8Cu1O4");
    const elements = Array.from(data.features.data.subarray(0, 77)).flatMap((count, j) =>
      count ? [[data.featureNames[j], count]] : [],
    );
    expect(elements).toEqual([
      ["O", 4],
      ["Cu", 1],
      ["Ba", Math.fround(0.2)],
      ["La", Math.fround(1.8)],
    ]);
    expect(notices).toEqual([
      "unique_m.critical_temp is left out of the features: it is called as the target train.critical_temp",
      `${paths[1]}: left out of the features, the same in every row: He, Ne, Ar, Kr, Xe, Pm, Po, At, Rn`,
    ]);

    const { values, taskNames } = data.targets as WideTargets;
    expect(taskNames).toHaveLength(82);
    const mean = (name: string) => {
      const t = taskNames.indexOf(name);
      let sum = 0;
      for (let i = 0; i < values.rows; i++) sum += values.data[i * values.cols + t];
      return sum / values.rows;
    };
    // Means of UCI data set 464: see the data's README.
    expect(mean("train.critical_temp")).toBeCloseTo(34.4212, 4);
    expect(mean("number_of_elements")).toBeCloseTo(4.115224, 6);
    expect(mean("mean_atomic_mass")).toBeCloseTo(87.557631, 6);
  });
});
