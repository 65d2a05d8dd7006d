import { type Matrix, matrix } from "../../linalg/matrix.ts";
import { type FittedModel, latentNames } from "../../model/fitted-model.ts";
import type { Moments } from "../../stats/moments.ts";
import type { Chart } from "../chart.ts";
import { type Cell, signedMatrix } from "../signed-matrix.ts";
import { evenly, orderByStrongest } from "./order.ts";

/** Targets that a picture can hold and a reader can tell apart. */
const MOST_TARGETS = 120;

/** The correlation of every latent with every target, targets that lean on the same latent beside each other. */
export function targetCorrelations(model: FittedModel): Chart {
  const correlation = latentTargetCorrelation(model.moments);
  return targetMatrix(model, correlation, correlation, {
    id: "target-correlations",
    title: "What each target has to do with each latent",
    caption: "Correlation of the latent with the target over the target's rows.",
    valueTitle: "correlation",
    signed: true,
  });
}

/** The probability that each latent is a cause of each target, in the same order. */
export function causeProbabilities(model: FittedModel): Chart {
  return targetMatrix(model, model.mtlcm.pCause, latentTargetCorrelation(model.moments), {
    id: "cause-probabilities",
    title: "Which latents cause each target",
    caption: "Probability that the latent causes the target; what is left is that it is an effect of it, or unrelated.",
    valueTitle: "P(cause)",
    signed: false,
  });
}

/** The probability that latent and target have nothing to do with each other; undefined where all are related. */
export function unrelatedProbabilities(model: FittedModel): Chart | undefined {
  const { pCause, pEffect } = model.mtlcm;
  const pUnrelated = pCause.data.map((p, at) => Math.max(0, 1 - p - (pEffect.data[at] as number)));
  if (!pUnrelated.some((p) => p > LIKELY)) return undefined;
  const table = matrix(pCause.rows, pCause.cols, pUnrelated);
  return targetMatrix(model, table, latentTargetCorrelation(model.moments), {
    id: "unrelated-probabilities",
    title: "Which latents have nothing to do with a target",
    caption: "Probability that the latent is neither a cause of the target nor an effect of it.",
    valueTitle: "P(unrelated)",
    signed: false,
  });
}

/** A picture of probabilities that are all below this would be empty. */
const LIKELY = 0.5;

interface Look {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly valueTitle: string;
  readonly signed: boolean;
}

function targetMatrix({ taskNames }: FittedModel, values: Matrix, order: Matrix, look: Look): Chart {
  const latents = latentNames(values.cols);
  const all = orderByStrongest(order);
  const shown = evenly(all, MOST_TARGETS);
  const name = (t: number) => taskNames[t] as string;
  const cells: Cell[] = shown.flatMap((t) =>
    latents.map((column, j) => ({ row: name(t), column, value: values.data[t * values.cols + j] as number })),
  );
  const { id, title, caption, valueTitle, signed } = look;
  const sampled =
    shown.length < all.length
      ? ` ${shown.length} of ${all.length} targets are drawn, evenly spread over the groups.`
      : "";
  return {
    id,
    title,
    caption: `${caption} Targets are grouped by the latent they are most correlated with.${sampled}`,
    spec: signedMatrix(cells, {
      rowTitle: "target",
      columnTitle: "latent",
      valueTitle,
      rows: shown.map(name),
      columns: latents,
      signed,
      text: values.cols <= 12,
      cell: { height: 13, width: values.cols <= 12 ? 38 : 22 },
    }),
    table: {
      columns: ["target", ...latents],
      rows: shown.map((t) => [name(t), ...latents.map((_, j) => values.data[t * values.cols + j] as number)]),
    },
  };
}

/** corr(z_j, y_t), T × d, from the moments of the latents. */
export function latentTargetCorrelation({ dim, taskNames, covH, covHY, varY }: Moments): Matrix {
  return matrix(
    taskNames.length,
    dim,
    Float64Array.from(covHY.data, (covariance, at) => {
      const t = Math.floor(at / dim);
      const variance = covH.data[t * dim * dim + (at % dim) * (dim + 1)] as number;
      return covariance / Math.sqrt(variance * (varY[t] as number));
    }),
  );
}
