import { describe, expect, it } from "vitest";
import { ConfigError } from "../errors.ts";
import { cellsOf } from "./cells.ts";
import type { ExperimentConfig } from "./config.ts";
import { experiments } from "./experiments.ts";

const base: ExperimentConfig = { kind: "linear", seeds: [3, 4], methods: ["raw", "mtlcm"] };

describe("cellsOf", () => {
  it("runs every combination of the shared grid and a case's own, over fixed options that a case may change", () => {
    const cells = cellsOf({
      ...base,
      data: { tasks: 50, rowsPerTask: 20 },
      grid: { mixing: ["identity", "random"] },
      cases: [
        { name: "a", data: { tasks: 9 } },
        { name: "b", grid: { latentDim: [3, 4], causalPerTask: [1] } },
      ],
    });
    expect(cells.length).toBe(2 * 2 * (2 + 4));
    expect(cells.slice(0, 4).map(({ method, seed }) => [method.label, seed])).toEqual([
      ["raw", 3],
      ["raw", 4],
      ["mtlcm", 3],
      ["mtlcm", 4],
    ]);
    expect(cells[0]?.options).toEqual({ tasks: 9, rowsPerTask: 20, mixing: "identity" });
    const last = { latentDim: 4, causalPerTask: 1, tasks: 50, rowsPerTask: 20, mixing: "random" };
    expect(cells.at(-1)).toMatchObject({ kind: "linear", name: "b", options: last });
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
  });

  it("gives a cell the same id however its options were put together", () => {
    const [a] = cellsOf({ ...base, data: { tasks: 5, mixing: "random" }, grid: { latentDim: [3] } });
    const [b] = cellsOf({ ...base, grid: { mixing: ["random"], tasks: [5] }, cases: [{ data: { latentDim: 3 } }] });
    expect(a?.id).toBe(b?.id);
  });

  it("finds no fault with what is shipped: the paper's sizes are among it", () => {
    const sizes = [...experiments].map(([name, { config }]) => [name, cellsOf(config).length] as const);
    expect(Object.fromEntries(sizes)).toMatchObject({ linear: 10 * 3 * 3 * 5, nonlinear: 7 * 3 * 5, segments: 4 * 5 });
    const { config } = experiments.get("nonlinear") as { config: ExperimentConfig };
    expect(cellsOf(config)[0]?.options).toEqual({
      ...{ latentDim: 20, causalPerTask: 4, tasks: 500, rowsPerTask: 200, inputDim: 100 },
    });
  });

  it.each<[Partial<ExperimentConfig>, RegExp]>([
    [{ data: { latentDim: 3, causalPerTask: 4 } }, /causalPerTask must be a whole number from 0 to latentDim \(3\)/],
    [{ methods: ["magic"] }, /no method 'magic'; there are oracle, mtlcm, raw/],
    [{ kind: "segments", methods: ["varimax"] }, /'varimax' is not for segments data/],
    [{ methods: [{ method: "fast-ica", options: { contrast: "cub" } }] }, /methods: fast-ica: options\.contrast: /],
    [{ kind: "nonlinear", methods: ["oracle"] }, /'oracle' is not for nonlinear data/],
    [{ methods: [{ method: "mtlcm", options: { starts: 3 } }] }, /methods: mtlcm: options: Unrecognized key: "starts"/],
    [{ methods: [{ method: "mtlcm", options: { maxStarts: 0 } }] }, /methods: mtlcm: options\.maxStarts: /],
    [{ methods: ["raw", "raw"] }, /asks twice for/],
    [{ seeds: [1, 1] }, /asks twice for/],
  ])("refuses %j", (change, message) => {
    const expand = () => cellsOf({ ...base, ...change });
    expect(expand).toThrow(ConfigError);
    expect(expand).toThrow(message);
  });
});
