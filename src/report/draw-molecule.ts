import { Molecule } from "openchemlib";
import { colour } from "./theme.ts";

/** The size of a drawing in pixels; a molecule is made smaller to fit, never larger than usual. */
export interface DrawingSize {
  readonly width: number;
  readonly height: number;
}

/** Elements by the colours in which OpenChemLib draws them; every other one is drawn in the third colour. */
const COLOURS: Readonly<Record<string, string>> = {
  "rgb(0,0,0)": colour("ink"),
  "rgb(48,80,248)": colour("first"),
  "rgb(255,13,13)": colour("second"),
};

/**
 * The structural formula of a molecule as the inside of an SVG `g`, in the colours of the theme; by OpenChemLib.
 * @returns undefined for a text that is no SMILES
 */
export function drawMolecule(smiles: string, { width, height }: DrawingSize): string | undefined {
  const molecule = parse(smiles);
  if (molecule === undefined) return undefined;
  const svg = molecule.toSVG(width, height, "m", {
    suppressChiralText: true,
    suppressESR: true,
    suppressCIPParity: true,
    noStereoProblem: true,
  });
  // Beside the marks themselves there are invisible ones that a page may listen to.
  const marks = [...svg.matchAll(/<(?:line|polygon|polyline|path|circle|ellipse|text)\b[^>]*(?:\/>|>[^<]*<\/text>)/g)];
  return marks
    .map(([mark]) => mark)
    .filter((mark) => !mark.includes('class="event"'))
    .map((mark) => mark.replace(/rgb\(\d+,\d+,\d+\)/g, (found) => COLOURS[found] ?? colour("third")))
    .join("");
}

function parse(smiles: string): Molecule | undefined {
  try {
    const molecule = Molecule.fromSmiles(smiles);
    return molecule.getAllAtoms() > 0 ? molecule : undefined;
  } catch {
    return undefined;
  }
}
