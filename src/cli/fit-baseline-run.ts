import { DataError } from "../errors.ts";
import { decodeBaselineCheckpoint, encodeBaseline, encodeBaselineCheckpoint } from "../model/baseline-file.ts";
import {
  type BaselineFitOptions,
  type BaselineFitState,
  type BaselineFitStep,
  type BaselineReport,
  fitBaselineSteps,
} from "../model/baseline-fit.ts";
import {
  abandonRun,
  appendStep,
  createRun,
  finishRun,
  locate,
  type RunFolder,
  readCheckpoint,
  writeCheckpoint,
  writeLatents,
  writeModel,
} from "../node/index.ts";
import { ExitCode } from "./exit.ts";
import type { FitFlags } from "./fit.ts";
import { defaultLatentDim, loadTables } from "./fit-data.ts";
import type { FitPlan } from "./fit-plan.ts";
import { onInterrupt } from "./interrupt.ts";
import { createProgress, duration, type Progress } from "./progress.ts";
import { latentColumns } from "./run-results.ts";
import { secondsSince } from "./stopwatch.ts";
import { printResult } from "./summary.ts";

/** Seconds between checkpoints, which is how much of a killed run is lost at most. */
const CHECKPOINT_SECONDS = 10;

/** Fits a baseline to tables, or goes on where an interrupted fit of one stopped. */
export async function runBaselineFit(plan: FitPlan, resumed: RunFolder | undefined, flags: FitFlags): Promise<void> {
  const progress = createProgress(flags.quiet);
  const { data, fingerprint } = await loadTables(plan, progress);
  const started = performance.now();
  const { latentDims: ___, ...planned } = plan.options;
  const options: BaselineFitOptions = {
    latentDim: defaultLatentDim(data.targets.taskNames.length),
    ...planned,
    method: plan.options.method ?? "",
    fingerprint,
    elapsed: () => secondsSince(started),
  };
  const state = resumed && (await savedState(resumed, fingerprint));
  const { elapsed: _, fingerprint: __, ...recorded } = options;
  const run = resumed ?? (await createRun(flags.out as string, { ...plan, options: recorded }, flags));
  const fit = await drive(fitBaselineSteps(data, options, state), run, fingerprint, progress);
  if (fit === "interrupted") return;

  const { fitted, latents } = fit;
  await writeLatents(run, latentColumns(latents, data.rowNames && { names: data.rowNames }));
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
  const interrupt = onInterrupt();
  let saved = performance.now();
  try {
    for (;;) {
      const { value: step, done } = await steps.next();
      if (done) return step;
      const { heldOutLoss, loss } = step;
      if (heldOutLoss !== undefined) await appendStep(run, record(step));
      const held = heldOutLoss === undefined ? "" : ` | held out ${heldOutLoss.toFixed(4)}`;
      progress.update({
        phase: phaseOf(step),
        done: step.step,
        total: step.steps,
        detail: `loss ${loss.toFixed(4)}${held}`,
      });
      const state = stateOf(step);
      // Steps without a runtime never give way to signals by themselves.
      await new Promise((resolve) => setImmediate(resolve));
      if (state === undefined) {
        if (!interrupt.requested) continue;
        await abandonRun(run);
        process.stderr.write("stopped; a linear method takes seconds and starts from the beginning\n");
        process.exitCode = ExitCode.interrupted;
        return "interrupted";
      }
      const save = () => writeCheckpoint(run, encodeBaselineCheckpoint({ state: state(), fingerprint }));
      if (interrupt.requested) {
        await save();
        progress.stop();
        process.stderr.write(`stopped in ${phaseOf(step)}; go on with: taskprism fit --resume ${run.folder}\n`);
        process.exitCode = ExitCode.interrupted;
        return "interrupted";
      }
      if (secondsSince(saved) > CHECKPOINT_SECONDS) {
        await save();
        saved = performance.now();
      }
    }
  } catch (error) {
    await abandonRun(run);
    throw error;
  } finally {
    interrupt.dispose();
    await steps.return(undefined as never);
    progress.stop();
  }
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

async function savedState(run: RunFolder, fingerprint: string): Promise<BaselineFitState> {
  const source = locate(run, "checkpoint");
  const checkpoint = decodeBaselineCheckpoint(await readCheckpoint(run), source);
  if (checkpoint.fingerprint !== fingerprint) {
    throw new DataError("the tables have changed since this checkpoint was written; start a new run", { source });
  }
  return checkpoint.state;
}
