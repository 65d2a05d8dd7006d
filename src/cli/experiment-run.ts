import { stringify } from "yaml";
import { ConfigError } from "../errors.ts";
import { type Cell, cellsOf } from "../experiments/cells.ts";
import { type ExperimentConfig, parseExperiment } from "../experiments/config.ts";
import type { CellResult } from "../experiments/run-cell.ts";
import { settleJobs } from "../node/index.ts";
import { ExitCode } from "./exit.ts";
import type { ExperimentFlags } from "./experiment.ts";
import { experimentConfig } from "./experiment-config.ts";
import { type ExperimentFolder, openExperiment } from "./experiment-folder.ts";
import { liveTable } from "./experiment-live.ts";
import { experimentSummary, writeExperiment } from "./experiment-results.ts";
import { onInterrupt } from "./interrupt.ts";
import { printResult } from "./summary.ts";

/** Runs an experiment, or what an interrupted run has left of it. */
export async function runExperiment(name: string, shipped: ExperimentConfig, flags: ExperimentFlags): Promise<void> {
  const config = await experimentConfig({ shipped, parse: parseExperiment }, flags);
  const cells = cellsOf(config);
  if (flags.printConfig) {
    process.stdout.write(flags.json ? `${JSON.stringify(config, null, 2)}\n` : stringify(config));
    return;
  }
  if (flags.out === undefined) throw new ConfigError("--out is missing: name a folder for the results");
  const folder = await openExperiment(flags.out, { command: `experiment ${name}`, ...config }, flags);
  const finished = await runCells(folder, cells, flags);
  if (finished === "interrupted") {
    const done = cells.filter(({ id }) => folder.results.has(id)).length;
    process.stderr.write(`stopped after ${done} of ${cells.length} cells; the same command goes on from there\n`);
    process.exitCode = ExitCode.interrupted;
    return;
  }
  await writeExperiment(folder, cells);
  const summary = experimentSummary(cells, folder.results);
  printResult(flags, { out: folder.path, cells: cells.length, ...summary.plain }, () => [
    ...summary.lines,
    "",
    `results in ${folder.path}`,
  ]);
  if (summary.plain.failed > 0) process.exitCode = ExitCode.failed;
}

/** Runs the cells that have no result yet, and stores each as soon as it has one. */
async function runCells(
  folder: ExperimentFolder,
  cells: readonly Cell[],
  { workers, quiet }: ExperimentFlags,
): Promise<"done" | "interrupted"> {
  const left = cells.filter(({ id }) => !folder.results.has(id));
  const task = { module: new URL("../experiments/run-cell.ts", import.meta.url), name: "runCell" };
  const live = liveTable(cells, folder.results, quiet);
  const interrupt = onInterrupt();
  try {
    const options = { signal: interrupt.signal, ...(workers !== undefined && { workers }) };
    for await (const settled of settleJobs<Cell, CellResult>(task, left, options)) {
      const cell = left[settled.index] as Cell;
      if ("error" in settled) {
        // A process that died says nothing about its cell: that has no result, and is not stored.
        const error = `${settled.error.message}; the same command runs this cell again`;
        folder.leave({ id: cell.id, scores: null, error });
      } else await folder.store(settled.result);
      live.show(cell);
    }
    return "done";
  } catch (error) {
    if (interrupt.requested) return "interrupted";
    throw error;
  } finally {
    interrupt.dispose();
    live.stop();
  }
}
