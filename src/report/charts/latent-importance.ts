import { type FittedModel, latentNames } from "../../model/fitted-model.ts";
import type { Chart } from "../chart.ts";
import { colour } from "../theme.ts";

/** The share of the targets' variance that each latent explains by itself, in canonical order. */
export function latentImportance({ mtlcm, certificate }: FittedModel): Chart {
  const bars = latentNames(mtlcm.explained.length).map((latent, j) => ({
    latent,
    share: mtlcm.explained[j] as number,
    verdict: certificate.latents[j]?.verdict ?? "",
  }));
  return {
    id: "latent-importance",
    title: "Latents by importance",
    caption: "The share of the variance of a target that the latent explains by itself, averaged over targets.",
    spec: {
      data: { values: bars },
      width: 420,
      height: { step: 22 },
      encoding: {
        y: { field: "latent", type: "nominal", sort: null, title: null, axis: { ticks: false, domain: false } },
        x: { field: "share", type: "quantitative", title: "variance explained", axis: { format: ".0%" } },
      },
      layer: [
        {
          mark: {
            type: "bar",
            description: { expr: "datum.latent + ': ' + format(datum.share, '.1%') + ', ' + datum.verdict" },
          },
        },
        {
          mark: { type: "text", align: "left", dx: 4, fontSize: 11, color: colour("faint"), aria: false },
          encoding: { text: { field: "share", type: "quantitative", format: ".1%" } },
        },
      ],
    },
    table: {
      columns: ["latent", "variance explained", "verdict"],
      rows: bars.map(({ latent, share, verdict }) => [latent, share, verdict]),
    },
  };
}
