import type { FittedModel } from "../../model/fitted-model.ts";
import type { Chart } from "../chart.ts";
import { evenly } from "./order.ts";

const MOST_TARGETS = 120;

/** The share of each target's variance that the network explains; undefined for a model without a network. */
export function targetFit(model: FittedModel): Chart | undefined {
  const explained = explainedByNetwork(model);
  if (explained === undefined) return undefined;
  const all = Array.from(explained, (r2, t) => ({ target: model.taskNames[t] as string, r2 }));
  all.sort((a, b) => b.r2 - a.r2);
  const shown = evenly(all, MOST_TARGETS);
  const sampled =
    shown.length < all.length ? ` ${shown.length} of ${all.length} targets are drawn, evenly spread.` : "";
  return {
    id: "target-fit",
    title: "How well each target is predicted",
    caption: `R² of the network's own heads, as new rows would show it. Below 0: worse than the target's mean.${sampled}`,
    spec: {
      data: { values: shown.map(({ target, r2 }) => ({ target, r2: Math.max(r2, -0.2) })) },
      width: 420,
      height: { step: 13 },
      mark: { type: "bar", description: { expr: "datum.target + ': R² ' + format(datum.r2, '.3f')" } },
      encoding: {
        y: {
          field: "target",
          type: "nominal",
          sort: null,
          title: null,
          axis: { ticks: false, domain: false, labelFontSize: 10 },
        },
        x: { field: "r2", type: "quantitative", title: "R²", scale: { domainMax: 1 } },
      },
    },
    table: { columns: ["target", "R²"], rows: shown.map(({ target, r2 }) => [target, r2]) },
  };
}

/** R² of every target by the network's own heads, T; undefined for a model without a network. */
export function explainedByNetwork({ mtrn, moments }: FittedModel): Float64Array | undefined {
  return mtrn?.headVariance.map((variance, t) => 1 - variance / (moments.varY[t] as number));
}
