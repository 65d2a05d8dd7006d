import type { MultiTaskData } from "../../src/data/multi-task-data.ts";
import type { Matrix } from "../../src/linalg/matrix.ts";

/** Rows as points in the plane of two latents. */
export interface Scatter {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** A rectangle in the plane of two latents, in their standard deviations. */
export interface Brush {
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
}

/** A brush, and the two latents across and up that it is drawn over. */
export interface WholeBrush extends Brush {
  readonly pair: readonly [number, number];
}

/** Standard deviations from the middle of the plane to its edge. */
export const REACH = 3.5;

/** What is special about the rows inside a brush: columns whose mean there differs most, in standard deviations. */
export interface Brushed {
  readonly rows: number;
  readonly differences: readonly {
    readonly name: string;
    readonly kind: "latent" | "feature" | "target";
    readonly difference: number;
  }[];
}

/** Points that a picture can hold. */
const MOST_POINTS = 3000;
const MOST_DIFFERENCES = 10;

/** Every row, or evenly many of them, as a point. */
export function scatterOf({ rows, cols, data }: Matrix, i: number, j: number): Scatter {
  const count = Math.min(rows, MOST_POINTS);
  const row = (k: number) => Math.floor((k * rows) / count) * cols;
  return {
    x: Float32Array.from({ length: count }, (_, k) => data[row(k) + i] as number),
    y: Float32Array.from({ length: count }, (_, k) => data[row(k) + j] as number),
  };
}

/** What the rows inside a brush over latents i and j have in common. */
export function brushed(
  latents: Matrix,
  { features, featureNames, targets }: MultiTaskData,
  [i, j]: readonly [number, number],
  brush: Brush,
): Brushed {
  const inside = Array.from({ length: latents.rows }, (_, row) => row).filter((row) => {
    const [x, y] = [latents.data[row * latents.cols + i] as number, latents.data[row * latents.cols + j] as number];
    return x >= brush.x[0] && x <= brush.x[1] && y >= brush.y[0] && y <= brush.y[1];
  });
  const columns = [
    ...columnsOf(
      "latent",
      latents.rows,
      Array.from({ length: latents.cols }, (_, k) => `z${k}`),
      latents.data,
    ),
    ...columnsOf("feature", features.rows, featureNames, features.data),
    ...(targets.layout === "wide"
      ? columnsOf("target", targets.values.rows, targets.taskNames, targets.values.data)
      : []),
  ];
  const differences = columns
    .map(({ name, kind, value }) => ({ name, kind, difference: difference(value, latents.rows, inside) }))
    .filter(({ difference }) => Number.isFinite(difference))
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  return { rows: inside.length, differences: differences.slice(0, MOST_DIFFERENCES) };
}

function columnsOf(
  kind: "latent" | "feature" | "target",
  rows: number,
  names: readonly string[],
  data: Float32Array | Float64Array,
) {
  if (data.length !== rows * names.length) return [];
  return names.map((name, k) => ({ name, kind, value: (row: number) => data[row * names.length + k] as number }));
}

/** (mean inside − mean of all) / sd of all, missing values left out. */
function difference(value: (row: number) => number, rows: number, inside: readonly number[]): number {
  const all = moments(Array.from({ length: rows }, (_, row) => value(row)));
  return (moments(inside.map(value)).mean - all.mean) / all.sd;
}

function moments(values: readonly number[]) {
  const seen = values.filter((value) => !Number.isNaN(value));
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  return { mean, sd: Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length) };
}
