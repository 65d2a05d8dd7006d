import type { Matrix } from "../../linalg/matrix.ts";
import { strongMcc } from "../../metrics/mcc.ts";
import { crossCorrelation } from "../../stats/correlation.ts";
import type { SpecifiedChart } from "../chart.ts";
import { signedMatrix } from "../signed-matrix.ts";
import { MOST_LATENTS } from "./most-drawn.ts";

/** Two sets of latents of the same rows, with the names of their columns. */
export interface NamedLatents {
  /** What they are, as a title says it: "latents", "truth". */
  readonly title: string;
  /** rows × d. */
  readonly values: Matrix;
  /** d. */
  readonly names: readonly string[];
}

/**
 * The correlations of found latents with true ones, columns in the order of their matches: a diagonal is recovery, a
 * block or a row of middling cells a mixture.
 *
 * @param found down the chart, d₁ rows.
 * @param truth across it, d₂ columns; those without a match come last.
 * @throws as `strongMcc`.
 */
export function correlationMatrix(found: NamedLatents, truth: NamedLatents): SpecifiedChart {
  const correlation = crossCorrelation(found.values, truth.values, "pearson");
  const { score, pairs } = strongMcc(found.values, truth.values, "pearson");
  const matched = pairs.map(({ right }) => right);
  const order = [...matched, ...truth.names.keys()].filter((j, at, all) => all.indexOf(j) === at);
  const columns = order.slice(0, MOST_LATENTS).map((j) => truth.names[j] as string);
  const first = pairs.slice(0, MOST_LATENTS).map(({ left }) => left);
  const rest = found.names.map((_, i) => i).filter((i) => !first.includes(i));
  const rows = [...first, ...rest.slice(0, MOST_LATENTS - first.length)].sort((a, b) => a - b);
  const all = rows.length * columns.length === correlation.data.length;
  const value = (i: number, j: number) => correlation.data[i * correlation.cols + j] as number;
  return {
    id: "correlation-matrix",
    title: `${capitalised(found.title)} against ${truth.title}`,
    caption:
      `Pearson correlation over all rows; strong MCC ${score.toFixed(4)}. The columns stand in the order ` +
      "of their matches, so that a clean diagonal is full recovery." +
      (all
        ? ""
        : ` ${rows.length} of ${found.names.length} down and ${columns.length} of ${truth.names.length} across are drawn, matched ones first.`),
    spec: signedMatrix(
      rows.flatMap((i) =>
        order
          .slice(0, MOST_LATENTS)
          .map((j) => ({ row: found.names[i] as string, column: truth.names[j] as string, value: value(i, j) })),
      ),
      {
        rowTitle: found.title,
        columnTitle: truth.title,
        valueTitle: "correlation",
        rows: rows.map((i) => found.names[i] as string),
        columns,
        signed: true,
      },
    ),
    table: {
      columns: [found.title, ...order.map((j) => truth.names[j] as string)],
      rows: found.names.map((name, i) => [name, ...order.map((j) => value(i, j))]),
    },
  };
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
