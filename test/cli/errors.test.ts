import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { afresh, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
afterAll(dispose);

const header = "a,b,y1,y2\n";
const rows = Array.from({ length: 30 }, (_, i) => [
  Math.sin(i),
  Math.cos(3 * i),
  Math.sin(i) + i / 99,
  Math.cos(3 * i),
]);
const csv = (change: (row: (number | string)[], i: number) => (number | string)[]) =>
  header + rows.map((row, i) => `${change([...row], i).join(",")}\n`).join("");
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);

write(
  "good.csv",
  csv((row) => row),
);
write(
  "text.csv",
  csv((row, i) => (i === 16 ? ["abc", ...row.slice(1)] : row)),
);
write(
  "gap.csv",
  csv((row, i) => (i === 4 ? ["", ...row.slice(1)] : row)),
);
write(
  "infinite.csv",
  csv((row, i) => (i === 4 ? ["inf", ...row.slice(1)] : row)),
);
write(
  "constant.csv",
  csv(([a, b, y]) => [a, b, y, 7]),
);
write(
  "few.csv",
  csv(([a, b, y, z], i) => [a, b, y, i < 2 ? z : ""]),
);
write(
  "short.csv",
  header +
    rows
      .slice(0, 3)
      .map((row) => `${row.join(",")}\n`)
      .join(""),
);
write("shorter.csv", "q\n1\n2\n");
write("empty.csv", "");
write("damaged.csv.gz", "this is no gzip file");
write("foreign.safetensors", "nor is this a model");
mkdirSync(join(cwd, "full"));
write("full/something.txt", "mine");

const fitting = (...args: string[]) => ["fit", ...args, "--out", "run"];
const TARGETS = ["--targets", "y1,y2", "--latent-dim", "1"];

/** Arguments, and what the one line on stderr must say. */
const mistakes: [what: string, args: string[], message: RegExp][] = [
  ["a file that is not there", fitting("god.csv", ...TARGETS), /god\.csv.*good\.csv/],
  ["an empty file", fitting("empty.csv", ...TARGETS), /empty\.csv: is empty/],
  ["a damaged gzip file", fitting("damaged.csv.gz", ...TARGETS), /damaged\.csv\.gz: .*gzip/],
  ["a column that is not there", fitting("good.csv", "--targets", "y1,y3"), /no column is called 'y3'.*y/],
  ["a pattern that matches nothing", fitting("good.csv", "--targets", "z*"), /no column matches 'z\*'/],
  [
    "text in a numeric column",
    fitting("text.csv", ...TARGETS, "--features", "a,b"),
    /text\.csv, row 17, column 'a': .*abc/,
  ],
  ["a missing feature", fitting("gap.csv", ...TARGETS), /gap\.csv, row 5, column 'a': is missing/],
  ["an infinite feature", fitting("infinite.csv", ...TARGETS), /infinite\.csv, row 5, column 'a'/],
  ["a constant target", fitting("constant.csv", ...TARGETS), /column 'y2': the target is 7 in every row/],
  [
    "a target with two values",
    fitting("few.csv", ...TARGETS),
    /column 'y2': this task has 2 observed targets; at least 3/,
  ],
  ["no targets", fitting("good.csv"), /targets/],
  [
    "more latents than targets",
    fitting("good.csv", "--targets", "y1,y2", "--latent-dim", "3"),
    /2 targets can identify/,
  ],
  ["fewer rows than latents", fitting("short.csv", "--targets", "a,b,y1", "--latent-dim", "3"), /only 3 rows/],
  ["tables of different length", fitting("good.csv", "shorter.csv", ...TARGETS), /shorter\.csv.*2 rows.*30/],
  [
    "a folder that holds something else",
    ["fit", "good.csv", ...TARGETS, "--out", "full"],
    /full: the folder is not empty/,
  ],
  ["the same, forced", ["fit", "good.csv", ...TARGETS, "--out", "full", "--force"], /holds no run/],
  ["no folder for the results", ["fit", "good.csv", ...TARGETS], /--out is missing/],
  ["a number that is none", fitting("good.csv", ...TARGETS, "--epochs", "many"), /must be a whole number/],
  ["an option that does not exist", fitting("good.csv", "--frobnicate"), /unknown option/],
  ["a device that is not there", fitting("good.csv", ...TARGETS, "--device", "webgpu"), /webgpu/],
  ["a model that is none", ["inspect", "foreign.safetensors"], /foreign\.safetensors: /],
  ["a run that is not there", ["inspect", "nowhere"], /nowhere: /],
];

/** Notices, the hint at --help, and what the graphics driver's loader prints of itself when asked for a device. */
const BESIDE_THE_POINT = /^(note: |\(taskprism |Warning: Couldn't load| {4}at operator)/;

describe("wrong input", () => {
  it.each(mistakes)(
    "%s: exit code 2, one line that says what and where, nothing left behind",
    async (_, args, message) => {
      const before = readdirSync(cwd).sort();
      const { status, stderr, stdout } = await taskprism(cwd, ...args);
      const lines = stderr.split("\n").filter((line) => line !== "" && !BESIDE_THE_POINT.test(line));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(message);
      expect(lines[0]).toMatch(/^(taskprism|error): /);
      expect(stdout).toBe("");
      expect(status).toBe(2);
      expect(readdirSync(cwd).sort()).toEqual(before);
    },
  );

  it("shows the stack trace with --debug only", async () => {
    const quiet = await afresh(cwd, "inspect", "nowhere");
    expect(quiet).toMatchObject({ status: 2, stdout: "" });
    expect(quiet.stderr).toMatch(/^taskprism: nowhere: .*\n$/);
    expect((await taskprism(cwd, "inspect", "nowhere", "--debug")).stderr).toMatch(/ at .*\.js/);
  });
});
