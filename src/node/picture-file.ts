import { extname } from "node:path";
import { ConfigError } from "../errors.ts";
import { writeFileAtomically } from "./atomic-write.ts";

/** Pixels for one unit of the picture: twice, so that it is sharp on paper and on dense screens. */
const SCALE = 2;

/** Refuses a name that is not one of a picture: .svg or .png. To be asked before the work is done. Throws ConfigError. */
export function checkPictureName(path: string): void {
  if (![".svg", ".png"].includes(extname(path).toLowerCase())) {
    throw new ConfigError(`${path}: a picture's name ends in .svg or .png`);
  }
}

/**
 * Writes a picture that stands alone, as SVG or as PNG by the ending of its name.
 *
 * @throws ConfigError for another ending; FileError when it cannot be written.
 */
export async function writePicture(path: string, svg: string): Promise<void> {
  checkPictureName(path);
  await writeFileAtomically(path, extname(path).toLowerCase() === ".svg" ? svg : await pngOf(svg));
}

/** An SVG that stands alone as PNG, text in a sans-serif font of the system. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js"); // native code, which most commands never need
  const font = { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" };
  return new Resvg(svg, { fitTo: { mode: "zoom", value: SCALE }, font }).render().asPng();
}
