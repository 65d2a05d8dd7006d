import { open } from "node:fs/promises";
import { replaceFile } from "./atomic-write.ts";
import { npyHeader } from "./npy.ts";

/**
 * Writes a matrix of doubles to a .npy file, some rows at a time: `pieces` hold rows × cols numbers together, row-major.
 *
 * @throws FileError when the file cannot be written.
 */
export async function writeNpyPieces(
  path: string,
  rows: number,
  cols: number,
  pieces: AsyncIterable<Float64Array>,
): Promise<void> {
  await replaceFile(path, async (temporary) => {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(npyHeader([rows, cols]));
      for await (const { buffer, byteOffset, byteLength } of pieces) {
        await file.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
      }
    } finally {
      await file.close();
    }
  });
}
