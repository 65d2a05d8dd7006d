import type { TopLevelSpec } from "vega-lite";

/** A chart: what it shows in words, how it is drawn, and its numbers for those who do not see it. */
export type Chart = SpecifiedChart | DrawnChart;

/** A chart as data. */
export interface SpecifiedChart extends ChartText {
  /** Vega-Lite, with the data inside; colours are those of theme.ts. */
  readonly spec: TopLevelSpec;
}

/** A picture that Vega-Lite cannot draw, such as molecules. */
export interface DrawnChart extends ChartText {
  /** SVG whose colours are the CSS variables of theme.ts. */
  readonly svg: string;
}

interface ChartText {
  /** Names the chart in links and file names: kebab-case, unique in a report. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, how to read it, and whatever was left out or sampled. */
  readonly caption: string;
  /** The numbers of the chart. */
  readonly table: ChartTable;
}

export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A chart's values as text: three digits after the point where numbers are small, no point where they are whole. */
export function cellText(value: string | number): string {
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1000 || (size < 1e-3 && size > 0) ? value.toExponential(2) : value.toPrecision(3);
}
