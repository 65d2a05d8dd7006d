import type { Chart } from "../chart.ts";

/** A line of steps.jsonl, as far as a chart of the losses reads it. */
export interface LoggedStep {
  readonly stage?: string;
  readonly epoch?: number;
  readonly loss?: number;
  readonly heldOutLoss?: number;
  readonly start?: number;
  readonly iteration?: number;
  readonly value?: number;
}

/** The loss of stage 1 over the epochs, on the rows it learns from and on those held out; undefined without such steps. */
export function trainingLoss(steps: readonly LoggedStep[]): Chart | undefined {
  const points = steps.flatMap(({ stage, epoch, loss, heldOutLoss }) => {
    if (stage !== "train" || epoch === undefined || loss === undefined) return [];
    return [
      { epoch, loss, rows: "training" },
      ...(heldOutLoss === undefined ? [] : [{ epoch, loss: heldOutLoss, rows: "held out" }]),
    ];
  });
  if (points.length === 0) return undefined;
  return {
    id: "training-loss",
    title: "Stage 1: the regression network learns",
    caption:
      "Half the mean squared error of the standardised targets. Where the held-out line turns up while the other falls, the network learns rows by heart.",
    spec: {
      data: { values: points },
      width: 520,
      height: 220,
      mark: { type: "line", interpolate: "linear" },
      encoding: {
        x: { field: "epoch", type: "quantitative", title: "epoch", axis: { format: "d", tickMinStep: 1 } },
        y: { field: "loss", type: "quantitative", title: "loss", scale: { type: "log", nice: true } },
        color: {
          field: "rows",
          type: "nominal",
          title: null,
          sort: ["training", "held out"],
          legend: { orient: "top" },
        },
      },
    },
    table: { columns: ["epoch", "rows", "loss"], rows: points.map(({ epoch, rows, loss }) => [epoch, rows, loss]) },
  };
}

/** How far each start of stage 2 was from the best value found, by iteration; undefined without such steps. */
export function solverDescent(steps: readonly LoggedStep[]): Chart | undefined {
  const solved = descents(steps);
  if (solved.length === 0) return undefined;
  const best = Math.min(...solved.map(({ value }) => value));
  const points = solved.map(({ value, ...rest }) => ({ ...rest, gap: Math.max(value - best, FLOOR) }));
  return {
    id: "solver-descent",
    title: "Stage 2: the joint diagonalisation converges",
    caption:
      "Nats per row above the best value found, one line for every descent. Lines that end level above the others ended in another optimum.",
    spec: {
      data: { values: points },
      width: 520,
      height: 220,
      mark: { type: "line", opacity: 0.7, strokeWidth: 1.5 },
      encoding: {
        x: { field: "iteration", type: "quantitative", title: "iteration", axis: { format: "d", tickMinStep: 1 } },
        y: {
          field: "gap",
          type: "quantitative",
          title: "above the best (nats)",
          scale: { type: "log" },
          axis: { format: ".0e" },
        },
        detail: { field: "descent", type: "nominal" },
      },
    },
    table: {
      columns: ["descent", "iteration", "above the best"],
      rows: points.map(({ descent, iteration, gap }) => [descent, iteration, gap]),
    },
  };
}

/** The iterations of stage 2, one descent after the other: each begins where the count of iterations starts again. */
function descents(steps: readonly LoggedStep[]) {
  let descent = 0;
  let last: LoggedStep = {};
  return steps.flatMap((step) => {
    const { stage, start, iteration, value } = step;
    if (stage !== "solve" || iteration === undefined || value === undefined) return [];
    if (start !== last.start || iteration <= (last.iteration ?? -1)) descent++;
    last = step;
    return [{ descent, iteration, value }];
  });
}

/** A logarithmic axis has no zero: differences below this are rounding. */
const FLOOR = 1e-14;
