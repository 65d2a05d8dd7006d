import { type FittedModel, latentNames } from "../../model/fitted-model.ts";
import type { Certificate } from "../../mtlcm/certificate.ts";
import { SEPARATION_THRESHOLD } from "../../mtlcm/pair-separation.ts";
import type { Chart } from "../chart.ts";
import { type Cell, signedMatrix } from "../signed-matrix.ts";
import { colour } from "../theme.ts";

/** How surely every pair of latents is told apart; undefined for a single latent. */
export function pairSeparation({ pairs }: Certificate, latents: number): Chart | undefined {
  if (pairs.length === 0) return undefined;
  const names = latentNames(latents);
  const cells: Cell[] = pairs.map(({ i, j, z }) => ({ row: names[j] as string, column: names[i] as string, value: z }));
  const weak = pairs.filter(({ separated }) => !separated);
  const found =
    weak.length === 0 ? "All are." : `${weak.length} of ${pairs.length} pairs are not: ${listed(weak, names)}.`;
  return {
    id: "pair-separation",
    title: "Which latents can be told apart",
    caption: `Evidence z that the two latents differ; told apart from z = ${SEPARATION_THRESHOLD} on. ${found} Full colour from z = ${FULL} on.`,
    spec: signedMatrix(cells, {
      rowTitle: "",
      columnTitle: "",
      valueTitle: "evidence z",
      rows: names.slice(1),
      columns: names.slice(0, -1),
      signed: false,
      most: FULL,
      text: false,
    }),
    table: { columns: ["pair", "z"], rows: pairs.map(({ i, j, z }) => [`${names[i]} ${names[j]}`, z]) },
  };
}

/** Three times the threshold: beyond it a reader need not tell strong from stronger. */
const FULL = 3 * SEPARATION_THRESHOLD;

/** What the certificate expects of every latent; undefined where it states nothing. */
export function latentCertainty({ certificate, mtlcm }: FittedModel): Chart | undefined {
  const points = latentNames(mtlcm.explained.length).flatMap((latent, j) => {
    const correlation = certificate.latents[j]?.predictedCorrelation ?? null;
    return correlation === null ? [] : [{ latent, correlation }];
  });
  if (points.length === 0) return undefined;
  const lowest = Math.min(...points.map(({ correlation }) => correlation));
  const from = Math.min(0.99, Math.floor(100 * lowest - 0.5) / 100);
  const wide = certificate.layout === "wide";
  return {
    id: "latent-certainty",
    title: "How exact each latent is expected to be",
    caption: wide
      ? "Mean correlation of the latent with itself when rows are drawn again. The axis does not start at zero."
      : "Expected correlation of the latent with the truth. The axis does not start at zero.",
    spec: {
      data: { values: points },
      width: 420,
      height: { step: 22 },
      encoding: {
        y: {
          field: "latent",
          type: "nominal",
          sort: null,
          title: null,
          axis: { ticks: false, domain: false, grid: true },
        },
        x: {
          field: "correlation",
          type: "quantitative",
          title: wide ? "correlation with itself" : "predicted correlation",
          scale: { domain: [from, 1], nice: false },
        },
      },
      layer: [
        { mark: { type: "point", description: { expr: "datum.latent + ': ' + format(datum.correlation, '.4f')" } } },
        {
          mark: { type: "text", align: "right", dx: -8, fontSize: 11, color: colour("faint"), aria: false },
          encoding: { text: { field: "correlation", type: "quantitative", format: ".4f" } },
        },
      ],
    },
    table: { columns: ["latent", "correlation"], rows: points.map(({ latent, correlation }) => [latent, correlation]) },
  };
}

const listed = (pairs: Certificate["pairs"], names: readonly string[]) =>
  pairs
    .slice(0, 6)
    .map(({ i, j }) => `${names[i]} and ${names[j]}`)
    .join(", ") + (pairs.length > 6 ? ", …" : "");
