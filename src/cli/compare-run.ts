import { ConfigError, DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { type Consistency, consistency, type Spread } from "../metrics/consistency.ts";
import type { SharedOptions } from "./command.ts";
import { readLatents } from "./read-latents.ts";
import { printResult } from "./summary.ts";
import { textTable } from "./text-table.ts";

/** How far runs agree: every pair, with median and range. */
export interface Comparison extends Consistency {
  readonly paths: readonly string[];
  readonly rows: number;
  readonly latents: number;
}

/** Prints the agreement of every pair of runs, with median and range. */
export async function runCompare(paths: readonly string[], flags: SharedOptions): Promise<void> {
  if (paths.length < 2) throw new ConfigError("compare: name two runs or more");
  const comparison = await compareRuns(paths);
  const { paths: runs, ...agreement } = comparison;
  printResult(flags, { runs, ...agreement }, () => comparisonLines(comparison));
}

/** The agreement of the latents of two runs or more. Throws DataError where rows or latents differ in number. */
export async function compareRuns(paths: readonly string[]): Promise<Comparison> {
  const runs: Matrix[] = [];
  for (const path of paths) runs.push(await readLatents(path));
  checkShapes(paths, runs);
  const [{ rows, cols }] = runs as [Matrix];
  return { paths, rows, latents: cols, ...consistency(runs) };
}

/** That as a table. */
export function comparisonLines({ paths, pairs, spread }: Comparison): string[] {
  const columns = ["strongPearson", "strongSpearman", "weak", "smallestCanonical"] as const;
  return textTable(
    [
      { text: "runs" },
      { text: "strong (Pearson)", align: "right" },
      { text: "strong (Spearman)", align: "right" },
      { text: "weak", align: "right" },
      { text: "smallest canonical", align: "right" },
    ],
    [
      ...pairs.map((pair) => [
        `${paths[pair.first]} ${paths[pair.second]}`,
        ...columns.map((score) => decimals(pair[score])),
      ]),
      ["median", ...columns.map((score) => decimals(spread[score].median))],
      ["range", ...columns.map((score) => range(spread[score]))],
    ],
  );
}

function checkShapes(paths: readonly string[], runs: readonly Matrix[]): void {
  const [first] = runs as [Matrix];
  runs.forEach(({ rows, cols }, i) => {
    if (rows !== first.rows || cols !== first.cols) {
      throw new DataError(
        `${rows} rows and ${cols} latents, but ${first.rows} and ${first.cols} in ${paths[0]}; compare runs on the same rows with equal d`,
        { source: paths[i] as string },
      );
    }
  });
}

const decimals = (value: number) => value.toFixed(4);
const range = ({ lowest, highest }: Spread) => `${decimals(lowest)}–${decimals(highest)}`;
