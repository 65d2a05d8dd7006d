import type { IcarlModel } from "../baselines/icarl.ts";
import { decodeBaselineCheckpoint, encodeBaseline, encodeBaselineCheckpoint } from "../model/baseline-file.ts";
import {
  type BaselineFitOptions,
  type BaselineFitState,
  type BaselineFitStep,
  type BaselineReport,
  fitBaselineSteps,
} from "../model/baseline-fit.ts";
import {
  appendStep,
  createRun,
  finishRun,
  type RunFolder,
  writeIndicators,
  writeLatents,
  writeModel,
} from "../node/index.ts";
import { driveSteps } from "./drive-steps.ts";
import { ExitCode } from "./exit.ts";
import type { FitFlags } from "./fit.ts";
import { defaultLatentDim, loadTables } from "./fit-data.ts";
import type { FitPlan } from "./fit-plan.ts";
import { createProgress, duration, type Progress } from "./progress.ts";
import { icarlColumns, latentColumns } from "./run-results.ts";
import { savedState } from "./saved-state.ts";
import { secondsSince } from "./stopwatch.ts";
import { printResult } from "./summary.ts";

/** Fits a baseline to tables, or goes on where an interrupted fit of one stopped. */
export async function runBaselineFit(plan: FitPlan, resumed: RunFolder | undefined, flags: FitFlags): Promise<void> {
  const progress = createProgress(flags.quiet);
  const { data, fingerprint } = await loadTables(plan, progress);
  const started = performance.now();
  const { latentDims: ___, threads, ...planned } = plan.options;
  const options: BaselineFitOptions = {
    latentDim: defaultLatentDim(data.targets.taskNames.length),
    ...planned,
    ...(typeof threads === "number" && { threads }),
    method: plan.options.method ?? "",
    fingerprint,
    elapsed: () => secondsSince(started),
  };
  const state = resumed && (await savedState(resumed, fingerprint, decodeBaselineCheckpoint));
  const { elapsed: _, fingerprint: __, ...recorded } = options;
  const run = resumed ?? (await createRun(flags.out as string, { ...plan, options: recorded }, flags));
  const fit = await drive(fitBaselineSteps(data, options, state), run, fingerprint, progress);
  if (fit === "interrupted") return;

  const { fitted, latents } = fit;
  await writeLatents(run, latentColumns(latents, data.rowNames && { names: data.rowNames }));
  if (fitted.method === "icarl") await writeIndicators(run, icarlColumns(fitted.taskNames, fitted.model as IcarlModel));
  await writeModel(run, encodeBaseline(fitted));
  const metrics = {
    method: fitted.method,
    on: fitted.on,
    rows: latents.rows,
    features: data.features.cols,
    targets: data.targets.taskNames.length,
    latentDim: latents.cols,
    ...fitted.report,
    seconds: { total: secondsSince(started) },
    ...fitted.provenance,
  };
  const { path } = await finishRun(run, metrics);
  progress.stop();
  printResult(flags, { run: path, ...metrics }, () => [
    ...trialLines(fitted.report),
    `${fitted.method} on ${fitted.on}: ${latents.cols} latents of ${latents.rows} rows in ${duration(metrics.seconds.total)}; results in ${path}`,
  ]);
  if (fitted.report.stoppedBy === "seconds") {
    if (!flags.quiet)
      process.stderr.write(`stopped after the ${plan.options.maxSeconds} seconds of --max-seconds, as asked\n`);
  } else if (!fitted.report.converged) process.exitCode = ExitCode.notConverged;
}

async function drive<T>(
  steps: AsyncGenerator<BaselineFitStep, T>,
  run: RunFolder,
  fingerprint: string,
  progress: Progress,
): Promise<T | "interrupted"> {
  const see = async (step: BaselineFitStep) => {
    const { heldOutLoss, loss } = step;
    if (heldOutLoss !== undefined) await appendStep(run, record(step));
    const held = heldOutLoss === undefined ? "" : ` | held out ${heldOutLoss.toFixed(4)}`;
    const detail = `loss ${loss.toFixed(4)}${held}`;
    progress.update({ phase: phaseOf(step), done: step.step, total: step.steps, detail });
  };
  const checkpoint = (step: BaselineFitStep) => {
    const state = stateOf(step);
    return state && (() => encodeBaselineCheckpoint({ state: state(), fingerprint }));
  };
  const driven = await driveSteps(steps, { run, progress, see, checkpoint, without: "abandon" });
  if ("result" in driven) return driven.result;
  process.stderr.write(
    driven.saved
      ? `stopped in ${phaseOf(driven.stoppedAt)}; go on with: taskprism fit --resume ${run.folder}\n`
      : "stopped; a linear method takes seconds and starts from the beginning\n",
  );
  process.exitCode = ExitCode.interrupted;
  return "interrupted";
}

function stateOf(step: BaselineFitStep): (() => BaselineFitState) | undefined {
  if (step.stage === "train") return () => ({ stage: "train", training: step.state() });
  const { state } = step;
  return state && (() => ({ stage: "baseline", trial: state() }));
}

function phaseOf(step: BaselineFitStep): string {
  if (step.stage === "train") return "stage 1";
  return step.trials === 1 ? "baseline" : `setting ${step.trial} of ${step.trials}`;
}

function record({ state: _, ...step }: BaselineFitStep) {
  return step;
}

function trialLines({ trials, chosen }: BaselineReport): string[] {
  if (trials.length === 1) return [];
  return trials.map(({ settings, criterion, steps }, k) => {
    const text = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    return `${k === chosen ? "*" : " "} ${text.join(", ")}: held-out criterion ${criterion?.toFixed(4) ?? "none"} after ${steps} updates`;
  });
}
