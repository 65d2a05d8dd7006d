import { readFileSync } from "node:fs";
import { type Matrix, matrix } from "../src/linalg/matrix.ts";

/** How a golden file writes an array: row-major. */
export interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The parsed golden file `name` of test/golden; its own header says which program made it and how. */
export function golden(name: string) {
  return JSON.parse(readFileSync(new URL(`./golden/${name}`, import.meta.url), "utf8"));
}

/** An array of a golden file, `{ shape, data }` row-major with null for missing, as numbers with NaN for missing. */
export function goldenArray({ data }: { readonly data: readonly (number | null)[] }): Float64Array {
  return Float64Array.from(data, (value) => value ?? Number.NaN);
}

/** An array of a golden file as a matrix. */
export function goldenMatrix(array: GoldenArray): Matrix {
  const [rows, cols] = array.shape;
  return matrix(rows, cols, Float64Array.from(array.data));
}
