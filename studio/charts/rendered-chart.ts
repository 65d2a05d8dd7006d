import { type Chart, type ChartTable, cellText } from "../../src/report/chart.ts";

/** A chart that has been drawn: what a page shows of it. */
export interface RenderedChart {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** Its colours are CSS variables. */
  readonly svg: string;
  /** Its numbers as text. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows of numbers beside a chart; a page is not the place for more. */
const MOST_ROWS = 300;

/** Draws a chart, in a worker: the page only shows it. */
export async function rendered(chart: Chart): Promise<RenderedChart> {
  const { renderChart } = await import("../../src/report/render.ts");
  const { id, title, caption, table } = chart;
  return { id, title, caption, svg: await renderChart(chart), columns: table.columns, rows: textOf(table) };
}

const textOf = ({ rows }: ChartTable) => rows.slice(0, MOST_ROWS).map((row) => row.map(cellText));
