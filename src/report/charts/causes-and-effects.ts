import { type Matrix, matrix, takeRows } from "../../linalg/matrix.ts";
import { type FittedModel, latentNames } from "../../model/fitted-model.ts";
import type { Moments } from "../../stats/moments.ts";
import { type Chart, cellText } from "../chart.ts";
import { type Cell, signedMatrix } from "../signed-matrix.ts";
import { clusteredOrder } from "./clustered-order.ts";
import { mostRows } from "./most-drawn.ts";
import { evenly, orderByStrongest } from "./order.ts";

/** Targets that a picture can hold and a reader can tell apart. */
const MOST_TARGETS = 120;

/** The correlation of every latent with every target, targets that are alike beside each other. */
export function targetCorrelations(model: FittedModel): Chart {
  return targetMatrix(model, latentTargetCorrelation(model.moments), {
    id: "target-correlations",
    title: "What each target has to do with each latent",
    caption: "Correlation of the latent with the target over the target's rows.",
    valueTitle: "correlation",
    signed: true,
  });
}

/** What is said of a direction in wide data. */
export const BY_RULE =
  "Rows that carry every target do not show which way a relation goes: what a target explains for the most part is taken for its effect, by rule and not by evidence. ";

/** The probability that each latent is a cause of each target, in the same order; on hover with the size of the relation. */
export function causeProbabilities(model: FittedModel): Chart {
  const { pCause, effect, effectSe } = model.mtlcm;
  const size = (at: number) =>
    `effect size ${cellText(effect.data[at] as number)} (se ${cellText(effectSe.data[at] as number)})`;
  return targetMatrix(model, pCause, {
    id: "cause-probabilities",
    title: `Which latents cause each target${model.layout === "wide" ? ", by rule" : ""}`,
    caption: `${model.layout === "wide" ? BY_RULE : ""}Probability that the latent causes the target; what is left is that it is an effect of it, or unrelated. On hover: the effect size, which is the slope of the latent on the target, with its standard error.`,
    valueTitle: "P(cause)",
    signed: false,
    note: size,
  });
}

/** The probability that latent and target have nothing to do with each other; undefined where all are related. */
export function unrelatedProbabilities(model: FittedModel): Chart | undefined {
  const { pCause, pEffect } = model.mtlcm;
  const pUnrelated = pCause.data.map((p, at) => Math.max(0, 1 - p - (pEffect.data[at] as number)));
  if (!pUnrelated.some((p) => p > LIKELY)) return undefined;
  const table = matrix(pCause.rows, pCause.cols, pUnrelated);
  return targetMatrix(model, table, {
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
  /** What is said of a cell of the T × d table beside its value. */
  readonly note?: (at: number) => string;
}

function targetMatrix({ taskNames, mtlcm, moments }: FittedModel, values: Matrix, look: Look): Chart {
  const latents = latentNames(values.cols);
  const shown = shownTargets(latentTargetCorrelation(moments), mtlcm.pCause);
  const name = (t: number) => taskNames[t] as string;
  const cells: Cell[] = shown.flatMap((t) =>
    latents.map((column, j) => {
      const at = t * values.cols + j;
      return { row: name(t), column, value: values.data[at] as number, ...(look.note && { note: look.note(at) }) };
    }),
  );
  const { id, title, caption, valueTitle, signed } = look;
  const sampled =
    shown.length < values.rows
      ? ` ${shown.length} of ${values.rows} targets are drawn and clustered, evenly spread over the latents they are most correlated with.`
      : "";
  return {
    id,
    title,
    caption: `${caption} Targets are clustered by their correlations and probabilities, so that those alike stand together.${sampled}`,
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

/** The targets that are drawn, in order: clusters by correlation and probability of cause, of all or evenly many of them. */
function shownTargets(correlation: Matrix, pCause: Matrix): number[] {
  const { rows, cols } = correlation;
  const chosen = evenly(orderByStrongest(correlation), mostRows(cols, MOST_TARGETS));
  const profiles = matrix(rows, 2 * cols);
  for (let t = 0; t < rows; t++) {
    profiles.data.set(correlation.data.subarray(t * cols, (t + 1) * cols), 2 * t * cols);
    profiles.data.set(pCause.data.subarray(t * cols, (t + 1) * cols), (2 * t + 1) * cols);
  }
  return clusteredOrder(takeRows(profiles, chosen), cols).map((at) => chosen[at] as number);
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
