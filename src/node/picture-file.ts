import { extname } from "node:path";
import { ConfigError } from "../errors.ts";
import { writeFileAtomically } from "./atomic-write.ts";

/** Pixels for one unit of the picture: twice, so that it is sharp on paper and on dense screens. */
const SCALE = 2;

/** Refuses a name that is not one of a picture: .svg, .png or .pdf. To be asked before the work is done. Throws ConfigError. */
export function checkPictureName(path: string): void {
  if (![".svg", ".png", ".pdf"].includes(extname(path).toLowerCase())) {
    throw new ConfigError(`${path}: a picture's name ends in .svg, .png or .pdf`);
  }
}

/**
 * Writes a picture that stands alone, as SVG, PNG or PDF by the ending of its name.
 *
 * @throws ConfigError for another ending; FileError when it cannot be written.
 */
export async function writePicture(path: string, svg: string): Promise<void> {
  checkPictureName(path);
  const kind = extname(path).toLowerCase();
  await writeFileAtomically(path, kind === ".svg" ? svg : await (kind === ".png" ? pngOf(svg) : pdfOf(svg)));
}

/** An SVG that stands alone as PNG, text in a sans-serif font of the system. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js"); // native code, which most commands never need
  const font = { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" };
  return new Resvg(svg, { fitTo: { mode: "zoom", value: SCALE }, font }).render().asPng();
}

/** An SVG that stands alone as a PDF page of its size, lines and text as such. */
export async function pdfOf(svg: string): Promise<Uint8Array> {
  const { PDFDocument, StandardFonts } = await import("@cantoo/pdf-lib");
  const [width, height] = [/ width="([\d.]+)"/, / height="([\d.]+)"/].map((size) => Number(size.exec(svg)?.[1]));
  const document = await PDFDocument.create();
  const page = document.addPage([width as number, height as number]);
  const font = await document.embedFont(StandardFonts.Helvetica);
  // Helvetica has no minus sign; the dash of the same width is what print uses in its place.
  await page.drawSvg(svg.replaceAll("\u2212", "\u2013"), { x: 0, y: height as number, fonts: { sans: font } });
  return document.save();
}
