import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError, TaskprismError } from "../errors.ts";
import { readRow } from "./database.ts";
import { readNumbersInto, readTexts } from "./read-columns.ts";
import { type OpenOptions, openTables } from "./tables.ts";
import { writeTable } from "./write-table.ts";

const golden = (name: string) => fileURLToPath(new URL(`../../test/golden/files/${name}`, import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tables-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file into the test's folder and returns its path. */
function file(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

/** All columns of some tables, by label: numbers where the column is numeric, texts elsewhere. */
async function readAll(...paths: string[]): Promise<Record<string, (number | string | null)[]>> {
  const tables = await openTables(paths);
  const columns: Record<string, (number | string | null)[]> = {};
  for (const column of tables.columns) {
    const numbers = column.numeric && [...(await readNumbersInto(tables, [column], new Float64Array(tables.rows)))];
    columns[column.label] = numbers || (await readTexts(tables, column));
  }
  tables.close();
  return columns;
}

/** The message with which tables cannot be opened, the test's folder left out of it. */
async function refusal(...paths: string[]): Promise<string> {
  const error = await openTables(paths).then(
    (tables) => `opened ${tables.rows} rows`,
    (refused: unknown) => refused,
  );
  if (!(error instanceof TaskprismError)) throw error;
  return error.message.replaceAll(`${folder}/`, "");
}

const csv = "a,b,name\n1,2.5,ox\n-3e2,,\n0.1,NA,Ähre\n";
const contents = { a: [1, -300, 0.1], b: [2.5, NaN, NaN], name: ["ox", null, "Ähre"] };

describe("openTables", () => {
  it("reads the same table from every text format, packed or not", async () => {
    const rows = [
      { a: 1, b: 2.5, name: "ox" },
      { a: -300, b: null, name: null },
      { a: 0.1, name: "Ähre" },
    ];
    const lines = rows.map((row) => JSON.stringify(row)).join("\n");
    const texts: [name: string, text: string][] = [
      ["t.csv", csv],
      ["t2.CSV", csv.replaceAll("\n", "\r\n")],
      ["bom.csv", `\uFEFF${csv}`],
      ["semicolon.csv", csv.replaceAll(",", ";")],
      ["quoted.csv", csv.replaceAll(/([^,\n]+)/g, '"$1"')],
      ["t.tsv", csv.replaceAll(",", "\t")],
      ["t.json", JSON.stringify(rows)],
      ["t.jsonl", lines],
      ["t.ndjson", `${lines}\n`],
    ];
    for (const [name, text] of texts) {
      expect(await readAll(file(name, text)), name).toEqual(contents);
      expect(await readAll(file(`${name}.gz`, gzipSync(text))), `${name}.gz`).toEqual(contents);
      expect(await readAll(file(`${name}.GZ`, gzipSync(text))), `${name}.GZ`).toEqual(contents);
    }
  });

  // Written by pandas: test/golden/files/make.py.
  it("reads what pandas writes, and leaves out the index that it adds to CSV", async () => {
    const expected = { Tc: [1.5, NaN, 3], count: [1, 2, 3], whether: [1, 0, 1], material: ["ox", null, "Ähre"] };
    const single = Array.from(Float32Array.of(0.1, 0.2, 0.3));
    expect(await readAll(golden("pandas.parquet"))).toEqual({ ...expected, small: single });
    expect(await readAll(golden("pandas.csv"))).toEqual({ ...expected, small: [0.1, 0.2, 0.3] });
    const tables = await openTables([golden("pandas.csv")]);
    expect(tables.notices).toEqual([`${golden("pandas.csv")}: column 1 has no name in the header and is left out`]);
    tables.close();
  });

  it("keeps the order of the rows, in large files that several threads read", async () => {
    const count = 250_000;
    const i = Float64Array.from({ length: count }, (_, row) => row);
    const paths = ["large.parquet", "large.csv", "large.csv.gz", "large.jsonl"].map((name) => join(folder, name));
    for (const path of paths) {
      await writeTable(path, [
        { name: "i", values: i },
        { name: "half", values: i.map((row) => row / 2) },
      ]);
      const tables = await openTables([path], { threads: 4 });
      const read = await readNumbersInto(tables, tables.columns, new Float64Array(2 * count));
      tables.close();
      const wrong = read.findIndex((value, at) => value !== (at % 2 ? (at - 1) / 4 : at / 2));
      expect(wrong, path).toBe(-1);
    }
  });

  it("bounds the memory of text by its columns, unless a bound is asked for, and leaves Parquet unbounded", async () => {
    const bound = async (path: string, options: OpenOptions = {}) => {
      const { database, close } = await openTables([path], { threads: 2, ...options });
      const row = await readRow(database.connection, "SELECT current_setting('memory_limit') AS bound");
      close();
      return row?.bound;
    };
    const narrow = file("narrow.csv", "a,b\n1,2\n");
    const wide = file("wide.csv", `${Array.from({ length: 1000 }, (_, j) => `c${j}`)}\n${"1,".repeat(999)}1\n`);
    const parquet = join(folder, "bound.parquet");
    await writeTable(parquet, [{ name: "a", values: Float64Array.of(1, 2) }]);
    expect(await bound(narrow)).toBe("288.9 MiB");
    expect(await bound(wide)).toBe("1.2 GiB");
    expect(await bound(narrow, { memory: "90MiB" })).toBe("90.0 MiB");
    expect([await bound(parquet)]).not.toEqual(["288.9 MiB"]);
  });

  it("finds a value that is not a number after hundreds of thousands that are", async () => {
    const late = file("late.csv", `a,b\n${"1,2\n".repeat(200_000)}1.5,x\n`);
    const { a, b } = await readAll(late);
    expect(a?.at(-1)).toBe(1.5);
    expect(b?.at(-1)).toBe("x");
  });

  it("keeps names that SQL or a shell would take for something else", async () => {
    const names = ["select", "a b", 'say ""no""', "it's", "Ä*?[1]", "a.b"];
    const header = names.map((name) => `"${name}"`).join(",");
    file("its [1] *.csv", `${header}\n6,5,4,3,2,1\n`);
    const path = file("it's [1] *.csv", `${header}\n1,2,3,4,5,6\n`);
    file("it's 1 x.csv", "other\n9\n");
    const expected = { select: [1], "a b": [2], 'say "no"': [3], "it's": [4], "Ä*?[1]": [5], "a.b": [6] };
    expect(await readAll(path)).toEqual(expected);
  });

  it("tells apart columns whose names differ only in case, and lines ends and delimiters inside quotation marks", async () => {
    expect(await readAll(file("t.csv", 'a,A,"x,\ny"\n1,2,"3"\n4,5,"u,\nv"\n'))).toEqual({
      a: [1, 4],
      A: [2, 5],
      "x,\ny": ["3", "u,\nv"],
    });
  });

  it("takes any text of columns and rows apart as it was put together", async () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 });
    const field = text.filter((value) => !/^\s*$|\r|\0/.test(value)).map((value) => `${value}~`);
    const table = fc.record({ name: field, values: fc.array(field, { minLength: 1, maxLength: 4 }) });
    await fc.assert(
      fc.asyncProperty(table, async ({ name, values }) => {
        const quoted = [name, ...values].map((value) => `"${value.replaceAll('"', '""')}",0`);
        quoted[0] = quoted[0]?.replace(/0$/, "other") as string;
        expect(await readAll(file("t.csv", `${quoted.join("\n")}\n`))).toMatchObject({ [name]: values });
      }),
      { numRuns: 20 },
    );
  });

  it("puts files of equal length side by side and labels columns by their shortest unambiguous name", async () => {
    const first = file("one.csv", "x,y\n1,2\n3,4\n");
    const second = file("two.v1.jsonl.gz", gzipSync('{"y":5,"z":6}\n{"y":7,"z":8}\n'));
    expect(await readAll(first, second)).toEqual({ x: [1, 3], "one.y": [2, 4], "two.v1.y": [5, 7], z: [6, 8] });
  });

  it("fingerprints the bytes of the files", async () => {
    const [one, two] = [file("one.csv", csv), file("two.csv.gz", gzipSync(csv))];
    const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    const fingerprint = async (...paths: string[]) => {
      const tables = await openTables(paths);
      tables.close();
      return tables.fingerprint;
    };
    expect(await fingerprint(one)).toBe(sha256(csv));
    expect(await fingerprint(two)).toBe(sha256(readFileSync(two)));
    expect(await fingerprint(one, two)).toBe(sha256(`${sha256(csv)}\n${sha256(readFileSync(two))}`));
  });
});

describe("openTables refuses", () => {
  it("a missing file, and names one that is called nearly the same", async () => {
    file("train.csv.gz", gzipSync(csv));
    expect(await refusal(join(folder, "trian.csv.gz"))).toBe(
      "trian.csv.gz: no such file; did you mean 'train.csv.gz'?",
    );
    expect(await refusal(join(folder, "elsewhere.csv"))).toBe("elsewhere.csv: no such file");
    expect(await refusal(join(folder, "none", "t.csv"))).toBe(`none/t.csv: no such folder as none`);
    expect(await refusal("https://example.org/train.csv")).toBe(
      "https://example.org/train.csv: no such folder as https://example.org",
    );
  });

  it("names that say no format, and no or two files of the same name", async () => {
    const ending = "a table ends in .csv, .tsv, .json or .jsonl (or one of these and .gz), or .parquet";
    for (const name of ["t.xlsx", "t", ".csv", "t.gz", "t.parquet.gz"]) {
      expect(await refusal(file(name, csv))).toBe(`${name}: ${ending}`);
    }
    expect(await refusal()).toBe("no table was given");
    expect(await refusal(file("t.csv", csv), file("t.tsv", "a\n1\n"))).toBe(
      "t.csv and t.tsv are both called 't': rename one of them",
    );
  });

  it("files of different lengths", async () => {
    expect(await refusal(file("one.csv", "a\n1\n"), file("two.csv", "b\n1\n2\n"))).toBe(
      "two.csv: has 2 rows and one.csv has 1: tables side by side need the same number of rows",
    );
  });

  it.each<[what: string, name: string, contents: string | Uint8Array, message: string]>([
    ["nothing at all", "t.csv", "", "is empty"],
    ["a header only", "t.csv", "a,b\n", "has no rows"],
    ["no header", "t.csv", "1,2\n3,4\n", "has no header: its first line holds numbers, not the names of columns"],
    ["an empty first line", "t.csv", "\na,b\n", "has no header: its first line is empty"],
    ["a name twice", "t.csv", "a,b,a\n1,2,3\n", "column 'a': two columns have this name"],
    ["too few fields", "t.csv", "a,b\n1,2\n3\n", "row 2: has 1 of 2 fields"],
    ["too many fields", "t.csv", "a,b\n1,2\n3,4,5,6\n", "row 2: has more than 2 fields"],
    ["too few fields after empty lines", "t.csv", "a,b\n\n1,2\n\n\n3\n", "row 2: has 1 of 2 fields"],
    ["too few fields far down", "t.csv", `a,b\n${"1,2\n".repeat(100_000)}3\n`, "row 100001: has 1 of 2 fields"],
    [
      "an open quotation mark",
      "t.csv",
      'a,b\n1,2\n"3,4\n',
      "row 2: has a quotation mark that is not closed, or text after the closing one",
    ],
    ["another encoding", "t.csv", Buffer.from("a,b\n1,caf\xe9\n", "latin1"), "is not UTF-8 text: save it as UTF-8"],
    [
      "another encoding further down",
      "t.csv",
      Buffer.from(`a,b\n${"1,x\n".repeat(40_000)}1,caf\xe9\n`, "latin1"),
      "row 40001: is not UTF-8 text: save the file as UTF-8",
    ],
    ["text that is no gzip", "t.csv.gz", csv, "is not a sound gzip file: incorrect header check"],
    [
      "gzip cut short",
      "t.csv.gz",
      gzipSync(csv.repeat(9)).subarray(0, -12),
      "is cut short: the gzip data end too early",
    ],
    [
      "damaged gzip",
      "t.csv.gz",
      Uint8Array.from(gzipSync(csv)).fill(7, -8, -4),
      "is not a sound gzip file: incorrect data check",
    ],
    ["no Parquet", "t.parquet", csv, "is not a sound Parquet file: No magic bytes found"],
    ["JSON cut short", "t.json", '[{"a":1},{"a":', "row 3: is malformed JSON: unexpected end of data"],
    [
      "JSON lines that are none",
      "t.jsonl",
      '{"a":1}\n{"a":2\n{"a":3}\n',
      "row 3: is malformed JSON: unexpected character",
    ],
    ["JSON of no objects", "t.json", "[1,2]", "holds no table: it should be JSON objects, one a row, at least one"],
    ["JSON of no rows", "t.json", "[]", "holds no table: it should be JSON objects, one a row, at least one"],
  ])("%s", async (_, name, bytes, message) => {
    const place = /^(row|column)/.test(message) ? ", " : ": ";
    expect(await refusal(file(name, bytes))).toBe(`${name}${place}${message}`);
  });

  it("Parquet cut short or damaged within", async () => {
    const path = join(folder, "t.parquet");
    const random = Float64Array.from({ length: 5000 }, (_, i) => Math.sin(i * i));
    await writeTable(path, [{ name: "x", values: random }]);
    const bytes = readFileSync(path);
    expect(await refusal(file("cut.parquet", bytes.subarray(0, -100)))).toBe(
      "cut.parquet: is not a sound Parquet file: No magic bytes found",
    );
    const tables = await openTables([file("damaged.parquet", Buffer.from(bytes).fill(0xaa, 4, 2000))]);
    await expect(readNumbersInto(tables, tables.columns, new Float64Array(5000))).rejects.toThrow(
      /^.*damaged\.parquet: cannot be read: [^\n]+$/,
    );
    await expect(readNumbersInto(tables, tables.columns, new Float64Array(5000))).rejects.toBeInstanceOf(DataError);
    tables.close();
  });
});
