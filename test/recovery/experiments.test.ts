import { describe, expect, it } from "vitest";
import { cellsOf } from "../../src/experiments/cells.ts";
import type { ExperimentConfig } from "../../src/experiments/config.ts";
import { experiments } from "../../src/experiments/experiments.ts";
import { assuranceOf } from "../../src/experiments/findings.ts";
import { type CellResult, runCell } from "../../src/experiments/run-cell.ts";
import { tableRows } from "../../src/experiments/table.ts";

const shipped = (name: string) => (experiments.get(name) as { config: ExperimentConfig }).config;

async function run(config: ExperimentConfig) {
  const cells = cellsOf(config);
  const results = new Map<string, CellResult>();
  for (const cell of cells) results.set(cell.id, await runCell(cell));
  const rows = tableRows(cells, results);
  const of = (label: string) => rows.filter(({ cells: [cell] }) => cell.method.label === label);
  return { cells, results, rows, of };
}

describe("the linear experiment, small", () => {
  it("is within 3e-4 of the true mixing, far above the null line", async () => {
    const { of } = await run({
      ...shipped("linear"),
      seeds: [0, 1, 2],
      grid: { mixing: ["orthogonal", "random"] },
      cases: [{ grid: { latentDim: [5], causalPerTask: [2] } }],
    });
    for (const row of of("mtlcm")) {
      expect(row.failed).toBe(0);
      expect(row.toOracle).toBeLessThan(3e-4);
      expect(row.lowest).toBeGreaterThan(0.995);
      for (const { causesAccuracy, perTaskSpearman, modelHolds, predictedMcc, pooledPearson } of row.scores) {
        expect(causesAccuracy).toBeGreaterThan(0.93);
        expect(perTaskSpearman).toBeGreaterThan(0.99);
        expect(modelHolds).toBe(true);
        expect(Math.abs((predictedMcc ?? 0) - pooledPearson)).toBeLessThan(0.005);
      }
    }
    for (const { scores } of of("raw")) {
      for (const { pooledSpearman, weak } of scores) {
        expect(pooledSpearman).toBeLessThan(0.85);
        expect(weak).toBeGreaterThan(0.99);
      }
    }
  });
});

describe("the nonlinear experiment, small", () => {
  it("finds latents behind a network; without training it does not (negative control)", async () => {
    const short = { hidden: [128], batchSize: 256 }; // a tenth of the usual updates: seconds instead of a minute
    const { of } = await run({
      ...shipped("nonlinear"),
      seeds: [0, 1],
      methods: [
        "raw",
        { method: "mtlcm", label: "trained", options: { ...short, epochs: 40 } },
        // Heads solved exactly would make something of the random features of an encoder that was never trained.
        { method: "mtlcm", label: "untrained", options: { ...short, heads: "joint", epochs: 1, learningRate: 1e-9 } },
      ],
      cases: [{ data: { latentDim: 3, causalPerTask: 1, inputDim: 20, tasks: 60, rowsPerTask: 100 } }],
    });
    const spearman = (label: string) => of(label)[0].scores.map(({ pooledSpearman }) => pooledSpearman);
    for (const score of spearman("trained")) expect(score).toBeGreaterThan(0.98);
    for (const control of ["raw", "untrained"]) {
      const [first, second] = spearman(control);
      expect((first + second) / 2).toBeLessThan(0.85);
    }
  });
});

describe("the robustness experiment, small", () => {
  const named = (...names: string[]) => {
    const config = shipped("robustness");
    const cases = names.map((name) => config.cases?.find((part) => part.name === name) ?? { name: "missing" });
    return { ...config, seeds: [0], methods: ["oracle", "mtlcm"], cases };
  };

  it("promises nothing where there is nothing to tell latents apart, and what it can keep elsewhere", async () => {
    const { cells, results } = await run({
      ...named("the model itself"),
      cases: [
        { name: "kept", data: { tasks: 50 } },
        { name: "no effects", data: { tasks: 50, causalPerTask: 10 } },
      ],
    });
    const assurance = assuranceOf(cells, results);
    expect(assurance).toMatchObject({ certified: 2, unrecovered: 1, warned: 1, overcautious: 0, falseAssurance: [] });
  });

  it("records a cell that fails with its error, and goes on", async () => {
    const { rows } = await run({
      ...named("few rows"),
      cases: [{ data: { latentDim: 3, causalPerTask: 1, tasks: 30 }, grid: { rowsPerTask: [3, 60] } }],
    });
    expect(rows.map(({ failed }) => failed)).toEqual([0, 1, 0, 0]);
    expect(rows[1].results[0]?.error).toMatch(/no task has 5 rows in each half/);
    expect(rows[3].lowest).toBeGreaterThan(0.99);
  });
});
