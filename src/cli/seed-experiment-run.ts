import { stringify } from "yaml";
import { ConfigError } from "../errors.ts";
import type { SeedExperimentEntry } from "../experiments/experiments.ts";
import { agreementOf, errorsOver } from "../experiments/seeds/agreement.ts";
import { type SeedCell, seedCases, seedCells } from "../experiments/seeds/cells.ts";
import { parseSeedExperiment, type SeedExperimentConfig, seedMethods } from "../experiments/seeds/config.ts";
import type { SeedCellResult } from "../experiments/seeds/run-cell.ts";
import { settleJobs } from "../node/index.ts";
import { ExitCode } from "./exit.ts";
import type { SeedExperimentFlags } from "./experiment.ts";
import { experimentConfig } from "./experiment-config.ts";
import { onInterrupt } from "./interrupt.ts";
import { createProgress, duration, type Progress } from "./progress.ts";
import { dataInWords, type OpenSeedData, readSeedData, seedDataFiles } from "./seed-data.ts";
import { openSeedFolder, type SeedFolder } from "./seed-folder.ts";
import { type SeedFindings, seedLines, writeSeedResults } from "./seed-results.ts";
import { printResult } from "./summary.ts";

/** Runs an experiment on real data, or what an interrupted run has left of it. */
export async function runSeedExperiment(
  name: string,
  entry: SeedExperimentEntry,
  flags: SeedExperimentFlags,
): Promise<void> {
  const config = await experimentConfig({ shipped: entry.config, parse: parseSeedExperiment }, flags);
  if (flags.printConfig) {
    process.stdout.write(flags.json ? `${JSON.stringify(config, null, 2)}\n` : stringify(config));
    return;
  }
  if (flags.out === undefined) throw new ConfigError("--out is missing: name a folder for the results");
  const files = await seedDataFiles(name, flags.data, entry.files);
  const folder = await openSeedFolder(
    flags.out,
    { command: `experiment ${name}`, files, ...config },
    flags.force === true,
  );
  const progress = createProgress(flags.quiet);
  const interrupt = onInterrupt();
  try {
    const found = await runCases(config, entry, files, folder, flags, progress, interrupt.signal);
    progress.stop();
    await writeSeedResults(folder.path, found);
    printResult(flags, { out: folder.path, ...found }, () => [...seedLines(found), "", `results in ${folder.path}`]);
    if (found.failures.length > 0) process.exitCode = ExitCode.failed;
  } catch (error) {
    if (!interrupt.requested) throw error;
    progress.stop();
    process.stderr.write(`stopped with ${folder.results.size} trainings stored; the same command goes on from there\n`);
    process.exitCode = ExitCode.interrupted;
  } finally {
    interrupt.dispose();
    progress.stop();
  }
}

async function runCases(
  config: SeedExperimentConfig,
  { whole }: SeedExperimentEntry,
  files: readonly string[],
  folder: SeedFolder,
  { workers }: SeedExperimentFlags,
  progress: Progress,
  signal: AbortSignal,
): Promise<SeedFindings> {
  const found: { -readonly [K in keyof SeedFindings]: SeedFindings[K][number][] } = {
    ...{ data: [], agreement: [], errors: [], failures: [] },
  };
  for (const part of seedCases(config)) {
    const { name } = part;
    const opened = await readSeedData(files, part.data, folder.path, progress);
    const words = dataInWords(opened.data, whole);
    found.data.push(name === "" ? words : `${name}: ${words}`);
    progress.note(found.data.at(-1) as string);
    const cells = seedCells(config, part, opened.fingerprint);
    const failures = await trainCells(
      cells,
      opened,
      folder,
      { ...(workers !== undefined && { workers }), signal },
      progress,
    );
    const results = cells.flatMap(({ id }) => folder.results.get(id) ?? []);
    const rows = results[0]?.rows;
    if (rows) {
      const split = `${rows.train.toLocaleString("en")} rows are fitted to, ${rows.test.toLocaleString("en")} compared and predicted`;
      found.data.push(name === "" ? split : `${name}: ${split}`);
    }
    found.agreement.push(...agreementOf(name, config.latentDims, seedMethods(config.methods), results));
    found.errors.push(...errorsOver(name, opened.data.targets.taskNames, opened.units, results));
    found.failures.push(...failures);
  }
  return found;
}

/** Runs the trainings that are not stored yet, and stores each as soon as it is done; those that failed, in words. */
async function trainCells(
  cells: readonly SeedCell[],
  { data: shared }: OpenSeedData,
  folder: SeedFolder,
  options: { readonly workers?: number; readonly signal: AbortSignal },
  progress: Progress,
): Promise<string[]> {
  const left = cells.filter(({ id }) => !folder.results.has(id));
  if (left.length < cells.length) progress.note(`${cells.length - left.length} of ${cells.length} trainings are there`);
  const task = { module: new URL("../experiments/seeds/run-cell.ts", import.meta.url), name: "runSeedCell" };
  const failures: string[] = [];
  let done = 0;
  for await (const settled of settleJobs<SeedCell, SeedCellResult>(task, left, { ...options, shared })) {
    const cell = left[settled.index] as SeedCell;
    const label = `${cell.name === "" ? "" : `${cell.name}, `}seed ${cell.seed}, d = ${cell.latentDims.join(", ")}`;
    if ("error" in settled) failures.push(`Failed: ${label}: ${settled.error.message}`);
    else {
      await folder.store(cell, settled.result);
      const { seconds, heldOutLoss } = settled.result;
      const loss = heldOutLoss === null ? "" : `, held-out loss ${heldOutLoss.toFixed(4)}`;
      progress.note(`${label}: ${duration(seconds.total)}${loss}`);
    }
    done++;
    progress.update({ phase: "trainings", done, total: left.length, detail: `${done} of ${left.length}` });
  }
  return failures;
}
