import { type FittedModel, latentNames } from "../../model/fitted-model.ts";
import type { Certificate } from "../../mtlcm/certificate.ts";
import { SEPARATION_THRESHOLD } from "../../mtlcm/pair-separation.ts";
import type { Chart } from "../chart.ts";
import { type Cell, signedMatrix } from "../signed-matrix.ts";
import { colour } from "../theme.ts";
import { leftOut, MOST_LATENTS } from "./most-drawn.ts";

/** How surely every pair of latents is told apart; undefined for a single latent. */
export function pairSeparation({ pairs }: Certificate, latents: number): Chart | undefined {
  if (pairs.length === 0) return undefined;
  const names = latentNames(latents);
  const drawn = names.slice(0, MOST_LATENTS);
  const cells: Cell[] = pairs
    .filter(({ i, j }) => Math.max(i, j) < drawn.length)
    .map(({ i, j, z }) => ({ row: names[j] as string, column: names[i] as string, value: z }));
  const weak = pairs.filter(({ separated }) => !separated);
  const found =
    weak.length === 0 ? "All are." : `${weak.length} of ${pairs.length} pairs are not: ${listed(weak, names)}.`;
  return {
    id: "pair-separation",
    title: "Which latents can be told apart",
    caption: `Evidence z that the two latents differ; told apart from z = ${SEPARATION_THRESHOLD} on. ${found} Full colour from z = ${FULL} on.${leftOut(latents)}`,
    spec: signedMatrix(cells, {
      rowTitle: "",
      columnTitle: "",
      valueTitle: "evidence z",
      rows: drawn.slice(1),
      columns: drawn.slice(0, -1),
      signed: false,
      most: FULL,
      text: false,
    }),
    table: { columns: ["pair", "z"], rows: pairs.map(({ i, j, z }) => [`${names[i]} ${names[j]}`, z]) },
  };
}

/** Three times the threshold: beyond it a reader need not tell strong from stronger. */
const FULL = 3 * SEPARATION_THRESHOLD;

/** How much of every latent is expected in every other; undefined for a single latent, and where it is not known. */
export function latentLeakage({ certificate }: FittedModel): Chart | undefined {
  const names = latentNames(certificate.latents.length);
  const rows = certificate.latents.map(({ leakage }) => leakage);
  if (names.length < 2 || rows.includes(undefined)) return undefined;
  const cells: Cell[] = rows.flatMap((leakage = [], i) =>
    leakage.flatMap((value, j) =>
      i === j
        ? []
        : [{ row: names[i] as string, column: names[j] as string, value: value ?? Number.POSITIVE_INFINITY }],
    ),
  );
  const bounded = cells.filter(({ value }) => Number.isFinite(value));
  const worst = bounded.reduce(
    (most, cell) => (cell.value > most.value ? cell : most),
    bounded[0] ?? (cells[0] as Cell),
  );
  const most = Math.max(FULL_LEAKAGE, Number.isFinite(worst.value) ? Math.min(1, worst.value) : 1);
  const drawn = names.slice(0, MOST_LATENTS);
  const open = cells.length - bounded.length;
  const found =
    bounded.length === 0 ? "" : ` Most leaks from ${worst.column} into ${worst.row}: ${worst.value.toFixed(3)}.`;
  const unbounded = open === 0 ? "" : ` Nothing bounds ${open} of ${cells.length}, which stay empty.`;
  return {
    id: "latent-leakage",
    title: "How much of one latent is in another",
    caption: `Share of the latent across that sampling error is expected to leave in the latent down, as a standard deviation; half its square is lost to the correlation.${found}${unbounded}${leftOut(names.length)}`,
    spec: signedMatrix(
      bounded.filter(({ row, column }) => drawn.includes(row) && drawn.includes(column)),
      {
        rowTitle: "in",
        columnTitle: "of",
        valueTitle: "leakage",
        rows: drawn,
        columns: drawn,
        signed: false,
        most,
        text: false,
      },
    ),
    table: {
      columns: ["in", ...names],
      rows: rows.map((leakage = [], i) => [names[i] as string, ...leakage.map((value) => value ?? "unbounded")]),
    },
  };
}

/** Full colour is never for less than this: a picture of trifles should look like one. */
const FULL_LEAKAGE = 0.05;

/** What the certificate expects of every latent, with a bootstrap's intervals; undefined where it states nothing. */
export function latentCertainty({ certificate, mtlcm, bootstrap }: FittedModel): Chart | undefined {
  const points = latentNames(mtlcm.explained.length).flatMap((latent, j) => {
    const { predictedCorrelation: correlation = null, noiseShare = 0 } = certificate.latents[j] ?? {};
    if (correlation === null) return [];
    const { stability, correlation: interval } = bootstrap?.latents[j] ?? {};
    if (interval !== undefined) return [{ latent, correlation, low: interval.low, high: interval.high }];
    // A file of an earlier fit, whose bootstrap knew noise by its share alone.
    const kept = Math.sqrt(1 - noiseShare);
    return [{ latent, correlation, ...(stability && { low: stability.low * kept, high: stability.high * kept }) }];
  });
  if (points.length === 0) return undefined;
  const lowest = Math.min(...points.map(({ correlation, low = correlation }) => Math.min(correlation, low)));
  const from = Math.min(0.99, Math.floor(100 * lowest - 0.5) / 100);
  const wide = certificate.layout === "wide";
  return {
    id: "latent-certainty",
    title: "How exact each latent is expected to be",
    caption:
      (wide
        ? "Mean correlation of the latent with itself when rows are drawn again."
        : "Expected correlation of the latent with the truth.") +
      (bootstrap ? ` Lines: ${100 * bootstrap.level} % intervals of the bootstrap.` : "") +
      " The axis does not start at zero.",
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
        ...(bootstrap ? [INTERVALS] : []),
        { mark: { type: "point", description: { expr: "datum.latent + ': ' + format(datum.correlation, '.4f')" } } },
        {
          mark: { type: "text", align: "left", dx: 10, fontSize: 11, color: colour("faint"), aria: false },
          encoding: { x: { value: "width" }, text: { field: "correlation", type: "quantitative", format: ".4f" } },
        },
      ],
    },
    table: {
      columns: ["latent", "correlation", ...(bootstrap ? ["from", "to"] : [])],
      rows: points.map(({ latent, correlation, low, high }) => [
        latent,
        correlation,
        ...(low === undefined || high === undefined ? [] : [low, high]),
      ]),
    },
  };
}

/** Behind the points, from one end of each interval to the other. */
const INTERVALS = {
  mark: { type: "rule", strokeWidth: 2, opacity: 0.45, color: colour("first"), aria: false },
  encoding: {
    x: { field: "low", type: "quantitative" },
    x2: { field: "high" },
  },
} as const;

const listed = (pairs: Certificate["pairs"], names: readonly string[]) =>
  pairs
    .slice(0, 6)
    .map(({ i, j }) => `${names[i]} and ${names[j]}`)
    .join(", ") + (pairs.length > 6 ? ", …" : "");
