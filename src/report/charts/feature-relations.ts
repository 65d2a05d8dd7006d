import type { FeatureTable, MultiTaskData } from "../../data/multi-task-data.ts";
import { type Matrix, matrix, rowView } from "../../linalg/matrix.ts";
import { latentNames } from "../../model/fitted-model.ts";
import { crossCorrelation } from "../../stats/correlation.ts";
import type { Chart } from "../chart.ts";
import { signedMatrix } from "../signed-matrix.ts";
import { mostRows } from "./most-drawn.ts";
import { orderByStrongest } from "./order.ts";

const MOST_FEATURES = 40;

/**
 * The correlation of every latent with the columns that it was found from: the columns that show most, grouped by latent.
 *
 * @param of what the columns are of, as a caption says it.
 */
export function featureRelations(
  { features, featureNames }: Pick<MultiTaskData, "features" | "featureNames">,
  latents: Matrix,
  of: "the table" | "the representation",
): Chart {
  const correlation = crossCorrelation(doubles(features), latents, "pearson");
  const names = latentNames(latents.cols);
  const strength = (i: number) => Math.max(...rowView(correlation, i).map(Math.abs));
  const ranked = featureNames.map((_, i) => i).sort((a, b) => strength(b) - strength(a));
  const kept = new Set(ranked.slice(0, mostRows(latents.cols, MOST_FEATURES)));
  const shown = orderByStrongest(correlation).filter((i) => kept.has(i));
  const value = (i: number, j: number) => correlation.data[i * latents.cols + j] as number;
  const left = featureNames.length - shown.length;
  return {
    id: "feature-relations",
    title: "What each latent is made of",
    caption: `Correlation of the latent with the columns of ${of}, each column grouped with the latent it is most correlated with.${left > 0 ? ` The ${left} columns least correlated with any latent are left out.` : ""}`,
    spec: signedMatrix(
      shown.flatMap((i) => names.map((column, j) => ({ row: featureNames[i] as string, column, value: value(i, j) }))),
      {
        rowTitle: "column",
        columnTitle: "latent",
        valueTitle: "correlation",
        rows: shown.map((i) => featureNames[i] as string),
        columns: names,
        signed: true,
        cell: { height: 15, width: names.length <= 12 ? 38 : 22 },
        text: false,
      },
    ),
    table: {
      columns: ["column", ...names],
      rows: shown.map((i) => [featureNames[i] as string, ...names.map((_, j) => value(i, j))]),
    },
  };
}

/** The columns of a table in double precision. */
export function doubles({ rows, cols, data }: FeatureTable): Matrix {
  return matrix(rows, cols, Float64Array.from(data));
}
