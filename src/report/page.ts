import { type Chart, type ChartTable, cellText } from "./chart.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { renderChart } from "./render.ts";
import type { Report, ReportSection } from "./report.ts";
import { themeStyle } from "./theme.ts";

/**
 * A report as one HTML file that needs nothing else: no network, no other file, light and dark, for screen and paper.
 *
 * Its content security policy lets nothing run but the one script that it was made with, which shows values on hover and
 * saves charts.
 */
export async function reportPage({ title, summary, sections }: Report): Promise<string> {
  const parts: string[] = [];
  for (const section of sections) parts.push(await sectionOf(section));
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; script-src 'sha256-${await sha256(PAGE_SCRIPT)}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · taskprism</title>
<style>${themeStyle()}${PAGE_STYLE}</style>
</head>
<body>
<header><p class="brand">taskprism</p><h1>${escaped(title)}</h1></header>
<main>
<section class="summary" aria-label="Summary">${summary.map((text) => `<p>${escaped(text)}</p>`).join("")}</section>
<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => `<li><a href="#${id}">${escaped(title)}</a></li>`).join("")}</ul></nav>
${parts.join("\n")}
</main>
<div id="tip" role="status" hidden></div>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

async function sectionOf(section: ReportSection): Promise<string> {
  const { id, title, text, charts } = section;
  const figures: string[] = [];
  for (const chart of charts) figures.push(await figureOf(chart));
  return `<section id="${id}"><h2>${escaped(title)}</h2>${text.map((line) => `<p>${escaped(line)}</p>`).join("")}${figures.join("\n")}${factsOf(section)}</section>`;
}

async function figureOf(chart: Chart): Promise<string> {
  const { id, title, caption, table } = chart;
  const shown = table.rows.slice(0, MOST_ROWS);
  const left = table.rows.length - shown.length;
  const numbers = tableOf(table.columns, shown) + (left > 0 ? `<p>and ${left} more rows</p>` : "");
  const label = escaped(title);
  return `<figure id="${id}">
<h3>${label}</h3>
<figcaption>${escaped(caption)}</figcaption>
<div class="chart" tabindex="0" role="img" aria-label="${label}. ${escaped(caption)}"><div aria-hidden="true">${await renderChart(chart)}</div></div>
<div class="tools"><button type="button" data-save="svg">Save as SVG</button><button type="button" data-save="png">Save as PNG</button>
<details><summary>Numbers</summary><div class="numbers" tabindex="0" role="group" aria-label="${label}, numbers">${numbers}</div></details></div>
</figure>`;
}

/** Rows of numbers beside a chart; a page is not the place for more. */
const MOST_ROWS = 300;

function factsOf({ facts, runNames }: ReportSection): string {
  if (facts.length === 0) return "";
  if (runNames)
    return `<div class="numbers" tabindex="0" role="group" aria-label="Runs">${tableOf(["", ...runNames], facts)}</div>`;
  const pairs = facts.map(
    ([name = "", value = ""]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<dl>${pairs.join("")}</dl>`;
}

function tableOf(columns: readonly string[], rows: ChartTable["rows"]): string {
  const head = columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join("");
  const body = rows.map(([name = "", ...values]) => {
    const cells = values.map((value) => `<td>${escaped(cellText(value))}</td>`).join("");
    return `<tr><th scope="row">${escaped(cellText(name))}</th>${cells}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...digest));
}
