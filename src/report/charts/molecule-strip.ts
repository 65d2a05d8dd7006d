import type { Matrix } from "../../linalg/matrix.ts";
import { type FittedModel, latentNames } from "../../model/fitted-model.ts";
import type { Chart } from "../chart.ts";
import { rowsAlong, type StripMember } from "../rows-along-latent.ts";
import { colour, FONT } from "../theme.ts";
import { BY_RULE } from "./causes-and-effects.ts";

type Draw = typeof import("../draw-molecule.ts").drawMolecule;

/** Latents whose strips are drawn: those that explain most. */
export const MOST_STRIPS = 12;

const CELL = { width: 118, height: 104 };
const MARGIN = 8;
/** Height of the line of targets above the drawings, and of the axis below them. */
const [HEAD, FOOT] = [44, 30];
/** Targets that are named beside a strip. */
const MOST_TARGETS = 6;

/**
 * Molecules along a latent, from its low end to its high one, and the targets that it causes or that are its causes.
 * OpenChemLib, which draws them, is loaded for the first strip: pages without molecules do without its megabyte.
 * @param latents - rows × d
 * @param smiles - one a row
 */
export async function moleculeStrip(
  model: FittedModel,
  latents: Matrix,
  smiles: readonly string[],
  latent: number,
): Promise<Chart> {
  const { drawMolecule } = await import("../draw-molecule.ts");
  const name = latentNames(latents.cols)[latent] as string;
  const members = rowsAlong(latents, latent);
  const targets = targetLines(model, latent);
  return {
    id: `molecules-${name}`,
    title: `Molecules along ${name}`,
    caption:
      "From the low end of the latent to the high one: near each quantile the molecule whose other latents are closest to " +
      "their mean, so that the molecules differ in this latent and in as little else as there is. In brackets: the correlation of the latent with the target." +
      (model.layout === "wide" ? ` ${BY_RULE.trim()}` : ""),
    svg: stripOf(name, members, smiles, targets, drawMolecule),
    table: {
      columns: ["SMILES", name, "share of molecules below"],
      rows: members.map(({ row, value, quantile }) => [smiles[row] as string, value, quantile]),
    },
  };
}

/** "causes mu (+0.41), gap (−0.30)", and what it is an effect of. */
function targetLines({ mtlcm, taskNames, moments }: FittedModel, latent: number): [causes: string, effects: string] {
  const d = mtlcm.pCause.cols;
  const links = taskNames.map((task, t) => {
    const at = t * d + latent;
    const correlation =
      (moments.covHY.data[at] as number) / Math.sqrt((moments.varY[t] as number) * spread(moments, t));
    return { task, correlation, pCause: mtlcm.pCause.data[at] as number, pEffect: mtlcm.pEffect.data[at] as number };
  });
  function spread({ covH }: FittedModel["moments"], t: number): number {
    return covH.data[t * d * d + latent * d + latent] as number;
  }
  const listed = (chosen: typeof links) => {
    const strongest = [...chosen].sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
    const shown = strongest.slice(0, MOST_TARGETS).map(({ task, correlation }) => `${task} (${signed(correlation)})`);
    const left = strongest.length - shown.length;
    return shown.length === 0 ? "nothing" : shown.join(", ") + (left > 0 ? ` and ${left} more` : "");
  };
  return [
    `causes ${listed(links.filter(({ pCause }) => pCause > 0.5))}`,
    `is an effect of ${listed(links.filter(({ pEffect }) => pEffect > 0.5))}`,
  ];
}

function stripOf(
  name: string,
  members: readonly StripMember[],
  smiles: readonly string[],
  [causes, effects]: readonly [string, string],
  drawMolecule: Draw,
): string {
  const width = 2 * MARGIN + members.length * CELL.width;
  const height = HEAD + CELL.height + FOOT;
  const text = (x: number, y: number, content: string, attributes: string) =>
    `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
  const axis = HEAD + CELL.height + 6;
  const cells = members.map(({ row, value }, k) => {
    const x = MARGIN + k * CELL.width;
    const centre = x + CELL.width / 2;
    const own = smiles[row] as string;
    const drawing = drawMolecule(own, CELL);
    const shown = drawing ?? text(CELL.width / 2, CELL.height / 2, "not drawn", `${FAINT} ${MIDDLE}`);
    const label = escaped(`${own}: ${name} = ${written(value)}`);
    return (
      `<g transform="translate(${x},${HEAD})" role="graphics-symbol" aria-label="${label}">` +
      `<rect width="${CELL.width}" height="${CELL.height}" fill="transparent"/>${shown}</g>` +
      `<circle cx="${centre}" cy="${axis}" r="2.5" fill="${colour("faint")}"/>` +
      text(centre, axis + 17, written(value), `${FAINT} ${MIDDLE}`)
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}">` +
    text(MARGIN, 16, `${name} ${causes}`, `font-size="12" font-weight="600" fill="${colour("ink")}"`) +
    text(MARGIN, 33, `${name} ${effects}`, FAINT) +
    `<line x1="${MARGIN}" x2="${width - MARGIN}" y1="${axis}" y2="${axis}" stroke="${colour("line")}"/>` +
    `${cells.join("")}</svg>`
  );
}

const FAINT = `font-size="11" fill="${colour("faint")}"`;
const MIDDLE = 'text-anchor="middle"';

const written = (value: number) => value.toFixed(2).replace("-", "−");
const signed = (value: number) => (value < 0 ? written(value) : `+${written(value)}`);

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
