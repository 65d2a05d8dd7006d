import { decodeCheckpoint, encodeCheckpoint } from "../model/file.ts";
import {
  type Fit,
  type FitOptions,
  type FitState,
  type FitStep,
  type FittedLatentDim,
  fitSteps,
  stage2Options,
} from "../model/fit.ts";
import type { FittedModel, Provenance } from "../model/fitted-model.ts";
import type { Refinement } from "../model/refine.ts";
import { appendStep, createRun, finishRun, type RunFolder } from "../node/index.ts";
import { bootstrapModel, checkBootstrapRequest } from "./bootstrap-stage.ts";
import { chooseThreads, threadUse } from "./choose-threads.ts";
import { driveSteps } from "./drive-steps.ts";
import type { FitFlags } from "./fit.ts";
import { latentDimOptions, loadData } from "./fit-data.ts";
import type { FitPlan } from "./fit-plan.ts";
import { type Interrupt, onInterrupt } from "./interrupt.ts";
import type { Progress } from "./progress.ts";
import { writeResults } from "./run-results.ts";
import { savedState } from "./saved-state.ts";
import { SolveLog } from "./solve-log.ts";
import { Stopwatch, secondsSince } from "./stopwatch.ts";

/** A run that is to be made, or that was interrupted. */
export type FitTarget = Pick<FitFlags, "out" | "force" | "workers"> & {
  readonly resumed?: RunFolder | undefined;
  /**
   * Threads that may divide operations where the plan names no number of them: as many as are fastest. They change no byte of a fit
   * to tables. Default 1.
   */
  readonly mostThreads?: number | undefined;
};

/** What metrics.json holds, the provenance of the model among it. */
export interface FitMetrics extends Provenance {
  readonly rows: number;
  readonly features: number;
  readonly targets: number;
  readonly latentDim: number;
  readonly predictedMcc: number | null;
  readonly splitHalfMcc: number | null;
  readonly latentDimChoice?: FittedLatentDim;
  readonly refinement?: Refinement;
  /** Threads that trained. */
  readonly threads: number;
  /** Whether stage 2 did. */
  readonly converged: boolean;
  readonly training: { readonly updates: number; readonly heldOutLoss: number | null; readonly stoppedEarly: boolean };
  readonly seconds: Readonly<Record<"load" | "train" | "refine" | "stage2" | "solve" | "bootstrap" | "total", number>>;
}

/** Training that was asked to stop. */
export interface StoppedFit {
  /** After how many updates. */
  readonly stopped: string;
  /** Where the checkpoint is. */
  readonly folder: string;
}

/** What a finished run is reported by. */
export interface FinishedFit {
  readonly path: string;
  readonly metrics: FitMetrics;
  readonly model: FittedModel;
  readonly latentDim?: FittedLatentDim | undefined;
}

/**
 * Fits both stages as planned, and writes the results to the folder of the run.
 * @param listen - tells when training is to stop; the run then holds a checkpoint
 */
export async function fitToFolder(
  plan: FitPlan,
  { out, force = false, workers, resumed, mostThreads = 1 }: FitTarget,
  progress: Progress,
  listen: () => Interrupt = onInterrupt,
): Promise<FinishedFit | StoppedFit> {
  const started = performance.now();
  const { data, labels, fingerprint } = await loadData(plan, out ?? resumed?.path ?? ".", progress);
  const loadSeconds = secondsSince(started);
  checkBootstrapRequest(plan.bootstrap, data.targets.taskNames.length);

  const { latentDim: _, latentDims: __, threads: planned, ...others } = plan.options;
  const chosen = { ...others, ...latentDimOptions(plan, data.targets.taskNames.length, data.features.rows) };
  const use = threadUse(data, chosen);
  // Of molecules the number of threads changes the last digits: only who asks for it gets it.
  const most = planned === "auto" ? undefined : plan.molecules ? 1 : mostThreads;
  const threads = typeof planned === "number" ? planned : await chooseThreads(data, chosen, use, most);
  if (planned === "auto")
    progress.note(`note: ${threads === 1 ? "one thread is" : `${threads} threads are`} fastest here`);
  const options: FitOptions = { ...chosen, ...use.on(threads, chosen), fingerprint };
  const state = resumed && (await savedState(resumed, fingerprint, decodeCheckpoint));
  const config = { ...plan, options: { ...chosen, threads } };
  const run = resumed ?? (await createRun(out as string, config, { force }));
  const timed = new Stopwatch();
  const fit = await drive(fitSteps(data, options, state), { run, options, progress, timed, listen });
  if ("stopped" in fit) return fit;

  const { latents, training } = fit;
  for (const fallback of training.fallbacks) progress.note(`note: ${fallback}`);
  timed.enter("bootstrap");
  const rows = { latents, targets: fit.targets };
  const model = await bootstrapModel(
    { model: fit.model, data: rows, options: stage2Options(options), seed: options.seed },
    plan.bootstrap,
    workers === undefined ? {} : { workers },
    progress,
  );
  timed.enter("write");
  await writeResults(run, model, latents, timed.seconds("solve"), labels);
  const metrics: FitMetrics = {
    rows: latents.rows,
    features: data.featureNames.length,
    targets: data.targets.taskNames.length,
    latentDim: latents.cols,
    predictedMcc: model.certificate.predictedMcc,
    splitHalfMcc: model.certificate.splitHalfMcc,
    ...(fit.latentDim && { latentDimChoice: fit.latentDim }),
    ...(fit.refinement && { refinement: fit.refinement }),
    threads,
    converged: model.mtlcm.solver.converged,
    training: { updates: training.step, heldOutLoss: training.heldOutLoss, stoppedEarly: training.stoppedEarly },
    seconds: {
      load: loadSeconds,
      train: timed.seconds("train"),
      refine: timed.seconds("refine"),
      stage2: timed.seconds("moments") + timed.seconds("solve") + timed.seconds("certify"),
      solve: timed.seconds("solve"),
      bootstrap: timed.seconds("bootstrap"),
      total: secondsSince(started),
    },
    ...model.provenance,
  };
  const { path } = await finishRun(run, metrics);
  progress.stop();
  return { path, metrics, model, latentDim: fit.latentDim };
}

interface Watched {
  readonly run: RunFolder;
  readonly options: FitOptions;
  readonly progress: Progress;
  readonly timed: Stopwatch;
  readonly listen: () => Interrupt;
}

/** Consumes the steps of a fit: progress, the step log, checkpoints, and a clean stop on Ctrl-C. */
async function drive(
  steps: AsyncGenerator<FitStep, Fit>,
  { run, options, progress, timed, listen }: Watched,
): Promise<Fit | StoppedFit> {
  const { seed, fingerprint = "" } = options;
  const solved = new SolveLog();
  let heldOut = "";
  const see = async (step: FitStep) => {
    timed.enter(step.stage);
    if (step.stage === "latentDim") {
      progress.update({ phase: "choosing d", ...step, detail: `candidate ${step.done + 1} of ${step.total}` });
      return;
    }
    if (step.stage !== "train" && step.stage !== "refine") {
      if (step.stage === "solve") solved.add(step);
      progress.update({ phase: "stage 2", done: 0, total: 1, detail: STAGE_2[step.stage] });
      return;
    }
    const { stage, epoch, loss, rate, heldOutLoss } = step;
    if (heldOutLoss !== undefined) {
      heldOut = ` | held out ${heldOutLoss.toFixed(4)}`;
      await appendStep(run, { stage, step: step.step, epoch: Math.round(epoch), loss, heldOutLoss, rate });
    }
    const detail = `epoch ${Math.ceil(epoch)} | loss ${loss.toFixed(4)}${heldOut} | rate ${rate.toExponential(1)}`;
    progress.update({ phase: PHASES[stage], done: step.step, total: step.steps, detail });
  };
  let saved: FitState | undefined;
  const checkpoint = (step: FitStep) => {
    if (step.stage !== "train" && step.stage !== "refine") return undefined;
    return () => {
      saved = step.state();
      return encodeCheckpoint({ state: saved, seed, fingerprint });
    };
  };
  const driven = await driveSteps(steps, { run, progress, see, checkpoint, without: "finish", listen });
  if ("result" in driven) {
    timed.enter("write");
    await solved.writeTo(run);
    return driven.result;
  }
  const refining = saved?.refinement;
  const made = refining ? refining.before + refining.step : saved?.step;
  const { stage, steps: all } = driven.stoppedAt as Extract<FitStep, { readonly stage: "train" | "refine" }>;
  const of = stage === "refine" ? " of refinement" : "";
  return { stopped: `stopped after ${made} of ${all} updates${of}`, folder: run.folder };
}

const PHASES = { train: "stage 1", refine: "refinement" } as const;
const STAGE_2 = { moments: "moments", solve: "joint diagonalisation", certify: "certificate" } as const;
