import { parse, View, Warn } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Chart } from "./chart.ts";
import { chartConfig, paint, type Theme } from "./theme.ts";

/**
 * A chart as SVG whose colours are CSS variables of the page around it (`themeStyle`). Runs on Node and in browsers, workers
 * and pages whose content security policy forbids `eval` included: expressions are interpreted, not compiled.
 *
 * @param spec Vega-Lite with its data inside.
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const dataflow = parse(compile(spec, { config: chartConfig }).spec, undefined, { ast: true });
  const view = new View(dataflow, { expr: expressionInterpreter, renderer: "none", logLevel: Warn });
  try {
    return slimmed(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** What a page of ten thousand marks can do without: what kind of mark each is, and digits of its opacity that nobody sees. */
function slimmed(svg: string): string {
  return svg.replace(/ aria-roledescription="[^"]* mark"/g, "").replace(/opacity="(0\.\d{3})\d+"/g, 'opacity="$1"');
}

/** A chart of either kind as SVG whose colours are CSS variables of the page around it. */
export async function renderChart(chart: Chart): Promise<string> {
  return "svg" in chart ? chart.svg : renderSvg(chart.spec);
}

/** A chart of either kind as SVG that stands alone. */
export async function renderStandaloneChart(chart: Chart, theme: Theme = "light"): Promise<string> {
  if (!("svg" in chart)) return renderStandaloneSvg(chart.spec, theme);
  const ground = '<rect width="100%" height="100%" fill="var(--ground)"/>';
  return paint(
    chart.svg.replace(/<svg[^>]*>/, (opening) => opening + ground),
    theme,
  );
}

/** A specification as SVG that stands alone: the colours of one theme, on its ground. */
export async function renderStandaloneSvg(spec: TopLevelSpec, theme: Theme = "light"): Promise<string> {
  const background = "var(--ground)";
  return paint(await renderSvg({ padding: 12, ...spec, background }), theme);
}
