import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../errors.ts";
import { FileError } from "./file-error.ts";
import { appendRecord, openRecords } from "./record-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "taskprism-records-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("records in lines", () => {
  it("come back in order, and go on after a last one that was cut short by a kill", async () => {
    const path = join(folder, "a.jsonl");
    expect(await openRecords(path)).toEqual([]);
    await appendRecord(path, { n: 1, text: "σ\n" });
    await appendRecord(path, { n: 2 });
    appendFileSync(path, '{"n": 3, "te');
    expect(await openRecords(path)).toEqual([{ n: 1, text: "σ\n" }, { n: 2 }]);
    await appendRecord(path, { n: 4 });
    expect((await openRecords(path)).at(-1)).toEqual({ n: 4 });
    expect(readFileSync(path, "utf8")).not.toMatch(/"n": 3/);
  });

  it("start anew when not even the first one was whole", async () => {
    const path = join(folder, "b.jsonl");
    writeFileSync(path, '{"n"');
    expect(await openRecords(path)).toEqual([]);
    expect(await openRecords(path)).toEqual([]);
  });

  it("name the line that is damaged, and the file that cannot be written", async () => {
    const path = join(folder, "c.jsonl");
    writeFileSync(path, '{"n":1}\nnonsense\n{"n":3}\n');
    await expect(openRecords(path)).rejects.toThrow(DataError);
    await expect(openRecords(path)).rejects.toThrow(/c\.jsonl, row 2: is damaged/);
    await expect(appendRecord(join(folder, "none", "d.jsonl"), {})).rejects.toThrow(FileError);
  });
});
