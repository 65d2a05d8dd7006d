import { ConfigError, DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { consistency, type Spread } from "../metrics/consistency.ts";
import type { SharedOptions } from "./command.ts";
import { readLatents } from "./read-latents.ts";
import { printResult } from "./summary.ts";
import { textTable } from "./text-table.ts";

/** Prints the agreement of every pair of runs, with median and range. */
export async function runCompare(paths: readonly string[], flags: SharedOptions): Promise<void> {
  if (paths.length < 2) throw new ConfigError("compare: name two runs or more");
  const runs: Matrix[] = [];
  for (const path of paths) runs.push(await readLatents(path));
  checkShapes(paths, runs);
  const { pairs, spread } = consistency(runs);
  const columns = ["strongPearson", "strongSpearman", "weak", "smallestCanonical"] as const;
  printResult(flags, { runs: paths, rows: runs[0]?.rows, latents: runs[0]?.cols, pairs, spread }, () =>
    textTable(
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
    ),
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
