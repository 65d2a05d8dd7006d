import type { Matrix } from "../../linalg/matrix.ts";
import { consistency } from "../../metrics/consistency.ts";
import { strongMcc } from "../../metrics/mcc.ts";
import { latentNames } from "../../model/fitted-model.ts";
import type { Chart } from "../chart.ts";
import { signedMatrix } from "../signed-matrix.ts";
import { colour } from "../theme.ts";
import { densityCells } from "./prediction-quality.ts";

/** Latents of one run on the rows that all runs share. */
export interface RunLatents {
  readonly name: string;
  /** rows × d. */
  readonly latents: Matrix;
}

/** The strong MCC of every pair of runs. */
export function runAgreement(runs: readonly RunLatents[]): Chart {
  const { pairs, spread } = consistency(runs.map(({ latents }) => latents));
  const names = runs.map(({ name }) => name);
  const cells = pairs.flatMap(({ first, second, strongPearson: value }) => [
    { row: names[first] as string, column: names[second] as string, value },
    { row: names[second] as string, column: names[first] as string, value },
  ]);
  const { median, lowest, highest } = spread.strongPearson;
  return {
    id: "run-agreement",
    title: "Do the runs find the same latents?",
    caption:
      `Strong MCC (Pearson) of every pair of runs: ${pairs.length === 1 ? median.toFixed(4) : `median ${median.toFixed(4)}, from ${lowest.toFixed(4)} to ${highest.toFixed(4)}`}; ` +
      `weak MCC, which no choice of axes can beat, ${spread.weak.median.toFixed(4)}. Agreement is necessary for identifiability, and does not show correctness.`,
    spec: signedMatrix(cells, {
      rowTitle: "",
      columnTitle: "",
      valueTitle: "strong MCC",
      rows: names,
      columns: names,
      signed: false,
      text: true,
      cell: { height: 30, width: 60 },
    }),
    table: {
      columns: ["runs", "strong (Pearson)", "strong (Spearman)", "weak"],
      rows: pairs.map((pair) => [
        `${names[pair.first]} and ${names[pair.second]}`,
        pair.strongPearson,
        pair.strongSpearman,
        pair.weak,
      ]),
    },
  };
}

const BINS = 24;
const REACH = 3.5;

/** Pairs of latents that are drawn. */
const MOST_PAIRS = 20;

/** Every latent of the first run against the latent of the second that it is matched with, as densities. */
export function matchedLatents(first: RunLatents, second: RunLatents): Chart {
  const { pairs: all } = strongMcc(first.latents, second.latents, "pearson");
  const pairs = all.slice(0, MOST_PAIRS);
  const leftOut = all.length > pairs.length ? ` ${pairs.length} of ${all.length} are drawn.` : "";
  const [left, right] = [first, second].map(({ latents }) => latentNames(latents.cols)) as [string[], string[]];
  const titles = pairs.map((pair) => `${left[pair.left]} · ${right[pair.right]}, r = ${pair.correlation.toFixed(3)}`);
  const values = pairs.flatMap((pair, k) => {
    const x = standardised(first.latents, pair.left);
    const y = standardised(second.latents, pair.right).map((value) => Math.sign(pair.correlation) * value);
    return densityCells(x, y, { reachX: REACH, reachY: REACH, bins: BINS }).map(({ x, y, step, count }) => ({
      ...{ pair: titles[k] as string, count },
      ...{ x: x - step[0] / 2, x2: x + step[0] / 2, y: y - step[1] / 2, y2: y + step[1] / 2 },
    }));
  });
  return {
    id: "matched-latents",
    title: "The latents of two runs, matched",
    caption: `Across: ${first.name}. Up: ${second.name}, with its sign turned where the correlation is negative. In standard deviations; a thin diagonal is the same latent.${leftOut}`,
    spec: {
      data: { values },
      facet: { field: "pair", type: "nominal", sort: titles, title: null, header: { labelFontSize: 11 } },
      columns: 5,
      spacing: 18,
      spec: {
        width: 110,
        height: 110,
        mark: { type: "rect", color: colour("first"), aria: false },
        encoding: {
          x: { field: "x", type: "quantitative", title: null, axis: { tickCount: 3 } },
          x2: { field: "x2" },
          y: { field: "y", type: "quantitative", title: null, axis: { tickCount: 3 } },
          y2: { field: "y2" },
          opacity: { field: "count", type: "quantitative", scale: { type: "log", range: [0.12, 1] }, legend: null },
        },
      },
    },
    table: {
      columns: [first.name, second.name, "correlation"],
      rows: all.map((pair) => [left[pair.left] as string, right[pair.right] as string, pair.correlation]),
    },
  };
}

function standardised({ rows, cols, data }: Matrix, column: number): Float64Array {
  const x = Float64Array.from({ length: rows }, (_, i) => data[i * cols + column] as number);
  const mean = x.reduce((sum, value) => sum + value, 0) / rows;
  const sd = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
  return x.map((value) => (value - mean) / sd);
}
