import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { textBytes } from "./text-size.ts";

const folder = mkdtempSync(join(tmpdir(), "taskprism-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("is the size of a text, packed or not, and 0 for what is not there", async () => {
  const text = "1,2,3\n".repeat(5000);
  const files = { "t.csv": text, "t.csv.gz": gzipSync(text), "cut.csv.gz": gzipSync(text).subarray(0, 12) };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const size = (name: string) => textBytes(join(folder, name));
  expect(await size("t.csv")).toBe(30_000);
  expect(await size("t.csv.gz")).toBe(30_000);
  expect(await size("cut.csv.gz")).toBe(12);
  expect(await size("nowhere.csv")).toBe(0);
  expect(await textBytes(folder)).toBe(0);
});
