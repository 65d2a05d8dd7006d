import type { Matrix } from "../../src/linalg/matrix.ts";
import { latentNames } from "../../src/model/fitted-model.ts";

/** Latents as comma-separated text, one line a row, in the order of the table. */
export function latentsCsv({ rows, cols, data }: Matrix): string {
  const lines = [latentNames(cols).join(",")];
  for (let i = 0; i < rows; i++) lines.push(Array.from(data.subarray(i * cols, (i + 1) * cols), String).join(","));
  return `${lines.join("\n")}\n`;
}
