import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, ShapeError } from "../errors.ts";
import { FileError } from "./file-error.ts";
import { readNumbersInto, readTexts } from "./read-columns.ts";
import { openTables } from "./tables.ts";
import { type NamedColumn, writeTable } from "./write-table.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "write-table-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const columns: NamedColumn[] = [
  { name: "x", values: Float64Array.of(0.1, NaN, 1e300) },
  { name: "half", values: Float32Array.of(0.1, 2, 3) },
  { name: "task", values: Int32Array.of(3, -1, 2) },
  { name: 'na"me, ü', values: ["ox", null, 'a "b",\nc'] },
];

describe("writeTable", () => {
  it("writes text formats as other programs expect them, missing values empty or null", async () => {
    const written = async (name: string) => {
      await writeTable(join(folder, name), columns);
      return readFileSync(join(folder, name));
    };
    const csv = 'x,half,task,"na""me, ü"\n0.1,0.1,3,ox\n,2.0,-1,\n1e+300,3.0,2,"a ""b"",\nc"\n';
    expect(String(await written("t.csv"))).toBe(csv);
    expect(String(gunzipSync(await written("t.csv.gz")))).toBe(csv);
    const tabs = 'x\thalf\ttask\t"na""me, ü"\n0.1\t0.1\t3\tox\n\t2.0\t-1\t\n1e+300\t3.0\t2\t"a ""b"",\nc"\n';
    expect(String(await written("t.tsv"))).toBe(tabs);
    const objects = [
      { x: 0.1, half: Math.fround(0.1), task: 3, 'na"me, ü': "ox" },
      { x: null, half: 2, task: -1, 'na"me, ü': null },
      { x: 1e300, half: 3, task: 2, 'na"me, ü': 'a "b",\nc' },
    ];
    expect(JSON.parse(String(await written("t.json")))).toEqual(objects);
    const lines = String(gunzipSync(await written("t.jsonl.gz")))
      .trim()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(objects);
    expect(readdirSync(folder).sort()).toEqual(["t.csv", "t.csv.gz", "t.json", "t.jsonl.gz", "t.tsv"]);
  });

  it.each(["t.parquet", "t.csv", "t.json", "t.tsv.gz"])(
    "writes numbers to %s that read back as they were",
    async (name) => {
      const path = join(folder, name);
      const double = fc.double({ noDefaultInfinity: true });
      const row = fc.record({ x: double, f: fc.float({ noDefaultInfinity: true }), i: fc.integer() });
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
          const x = Float64Array.from(rows, (given) => given.x);
          const f = Float32Array.from(rows, (given) => given.f);
          const i = Int32Array.from(rows, (given) => given.i);
          await writeTable(path, [
            { name: "x", values: x },
            { name: "f", values: f },
            { name: "i", values: i },
          ]);
          const tables = await openTables([path]);
          const [a, b, c] = await Promise.all(
            tables.columns.map((column) => readNumbersInto(tables, [column], new Float64Array(tables.rows))),
          );
          tables.close();
          expect(a).toEqual(x);
          expect(Float32Array.from(b as Float64Array)).toEqual(f);
          expect(c).toEqual(Float64Array.from(i));
        }),
        { numRuns: 12 },
      );
    },
  );

  it("writes more rows than fit into one chunk, in order", async () => {
    const count = 5000;
    const path = join(folder, "long.parquet");
    const names = Array.from({ length: count }, (_, i) => (i % 7 ? `row ${i}` : null));
    await writeTable(path, [
      { name: "i", values: Float64Array.from({ length: count }, (_, i) => i) },
      { name: "name", values: names },
    ]);
    const tables = await openTables([path]);
    const [first, second] = tables.columns;
    expect(await readNumbersInto(tables, [first as never], new Float64Array(count))).toEqual(
      Float64Array.from({ length: count }, (_, i) => i),
    );
    expect(await readTexts(tables, second as never)).toEqual(names);
    tables.close();
  });

  it("keeps the file that is there when the new one cannot be written", async () => {
    const path = join(folder, "t.csv");
    writeFileSync(path, "old");
    const uneven = [columns[0], { name: "short", values: Float64Array.of(1) }] as NamedColumn[];
    await expect(writeTable(path, uneven)).rejects.toThrow(new ShapeError("writeTable: 'x' has 3 rows, 'short' has 1"));
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["t.csv"]);
  });

  it("says in one line what cannot be written", async () => {
    const nowhere = join(folder, "none", "t.parquet");
    await expect(writeTable(nowhere, columns)).rejects.toThrow(
      new FileError(`cannot write ${nowhere}: the folder does not exist`),
    );
    const path = join(folder, "t.csv");
    await expect(writeTable(path, [])).rejects.toThrow(new ConfigError(`${path}: a table needs at least one column`));
    const twins = ["z", "Z"].map((name) => ({ name, values: Float64Array.of(1) }));
    await expect(writeTable(path, twins)).rejects.toThrow(
      new ConfigError(`${path}: the columns 'z' and 'Z' need names that differ in more than case`),
    );
    await expect(writeTable(join(folder, "t.xlsx"), columns)).rejects.toThrow(ConfigError);
    expect(readdirSync(folder)).toEqual([]);
  });
});
