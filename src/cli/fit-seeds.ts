import { availableParallelism } from "node:os";
import { z } from "zod";
import { ConfigError, DataError } from "../errors.ts";
import {
  createSeedsFolder,
  openRun,
  readMetrics,
  readSeedsRequest,
  runJobs,
  seedProgress,
  seedRunPath,
  textBytes,
  workerCount,
  writeComparison,
} from "../node/index.ts";
import { type Comparison, compareRuns, comparisonLines } from "./compare-run.ts";
import { ExitCode } from "./exit.ts";
import type { FitFlags } from "./fit.ts";
import { type FitPlan, planFromConfig, planFromFlags } from "./fit-plan.ts";
import type { SeedJob, SeedSummary } from "./fit-seed-job.ts";
import { onInterrupt } from "./interrupt.ts";
import { createProgress, duration } from "./progress.ts";
import { secondsSince } from "./stopwatch.ts";
import { printResult } from "./summary.ts";
import { textTable } from "./text-table.ts";

/** Fits of one plan with several seeds. */
interface SeedsRequest {
  readonly seeds: readonly number[];
  readonly plan: FitPlan;
}

/**
 * Memory of a process without data, how many times the text of its tables it holds, and what the database has at most beside
 * that. Peaks of 0.21, 0.41 and 1.32 GB were measured for tables of 120 columns in 2.5, 85 and 854 MB of CSV, of which this makes
 * 0.23, 0.43 and 1.55.
 */
const [IDLE_BYTES, HELD, READING_BYTES] = [220e6, 1.2, 300e6];

/**
 * Fits the same tables with several seeds, each in a process and a run folder of its own, as many at a time as there are
 * cores and memory for, and says how far they agree. A folder in which some are left over is gone on with.
 */
export async function runFitSeeds(tables: readonly string[], flags: FitFlags): Promise<void> {
  const started = performance.now();
  const out = flags.resume ?? flags.out;
  if (out === undefined) throw new ConfigError("--out is missing: name a new folder for the results");
  const { seeds, plan } = flags.resume === undefined ? await request(tables, flags) : await savedRequest(out);
  if (flags.resume === undefined) await createSeedsFolder(out, { seeds, plan }, { force: flags.force ?? false });

  const done: SeedSummary[] = [];
  const jobs: SeedJob[] = [];
  for (const seed of seeds) {
    const run = seedRunPath(out, seed);
    const reached = await seedProgress(run);
    if (reached === "finished") done.push(await savedSummary(run));
    else jobs.push({ plan: withSeed(plan, seed), out: run, resumes: reached === "checkpoint", mostThreads: 1 });
  }
  const memoryPerJob = await memoryOf(plan);
  const { threads } = plan.options;
  const { workers = coresFor(typeof threads === "number" ? threads : 1) } = flags;
  const atATime = workerCount(jobs.length, { workers, memoryPerJob });
  const summaries = await fitAll(sharingCores(jobs, atATime, workers), done, seeds.length, flags, {
    memoryPerJob,
    workers,
  });
  if (summaries === "interrupted") {
    process.stderr.write(`stopped; go on with: taskprism fit --resume ${out}\n`);
    process.exitCode = ExitCode.interrupted;
    return;
  }
  const runs = summaries.sort((a, b) => seeds.indexOf(a.seed) - seeds.indexOf(b.seed));
  const comparison = await agreement(runs);
  const result = { runs, ...comparison, seconds: secondsSince(started) };
  await writeComparison(out, result);
  printResult(flags, result, () => [
    ...summaryLines(runs),
    "",
    ...("pairs" in comparison ? comparisonLines(comparison) : [`note: ${comparison.note}`]),
    "",
    `${runs.length} seeds in ${duration(result.seconds)}; results in ${out}`,
  ]);
  if (runs.some(({ converged }) => !converged)) process.exitCode = ExitCode.notConverged;
}

async function fitAll(
  jobs: readonly SeedJob[],
  done: readonly SeedSummary[],
  total: number,
  flags: FitFlags,
  { memoryPerJob, workers }: { readonly memoryPerJob: number; readonly workers: number },
): Promise<SeedSummary[] | "interrupted"> {
  const task = { module: new URL("./fit-seed-job.ts", import.meta.url), name: "fitSeed" };
  const interrupt = onInterrupt();
  const progress = createProgress(flags.quiet);
  const summaries = [...done];
  const show = () => {
    progress.update({ phase: "seeds", done: summaries.length, total, detail: `${summaries.length} of ${total} seeds` });
  };
  try {
    show();
    const pool = { memoryPerJob, signal: interrupt.signal, workers };
    for await (const { result } of runJobs<SeedJob, SeedSummary>(task, jobs, pool)) {
      summaries.push(result);
      show();
    }
    return summaries;
  } catch (error) {
    if (!interrupt.requested) throw error;
    return "interrupted";
  } finally {
    interrupt.dispose();
    progress.stop();
  }
}

/** The jobs, of which those in a last round that leaves cores idle share them. */
function sharingCores(jobs: readonly SeedJob[], atATime: number, cores: number): SeedJob[] {
  const last = jobs.length % atATime || atATime;
  const mostThreads = Math.max(1, Math.floor(cores / last));
  return jobs.map((job, k) => (k < jobs.length - last ? job : { ...job, mostThreads }));
}

/** Fits at a time that have `threads` threads each. */
function coresFor(threads: number): number {
  return Math.max(1, Math.floor(availableParallelism() / threads));
}

async function request(tables: readonly string[], flags: FitFlags): Promise<SeedsRequest> {
  const { seeds = [], bootstrap, workers, threads, ...others } = flags;
  // Cores are for seeds first: what they leave is found anyway.
  const plan = await planFromFlags(tables, {
    ...others,
    ...(typeof threads === "number" && { threads }),
    ...(bootstrap && { bootstrap, ...(workers && { workers }) }),
  });
  if (plan.options.method !== undefined)
    throw new ConfigError("--seeds is for fits of both stages, not for a baseline");
  return { seeds: [...new Set(seeds)], plan };
}

const savedSchema = z.strictObject({ seeds: z.array(z.int()).min(1), plan: z.unknown() });

async function savedRequest(path: string): Promise<SeedsRequest> {
  const { request: saved, source } = await readSeedsRequest(path);
  const parsed = savedSchema.safeParse(saved);
  if (!parsed.success) throw new DataError("is damaged: it must hold seeds and a plan", { source });
  return { seeds: parsed.data.seeds, plan: planFromConfig(parsed.data.plan, source) };
}

function withSeed(plan: FitPlan, seed: number): FitPlan {
  return { ...plan, options: { ...plan.options, seed } };
}

/** What the metrics of a finished run say of it. */
async function savedSummary(path: string): Promise<SeedSummary> {
  const metrics = (await readMetrics(await openRun(path))) as SavedMetrics;
  const { seed, converged, predictedMcc, splitHalfMcc, training, seconds } = metrics;
  const { heldOutLoss } = training;
  return { run: path, seed, heldOutLoss, predictedMcc, splitHalfMcc, seconds: seconds.total, converged };
}

interface SavedMetrics extends Omit<SeedSummary, "run" | "heldOutLoss" | "seconds"> {
  readonly training: { readonly heldOutLoss: number | null };
  readonly seconds: { readonly total: number };
}

/** Bytes that one fit takes at most, from the size of its tables as text. */
async function memoryOf({ tables }: FitPlan): Promise<number> {
  const sizes = await Promise.all(tables.map(textBytes));
  const held = HELD * sizes.reduce((a, b) => a + b, 0);
  return IDLE_BYTES + held + Math.min(held, READING_BYTES);
}

/** How far the runs agree, or why that cannot be said. */
async function agreement(runs: readonly SeedSummary[]): Promise<Comparison | { readonly note: string }> {
  if (runs.length < 2) return { note: "one seed alone compares with nothing" };
  try {
    return await compareRuns(runs.map(({ run }) => run));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { note: `not compared: ${error.message}` };
  }
}

function summaryLines(runs: readonly SeedSummary[]): string[] {
  const figure = (value: number | null) => value?.toFixed(4) ?? "";
  return textTable(
    [
      { text: "run" },
      { text: "held-out loss", align: "right" },
      { text: "predicted MCC", align: "right" },
      { text: "split-half MCC", align: "right" },
      { text: "time", align: "right" },
    ],
    runs.map((run) => [
      run.run,
      figure(run.heldOutLoss),
      figure(run.predictedMcc),
      figure(run.splitHalfMcc),
      duration(run.seconds),
    ]),
  );
}
