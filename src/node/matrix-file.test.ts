import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError } from "../errors.ts";
import { readLabels, readMatrix, readNumericTable, readVector, writeNpy } from "./matrix-file.ts";

// Written by NumPy and pandas: test/golden/files/make.py.
const golden = (name: string) => fileURLToPath(new URL(`../../test/golden/files/${name}`, import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "matrix-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file into the test's folder and returns its path. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const refused = (message: string, source: string, place = {}) => new DataError(message, { source, ...place });

describe("readMatrix", () => {
  it("reads NumPy's arrays, a vector as one column", async () => {
    const x = Float64Array.of(1.5, -2, 3.25, 0.1, NaN, -Infinity);
    expect(await readMatrix(golden("float64-fortran.npy"))).toEqual({ rows: 2, cols: 3, data: x });
    expect(await readMatrix(golden("int64-vector.npy"))).toMatchObject({ rows: 5, cols: 1 });
  });

  it("reads a table with its names, and one that has none", async () => {
    const data = Float64Array.of(1, NaN, 3, 4);
    expect(await readMatrix(file("h.csv", "a,b\n1,\n3,4\n"))).toEqual({
      rows: 2,
      cols: 2,
      data,
      columnNames: ["a", "b"],
    });
    const nameless = { rows: 2, cols: 2, data: Float64Array.of(1, 2, 3, 4), columnNames: ["column1", "column2"] };
    expect(await readMatrix(file("bare.csv", "1,2\n3,4\n"))).toEqual(nameless);
    expect(await readMatrix(file("bare.tsv", "1\t2\n3\t4\n"))).toEqual(nameless);
    const numbered = await readMatrix(file("numbered.csv", "0,1\n3,4\n"));
    expect(numbered).toEqual({ rows: 1, cols: 2, data: Float64Array.of(3, 4), columnNames: ["0", "1"] });
  });

  it("counts the rows of a table without names from its first line", async () => {
    const path = file("bare.csv", "1,2\n3,4\n5\n");
    await expect(readMatrix(path)).rejects.toThrow(refused("has 1 of 2 fields", path, { row: 3 }));
  });

  it("refuses text, naming where it stands", async () => {
    const path = file("h.csv", "a,b\n1,2\n3,x\n");
    await expect(readMatrix(path)).rejects.toThrow(refused('"x" is not a number', path, { row: 2, column: "b" }));
    const text = golden("text-vector.npy");
    await expect(readMatrix(text)).rejects.toThrow(refused("holds text, not numbers", text));
    const missing = join(folder, "i.csv");
    await expect(readMatrix(missing)).rejects.toThrow(refused("no such file; did you mean 'h.csv'?", missing));
  });
});

describe("readNumericTable", () => {
  it("leaves columns of text out", async () => {
    expect(await readNumericTable(file("h.csv", "name,b\nox,2\nx,4\n"))).toMatchObject({ cols: 1, columnNames: ["b"] });
  });
});

describe("readVector", () => {
  it("reads one column or one row, and refuses a matrix", async () => {
    const vector = Float64Array.of(3, 1, 2, 1, 3);
    expect(await readVector(golden("int64-vector.npy"))).toEqual(vector);
    expect(await readVector(file("y.csv", "y\n3\n1\n2\n1\n3\n"))).toEqual(vector);
    expect(await readVector(file("bare.csv", "3\n1\n2\n1\n3\n"))).toEqual(vector);
    expect(await readVector(file("row.csv", "3,1,2,1,3\n"))).toEqual(vector);
    const matrix = golden("float64-c.npy");
    await expect(readVector(matrix)).rejects.toThrow(
      refused("holds 2 × 3 values, one row or one column is needed", matrix),
    );
  });
});

describe("readLabels", () => {
  it("reads numbers in ascending order and texts as they first appear", async () => {
    const numbered = { task: Int32Array.of(2, 0, 1, 0, 2), taskNames: ["1", "2", "3"] };
    expect(await readLabels(golden("int64-vector.npy"))).toEqual(numbered);
    expect(await readLabels(file("t.csv", "task\n3\n1\n2\n1\n3\n"))).toEqual(numbered);
    expect(await readLabels(file("bare.csv", "3\n1\n2\n1\n3\n"))).toEqual(numbered);
    const named = { task: Int32Array.of(0, 1, 2, 0), taskNames: ["ox", "Ähre", ""] };
    expect(await readLabels(golden("text-vector.npy"))).toEqual(named);
    expect(await readLabels(file("t.tsv", "task\nb\na\nb\n"))).toEqual({
      task: Int32Array.of(0, 1, 0),
      taskNames: ["b", "a"],
    });
  });

  it("refuses numbers that are no integers, a missing label and a table of several columns", async () => {
    const fraction = file("y.csv", "y\n1\n0.5\n");
    await expect(readLabels(fraction)).rejects.toThrow(
      refused("0.5 is no integer: not a task number", fraction, { row: 2, column: "y" }),
    );
    const gap = file("t.csv", "task\nb\nNA\n");
    await expect(readLabels(gap)).rejects.toThrow(refused("the task is missing", gap, { row: 2, column: "task" }));
    const two = file("two.csv", "a,b\n1,2\n");
    await expect(readLabels(two)).rejects.toThrow(refused("holds 1 × 2 values, one row or one column is needed", two));
    const matrix = golden("float64-c.npy");
    await expect(readLabels(matrix)).rejects.toThrow(
      refused("holds 2 × 3 values, one row or one column is needed", matrix),
    );
  });
});

describe("writeNpy", () => {
  it("writes the very file that NumPy writes", async () => {
    const path = join(folder, "h.npy");
    await writeNpy(path, await readMatrix(golden("float64-fortran.npy")));
    expect(readFileSync(path)).toEqual(readFileSync(golden("float64-c.npy")));
  });
});
