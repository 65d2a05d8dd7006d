import { ConfigError, DataError } from "../errors.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../model/file.ts";
import { type Fit, type FitOptions, type FitStep, fitSteps, stage2Options } from "../model/fit.ts";
import type { TrainState } from "../nn/train.ts";
import {
  abandonRun,
  appendStep,
  createRun,
  finishRun,
  locate,
  openRun,
  type RunFolder,
  readCheckpoint,
  readConfig,
  writeCheckpoint,
} from "../node/index.ts";
import { bootstrapModel, checkBootstrapRequest } from "./bootstrap-stage.ts";
import { ExitCode } from "./exit.ts";
import type { FitFlags } from "./fit.ts";
import { latentDimOptions, loadData } from "./fit-data.ts";
import { planFromConfig, planFromFlags } from "./fit-plan.ts";
import { onInterrupt } from "./interrupt.ts";
import { latentDimLines } from "./latent-dim-table.ts";
import { createProgress, duration, type Progress } from "./progress.ts";
import { certificateFile, writeResults } from "./run-results.ts";
import { SolveLog } from "./solve-log.ts";
import { Stopwatch, secondsSince } from "./stopwatch.ts";
import { modelSummary, printResult } from "./summary.ts";

/** Seconds between checkpoints, which is how much of a killed run is lost at most. */
const CHECKPOINT_SECONDS = 10;

/** Fits both stages to tables, or goes on where an interrupted run stopped. */
export async function runFit(tables: readonly string[], flags: FitFlags): Promise<void> {
  const resumed = flags.resume === undefined ? undefined : await resumable(tables, flags.resume);
  if (resumed === undefined && flags.out === undefined) {
    throw new ConfigError("--out is missing: name a new folder for the results");
  }
  const plan = resumed?.plan ?? (await planFromFlags(tables, flags));
  if (plan.options.method !== undefined) {
    const { runBaselineFit } = await import("./fit-baseline-run.ts");
    return runBaselineFit(plan, resumed?.run, flags);
  }
  const progress = createProgress(flags.quiet);
  const started = performance.now();
  const { data, labels, fingerprint } = await loadData(plan, flags.out ?? resumed?.run.path ?? ".", progress);
  const loadSeconds = secondsSince(started);
  checkBootstrapRequest(plan.bootstrap, data.targets.taskNames.length);

  const { latentDim: _, latentDims: __, ...planned } = plan.options;
  const options: FitOptions = {
    ...planned,
    ...latentDimOptions(plan, data.targets.taskNames.length, data.features.rows),
    fingerprint,
  };
  const state = resumed && (await savedState(resumed.run, fingerprint));
  const run = resumed?.run ?? (await createRun(flags.out as string, { ...plan, options: recorded(options) }, flags));
  const timed = new Stopwatch();
  const fit = await drive(fitSteps(data, options, state), { run, options, progress, timed });
  if (fit === "interrupted") return;

  const { latents, training } = fit;
  timed.enter("bootstrap");
  const rows = { latents, targets: fit.targets };
  const model = await bootstrapModel(
    { model: fit.model, data: rows, options: stage2Options(options), seed: options.seed },
    plan.bootstrap,
    flags,
    progress,
  );
  timed.enter("write");
  await writeResults(run, model, latents, timed.seconds("solve"), labels);
  const metrics = {
    rows: latents.rows,
    features: data.featureNames.length,
    targets: data.targets.taskNames.length,
    latentDim: latents.cols,
    predictedMcc: model.certificate.predictedMcc,
    splitHalfMcc: model.certificate.splitHalfMcc,
    ...(fit.latentDim && { latentDimChoice: fit.latentDim }),
    training: { updates: training.step, heldOutLoss: training.heldOutLoss, stoppedEarly: training.stoppedEarly },
    seconds: {
      load: loadSeconds,
      train: timed.seconds("train"),
      stage2: timed.seconds("moments") + timed.seconds("solve") + timed.seconds("certify"),
      solve: timed.seconds("solve"),
      bootstrap: timed.seconds("bootstrap"),
      total: secondsSince(started),
    },
    ...model.provenance,
  };
  const { path } = await finishRun(run, metrics);
  progress.stop();
  printResult(flags, { run: path, ...metrics, certificate: certificateFile(model) }, () => [
    ...(fit.latentDim ? latentDimLines(fit.latentDim) : []),
    ...modelSummary(model),
    `${latents.rows} rows, ${metrics.targets} targets, ${latents.cols} latents in ${duration(metrics.seconds.total)}; results in ${path}`,
  ]);
  if (!model.mtlcm.solver.converged) process.exitCode ??= ExitCode.notConverged;
}

/** Consumes the steps of a fit: progress, the step log, checkpoints, and a clean stop on Ctrl-C. */
async function drive(
  steps: AsyncGenerator<FitStep, Fit>,
  { run, options, progress, timed }: { run: RunFolder; options: FitOptions; progress: Progress; timed: Stopwatch },
): Promise<Fit | "interrupted"> {
  const interrupt = onInterrupt();
  const { seed, fingerprint = "" } = options;
  const save = async (state: TrainState) => writeCheckpoint(run, encodeCheckpoint({ state, seed, fingerprint }));
  let saved = performance.now();
  let heldOut = "";
  const solved = new SolveLog();
  try {
    for (;;) {
      const { value: step, done } = await steps.next();
      if (done) {
        timed.enter("write");
        await solved.writeTo(run);
        return step;
      }
      timed.enter(step.stage);
      if (step.stage === "latentDim") {
        progress.update({ phase: "choosing d", ...step, detail: `candidate ${step.done + 1} of ${step.total}` });
        continue;
      }
      if (step.stage !== "train") {
        if (step.stage === "solve") solved.add(step);
        progress.update({ phase: "stage 2", done: 0, total: 1, detail: STAGE_2[step.stage] });
        continue;
      }
      const { epoch, loss, rate, heldOutLoss } = step;
      if (heldOutLoss !== undefined) {
        heldOut = ` | held out ${heldOutLoss.toFixed(4)}`;
        await appendStep(run, { stage: "train", step: step.step, epoch: Math.round(epoch), loss, heldOutLoss, rate });
      }
      const detail = `epoch ${Math.ceil(epoch)} | loss ${loss.toFixed(4)}${heldOut} | rate ${rate.toExponential(1)}`;
      progress.update({ phase: "stage 1", done: step.step, total: step.steps, detail });
      if (interrupt.requested) {
        const state = step.state();
        await save(state);
        progress.stop();
        process.stderr.write(
          `stopped after ${state.step} of ${step.steps} updates; go on with: taskprism fit --resume ${run.folder}\n`,
        );
        process.exitCode = ExitCode.interrupted;
        return "interrupted";
      }
      if (secondsSince(saved) > CHECKPOINT_SECONDS) {
        await save(step.state());
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

const STAGE_2 = { moments: "moments", solve: "joint diagonalisation", certify: "certificate" } as const;

async function resumable(tables: readonly string[], path: string) {
  if (tables.length > 0) throw new ConfigError("--resume takes the tables from the run; leave them out");
  const run = await openRun(path, { interrupted: true });
  return { run, plan: planFromConfig(await readConfig(run), locate(run, "config")) };
}

async function savedState(run: RunFolder, fingerprint: string): Promise<TrainState> {
  const source = locate(run, "checkpoint");
  const checkpoint = decodeCheckpoint(await readCheckpoint(run), source);
  if (checkpoint.fingerprint !== fingerprint) {
    throw new DataError("the tables have changed since this checkpoint was written; start a new run", { source });
  }
  return checkpoint.state;
}

function recorded({ fingerprint: _, ...options }: FitOptions) {
  return options;
}
