import { describe, expect, it } from "vitest";
import { readCsv } from "./read-csv.ts";

describe("a CSV file", () => {
  it("becomes columns of numbers and of text, with NaN where a number is missing", () => {
    const columns = readCsv('name;a;b\n"x; y";1;NA\nz;2.5e-3;\n', "f.csv");
    expect(columns).toEqual([
      { kind: "text", name: "name", values: ["x; y", "z"] },
      { kind: "numbers", name: "a", values: Float64Array.of(1, 2.5e-3) },
      { kind: "text", name: "b", values: ["NA", ""] },
    ]);
    const [a] = readCsv("a\tb\n1\t2\n?\t3\n", "f.tsv");
    expect(a).toEqual({ kind: "numbers", name: "a", values: Float64Array.of(1, Number.NaN) });
  });

  it("says which value keeps a column from being one of numbers, if it is one of few", () => {
    const rows = Array.from({ length: 20 }, (_, i) => (i === 6 ? "1,5 K" : String(i)));
    const [column] = readCsv(`a\n${rows.map((text) => `"${text}"`).join("\n")}\n`, "f.csv");
    expect(column).toMatchObject({ kind: "text", odd: { row: 7, text: "1,5 K" } });
    expect(readCsv("a\nCuO\nZnO\n3\n", "f.csv")[0]).not.toHaveProperty("odd");
  });

  it.each([
    ["a,b\n1,2\n3\n", "f.csv, row 2, column 'b': the row has 1 values; the first line names 2 columns"],
    ["a,b\n1,2,3\n", "f.csv, row 1, column 'b': the row has 3 values; the first line names 2 columns"],
    ["a,b\n", "f.csv: no rows; the first line names the columns, and each line after it is a row"],
    ["", "f.csv: no rows; the first line names the columns, and each line after it is a row"],
    ["a,a\n1,2\n", "f.csv, column 'a': two columns have this name; names must differ"],
    ["a,\n1,2\n", "f.csv: column 2 has no name in the first line"],
    ['a,b\n1,2\n3,"4\n', "f.csv, row 2: a quotation mark is not closed or stands inside a value"],
  ])("is refused in one line that says where: %j", (text, message) => {
    expect(() => readCsv(text, "f.csv")).toThrow(expect.objectContaining({ code: "DATA", message }));
  });
});
