import { ConfigError } from "../errors.ts";
import type { Refinement } from "../model/refine.ts";
import { isSeedsFolder, locate, openRun, readConfig } from "../node/index.ts";
import { ExitCode } from "./exit.ts";
import type { FitFlags } from "./fit.ts";
import { planFromConfig, planFromFlags } from "./fit-plan.ts";
import { type FinishedFit, fitToFolder } from "./fit-stages.ts";
import { latentDimLines } from "./latent-dim-table.ts";
import { createProgress, duration } from "./progress.ts";
import { certificateFile } from "./run-results.ts";
import { modelSummary, printResult } from "./summary.ts";

/** Fits both stages to tables, or goes on where an interrupted run stopped. */
export async function runFit(tables: readonly string[], flags: FitFlags): Promise<void> {
  if (tables.length > 0 && flags.resume !== undefined) {
    throw new ConfigError("--resume takes the tables from the run; leave them out");
  }
  if (flags.seeds !== undefined || (flags.resume !== undefined && isSeedsFolder(flags.resume))) {
    const { runFitSeeds } = await import("./fit-seeds.ts");
    return runFitSeeds(tables, flags);
  }
  const resumed = flags.resume === undefined ? undefined : await resumable(flags.resume);
  if (resumed === undefined && flags.out === undefined) {
    throw new ConfigError("--out is missing: name a new folder for the results");
  }
  const plan = resumed?.plan ?? (await planFromFlags(tables, flags));
  if (plan.options.method !== undefined) {
    const { runBaselineFit } = await import("./fit-baseline-run.ts");
    return runBaselineFit(plan, resumed?.run, flags);
  }
  const finished = await fitToFolder(plan, { ...flags, resumed: resumed?.run }, createProgress(flags.quiet));
  if ("stopped" in finished) {
    process.stderr.write(`${finished.stopped}; go on with: taskprism fit --resume ${finished.folder}\n`);
    process.exitCode = ExitCode.interrupted;
    return;
  }
  report(finished, flags);
}

function report({ path, metrics, model, latentDim }: FinishedFit, flags: FitFlags): void {
  printResult(flags, { run: path, ...metrics, certificate: certificateFile(model) }, () => [
    ...(latentDim ? latentDimLines(latentDim) : []),
    ...modelSummary(model),
    ...(metrics.refinement ? [refinementLine(metrics.refinement)] : []),
    `${metrics.rows} rows, ${metrics.targets} targets, ${metrics.latentDim} latents in ${duration(metrics.seconds.total)}; results in ${path}`,
  ]);
  const unsupported = latentDim?.latentDim === 0;
  if (unsupported || !model.mtlcm.solver.converged) process.exitCode ??= ExitCode.notConverged;
}

function refinementLine({ updates, updatesMade, dropped }: Refinement): string {
  if (dropped)
    return "refinement was dropped: the model holds for the latents of stage 1, and would not for refined ones";
  return updates === 0
    ? "refinement did not raise the likelihood of held-out rows and changed nothing"
    : `refined: the likelihood of held-out rows was best after ${updates} of ${updatesMade} updates`;
}

async function resumable(path: string) {
  const run = await openRun(path, { interrupted: true });
  return { run, plan: planFromConfig(await readConfig(run), locate(run, "config")) };
}
