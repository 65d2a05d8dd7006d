import { describe, expect, it } from "vitest";
import { type Cell, cellsOf } from "./cells.ts";
import { markdownTable, sharedSettings, tableColumns } from "./columns.ts";
import { assuranceOf, findings } from "./findings.ts";
import type { CellResult, CellScores } from "./run-cell.ts";
import { meanAndSpread, tableRows, varyingOptions } from "./table.ts";

const cells = cellsOf({
  kind: "linear",
  seeds: [0, 1, 2],
  methods: ["oracle", "mtlcm"],
  data: { tasks: 50 },
  grid: { latentDim: [3, 5] },
});

const scores = (pooledSpearman: number, more: Partial<CellScores> = {}): CellScores => ({
  ...{ pooledPearson: pooledSpearman, pooledSpearman, perTaskPearson: 0.8, perTaskSpearman: 0.7, weak: 1 },
  ...{ smallestCanonical: 0.9, causesAccuracy: null, causesAuroc: null, causesBrier: null },
  ...{ causesCalibrationError: null, modelHolds: null, predictedMcc: null, splitHalfMcc: null, fitRatio: null },
  ...{ residualCorrelation: null, separated: null, verdict: null, seconds: 2, ...more },
});

/** Results for the first cells, in their order. */
const resultsOf = (list: readonly (CellScores | string)[]) =>
  new Map<string, CellResult>(
    list.map((entry, i) => {
      const { id } = cells[i] as Cell;
      return [id, typeof entry === "string" ? { id, scores: null, error: entry } : { id, scores: entry, error: null }];
    }),
  );

const certified = (realised: number, predictedMcc: number | null, modelHolds: boolean) =>
  scores(realised, { modelHolds, predictedMcc, fitRatio: 1 });

const results = resultsOf([
  ...[scores(0.9999), scores(0.999), scores(0.99)],
  ...[certified(0.9998, 0.9997, true), certified(0.998, 0.999, true), certified(0.9898, 0.9999, false)],
  ...[scores(0.9999), scores(0.9999), scores(0.9999)],
  ...[certified(0.9, 0.95, true), certified(0.9, null, true), "cholesky: no"],
]);
const rows = tableRows(cells, results);

describe("the table of an experiment", () => {
  it("has a line for every method on every data, with the median distance to the oracle of the same data", () => {
    expect(rows.length).toBe(4);
    // Gaps .0001, .001 and .0002 by seed; with one cell failed .0999 twice.
    expect(rows[1]?.toOracle).toBeCloseTo(0.0002, 12);
    expect(rows[3]?.toOracle).toBeCloseTo(0.0999, 12);
    expect(rows[0]?.toOracle).toBe(0);
    expect(rows.map(({ lowest, oracleLowest, failed }) => [lowest, oracleLowest, failed])).toEqual([
      [0.99, 0.99, 0],
      [0.9898, 0.99, 0],
      [0.9999, 0.9999, 0],
      [0.9, 0.9999, 1],
    ]);
  });

  it("states mean and standard deviation over the seeds that have a score", () => {
    const [oracle, , , second] = rows;
    const found = oracle && meanAndSpread(oracle, "pooledSpearman");
    expect(found?.mean).toBeCloseTo((0.9999 + 0.999 + 0.99) / 3, 12);
    expect(found?.sd).toBeCloseTo(0.0054744862, 9);
    expect(second && meanAndSpread(second, "predictedMcc")).toEqual({ mean: 0.95, sd: 0 });
    expect(oracle && meanAndSpread(oracle, "predictedMcc")).toBeNull();
  });

  it("prints what varies, marks what the oracle misses as well, and what was not run", () => {
    expect(varyingOptions(cells)).toEqual(["latentDim"]);
    expect(sharedSettings(cells)).toBe("All: tasks 50.");
    const lines = markdownTable(tableColumns(cells), tableRows(cells, new Map([...results].slice(0, 7)))).split("\n");
    expect(lines[0]).toMatch(/^\| d \| method \| Spearman \| lowest \| below oracle \| Pearson \|/);
    expect(lines[3]).toMatch(
      /^\| 3 \| mtlcm \| 0\.9959 ± 0\.0053 \| 0\.9898 † \| 2\.0e-4 \|.*\| 2\/3 \| 2\.00 ± 0\.00 \| 3\/3 \|$/,
    );
    expect(lines[4]).toMatch(/^\| 5 \| oracle \| 0\.9999 \|.*\| 1\/3 \|$/);
    expect(lines[5]).toMatch(/^\| 5 \| mtlcm \| – \| – \|.*\| 0\/3 \|$/);
  });
});

describe("a table of cases with names", () => {
  const named = cellsOf({
    ...{ kind: "linear", seeds: [0], methods: ["raw"], data: { latentDim: 4 } },
    cases: [{ name: "plain" }, { name: "few", data: { latentDim: 3 }, grid: { tasks: [3, 6] } }],
  });

  it("says of every line only in what it departs from the first", () => {
    const lines = markdownTable(tableColumns(named), tableRows(named, new Map())).split("\n");
    expect(sharedSettings(named)).toBe("Unless a line says otherwise: d 4.");
    expect(lines.slice(2).map((line) => line.split(" | ").slice(0, 2))).toEqual([
      ["| plain", ""],
      ["| few", "d 3, tasks 3"],
      ["| few", "d 3, tasks 6"],
    ]);
  });
});

describe("the findings", () => {
  it("count false assurance, warnings that were due, and ones that were not", () => {
    const assurance = assuranceOf(cells, results);
    expect(assurance).toMatchObject({ certified: 5, unrecovered: 2, warned: 1, overcautious: 1 });
    expect(assurance.falseAssurance.map(({ predicted, realised }) => [predicted, realised])).toEqual([[0.95, 0.9]]);
  });

  it("count as bounded, and not as false assurance, what noise that does not show may have cost", () => {
    const hidden = (predictedMccFloor: number) =>
      assuranceOf(
        cells,
        resultsOf([...new Array(3).fill(scores(1)), scores(0.957, { ...promise, predictedMccFloor })]),
      );
    const promise = { fitRatio: 1, modelHolds: true, predictedMcc: 0.9999 };
    expect(hidden(0.953)).toMatchObject({ unrecovered: 1, warned: 0, bounded: 1, falseAssurance: [] });
    expect(hidden(0.98)).toMatchObject({ bounded: 0, falseAssurance: [{ predicted: 0.98, realised: 0.957 }] });
  });

  it("say what was reached, where the oracle itself falls short, and what failed", () => {
    const text = findings(rows, cells, results).join("\n");
    expect(text).toMatch(
      /mtlcm: pooled Spearman MCC within 0\.0003 of the oracle .* in 1 of 2 settings, at worst 1\.0e-1/,
    );
    expect(text).toMatch(/no seed below 0\.995 in 0 of 2 settings; in 1 of the other 2 a seed of the oracle/);
    expect(text).toMatch(/False assurance: latentDim 5, tasks 50, mtlcm, seed 0: predicted 0\.9500, realised 0\.9000/);
    expect(text).toMatch(/Failed: latentDim 5, tasks 50, mtlcm, seed 2: cholesky: no/);
  });

  it("count a refined model, whose fit is not tested, as one that is promised nothing", () => {
    const untested = resultsOf([...new Array(3).fill(scores(1)), scores(0.97, { fitRatio: 1.1, modelHolds: null })]);
    expect(assuranceOf(cells, untested)).toMatchObject({ certified: 1, unrecovered: 1, warned: 1, falseAssurance: [] });
  });

  it("are none where nothing was certified", () => {
    const oracleOnly = cells.slice(0, 3);
    expect(findings(tableRows(oracleOnly, results), oracleOnly, results)).toEqual([]);
  });
});
