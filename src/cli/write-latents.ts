import type { Matrix } from "../linalg/matrix.ts";
import { writeNpy, writeTable } from "../node/index.ts";
import { latentColumns, type RowLabels } from "./run-results.ts";

/** Writes latents to a file: the numbers alone in .npy, else a table whose columns say which row is which. */
export async function writeLatentsTo(out: string, latents: Matrix, labels: RowLabels = {}): Promise<void> {
  if (out.endsWith(".npy")) await writeNpy(out, latents);
  else await writeTable(out, latentColumns(latents, labels));
}
