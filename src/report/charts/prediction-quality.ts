import type { Predictions } from "../../model/predict.ts";
import type { Moments } from "../../stats/moments.ts";
import { normalQuantile } from "../../stats/normal-quantile.ts";
import type { Targets } from "../../stats/targets.ts";
import type { Chart } from "../chart.ts";
import { colour } from "../theme.ts";

/** Predictions of the observed targets, in standard deviations. */
export interface StandardisedResiduals {
  /** (prediction − mean of the target) / sd of the target. */
  readonly predicted: Float64Array;
  /** (target − prediction) / predictive sd. */
  readonly residual: Float64Array;
}

/**
 * The residuals of all observed targets.
 *
 * @param predictions of the same rows: a column for every task (wide data), or one of the rows' own tasks (long data).
 * @param level probability of the predictions' intervals, from which their standard deviations follow.
 * @param moments of the fit: means and variances of the targets.
 */
export function standardisedResiduals(
  { mean, upper }: Predictions,
  level: number,
  targets: Targets,
  { meanY, varY }: Moments,
): StandardisedResiduals {
  const reach = normalQuantile((1 + level) / 2);
  const { values, taskOf } =
    targets.layout === "long"
      ? { values: targets.values, taskOf: (at: number) => targets.task[at] as number }
      : { values: targets.values.data, taskOf: (at: number) => at % targets.taskNames.length };
  const predicted: number[] = [];
  const residual: number[] = [];
  mean.data.forEach((prediction, at) => {
    const sd = ((upper.data[at] as number) - prediction) / reach;
    const y = values[at] as number;
    if (!Number.isFinite(y) || !(sd > 0)) return;
    const t = taskOf(at);
    predicted.push((prediction - (meanY[t] as number)) / Math.sqrt(varY[t] as number));
    residual.push((y - prediction) / sd);
  });
  return { predicted: Float64Array.from(predicted), residual: Float64Array.from(residual) };
}

const BINS = 36;
const REACH = 4;

/** Residuals against predictions, as a density: trends, funnels and outliers show here. */
export function residualDensity({ predicted, residual }: StandardisedResiduals, method: "heads" | "posterior"): Chart {
  const by = method === "heads" ? "the network's heads" : "the causal model";
  const cells = densityCells(predicted, residual, { reachX: 3, reachY: REACH, bins: BINS });
  return {
    id: "residuals",
    title: "Residuals against predictions",
    caption: `${predicted.length.toLocaleString("en")} observed targets, pooled over tasks, by ${by} on rows of the fit, in standard deviations (sd). A band around 0 of even width is what a good fit leaves; beyond the frame values count at its edge.`,
    spec: density(cells, "prediction (sd of the target)", "residual (predictive sd)"),
    table: { columns: ["prediction", "residual", "targets"], rows: cells.map(({ x, y, count }) => [x, y, count]) },
  };
}

/** The share of targets inside their interval against the share that was promised. */
export function intervalCalibration({ residual }: StandardisedResiduals): Chart {
  const points = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99].map((promised) => {
    const reach = normalQuantile((1 + promised) / 2);
    const inside = residual.reduce((count, r) => count + (Math.abs(r) <= reach ? 1 : 0), 0);
    return { promised, found: inside / residual.length };
  });
  return {
    id: "interval-calibration",
    title: "Do the intervals hold what they promise?",
    caption: "On rows of the fit. Above the diagonal: intervals wider than need be; below: too narrow.",
    spec: {
      width: 260,
      height: 260,
      layer: [
        {
          data: { values: [{ at: 0 }, { at: 1 }] },
          mark: { type: "line", color: colour("faint"), strokeDash: [4, 4], strokeWidth: 1, aria: false },
          encoding: { x: { field: "at", type: "quantitative" }, y: { field: "at", type: "quantitative" } },
        },
        {
          data: { values: points },
          mark: { type: "line", point: true },
          encoding: {
            x: { field: "promised", type: "quantitative", title: "promised probability", axis: { format: ".0%" } },
            y: { field: "found", type: "quantitative", title: "share inside the interval", axis: { format: ".0%" } },
          },
        },
      ],
    },
    table: { columns: ["promised", "found"], rows: points.map(({ promised, found }) => [promised, found]) },
  };
}

/** One bin of a density. */
export interface DensityCell {
  readonly x: number;
  readonly y: number;
  readonly step: readonly [number, number];
  readonly count: number;
}

/** Counts of points in a grid around 0; what lies outside counts at the edge. */
export function densityCells(
  x: Float64Array,
  y: Float64Array,
  { reachX, reachY, bins }: { readonly reachX: number; readonly reachY: number; readonly bins: number },
): DensityCell[] {
  const counts = new Map<number, number>();
  const bin = (value: number, reach: number) =>
    Math.max(0, Math.min(bins - 1, Math.floor(((value + reach) / (2 * reach)) * bins)));
  x.forEach((value, i) => {
    const at = bin(y[i] as number, reachY) * bins + bin(value, reachX);
    counts.set(at, (counts.get(at) ?? 0) + 1);
  });
  const step = [(2 * reachX) / bins, (2 * reachY) / bins] as const;
  return [...counts].map(([at, count]) => ({
    x: -reachX + ((at % bins) + 0.5) * step[0],
    y: -reachY + (Math.floor(at / bins) + 0.5) * step[1],
    step,
    count,
  }));
}

function density(cells: readonly DensityCell[], xTitle: string, yTitle: string) {
  const values = cells.map(({ x, y, step, count }) => ({
    ...{ x: x - step[0] / 2, x2: x + step[0] / 2, y: y - step[1] / 2, y2: y + step[1] / 2, count },
  }));
  return {
    data: { values },
    width: 420,
    height: 260,
    mark: { type: "rect", color: colour("first"), aria: false },
    encoding: {
      x: { field: "x", type: "quantitative", title: xTitle, scale: { nice: false, zero: false } },
      x2: { field: "x2" },
      y: { field: "y", type: "quantitative", title: yTitle, scale: { nice: false, zero: false } },
      y2: { field: "y2" },
      opacity: {
        field: "count",
        type: "quantitative",
        scale: { type: "log", range: [0.12, 1] },
        legend: { title: "targets", orient: "right", tickCount: 4 },
      },
    },
  } as const;
}
