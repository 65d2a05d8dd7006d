import { parse, View, Warn } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
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
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** A chart as SVG that stands alone: the colours of one theme, on its ground. */
export async function renderStandaloneSvg(spec: TopLevelSpec, theme: Theme = "light"): Promise<string> {
  const background = "var(--ground)";
  return paint(await renderSvg({ padding: 12, ...spec, background }), theme);
}
