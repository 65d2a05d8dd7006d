import type { Config } from "vega-lite";

/**
 * The colours of the charts and the page, by what they are for: in the light and in the dark.
 *
 * Charts name them as CSS variables (`var(--ink)`), so that a page changes theme without drawing anew; `paint` puts one
 * theme's colours into a picture that stands alone. Blue and orange differ in lightness as well as hue, and all reach a
 * contrast of 3 : 1 with the ground, text 4.5 : 1.
 */
export const colours = {
  ground: { light: "#ffffff", dark: "#15181d" },
  ink: { light: "#1d232b", dark: "#e6e9ee" },
  faint: { light: "#5a6472", dark: "#a3adba" },
  line: { light: "#d5dae1", dark: "#39414c" },
  first: { light: "#1f66b1", dark: "#6cb0f5" },
  second: { light: "#b4540a", dark: "#f0a052" },
  third: { light: "#4a7c2c", dark: "#93c96e" },
} as const;

export type Theme = "light" | "dark";
export type ColourName = keyof typeof colours;

/** A colour as a chart names it. */
export const colour = (name: ColourName) => `var(--${name})`;

/** A picture with the colours of one theme in place of their names. */
export function paint(svg: string, theme: Theme): string {
  return svg.replace(/var\(--(\w+)\)/g, (whole, name: string) => colours[name as ColourName]?.[theme] ?? whole);
}

/** The theme as CSS: light, dark where the reader's system asks for it, and light on paper. */
export function themeStyle(): string {
  const variables = (theme: Theme) =>
    Object.entries(colours)
      .map(([name, values]) => `--${name}:${values[theme]}`)
      .join(";");
  return (
    `:root{color-scheme:light dark;${variables("light")}}` +
    `@media screen and (prefers-color-scheme:dark){:root{${variables("dark")}}}`
  );
}

export const FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** How every chart is drawn unless its own specification says otherwise. */
export const chartConfig: Config = {
  background: "transparent",
  font: FONT,
  view: { stroke: null },
  title: { color: colour("ink"), anchor: "start", fontSize: 13, fontWeight: 600 },
  axis: {
    labelColor: colour("faint"),
    titleColor: colour("ink"),
    titleFontWeight: "normal",
    domainColor: colour("line"),
    tickColor: colour("line"),
    gridColor: colour("line"),
    gridOpacity: 0.5,
    labelFontSize: 11,
    titleFontSize: 12,
    labelLimit: 320,
  },
  header: { labelColor: colour("ink"), titleColor: colour("ink") },
  legend: { labelColor: colour("faint"), titleColor: colour("ink"), titleFontWeight: "normal", labelFontSize: 11 },
  text: { color: colour("ink") },
  bar: { color: colour("first") },
  line: { color: colour("first"), strokeWidth: 2 },
  point: { color: colour("first"), filled: true, size: 45 },
  rule: { color: colour("faint") },
  range: { category: [colour("first"), colour("second"), colour("third")] },
};
