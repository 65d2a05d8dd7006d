import { setImmediate } from "node:timers/promises";
import type { FittedModel } from "../model/fitted-model.ts";
import type { UnmixStep } from "../model/unmix.ts";
import { abandonRun, createRun, finishRun, type RunFolder, writeUnmixing } from "../node/index.ts";
import { createRandom } from "../stats/random.ts";
import { VERSION } from "../version.ts";
import { bootstrapModel, bootstrapRequest, checkBootstrapRequest } from "./bootstrap-stage.ts";
import { ExitCode } from "./exit.ts";
import { type Interrupt, onInterrupt } from "./interrupt.ts";
import { createProgress, duration, type Progress } from "./progress.ts";
import { certificateFile, writeResults } from "./run-results.ts";
import { SolveLog } from "./solve-log.ts";
import { Stopwatch, secondsSince } from "./stopwatch.ts";
import { modelSummary, printResult } from "./summary.ts";
import type { UnmixFlags } from "./unmix.ts";
import { readUnmixInput, type UnmixResult } from "./unmix-input.ts";

/** Stage 2 on a representation read from files, or on the moments of one. */
export async function runUnmix(flags: UnmixFlags): Promise<void> {
  const started = performance.now();
  const { seed, variance, sigmaS, sigmaObs, solver, starts: maxStarts, intercept } = flags;
  const options = {
    intercept,
    ...(variance !== undefined && { variance }),
    ...(sigmaS !== undefined && { sigmaS }),
    ...(sigmaObs !== undefined && { sigmaObs }),
    ...(solver !== undefined && { solver }),
    ...(maxStarts !== undefined && { maxStarts }),
  };
  const bootstrap = bootstrapRequest(flags);
  const input = await readUnmixInput(flags);
  const { layout, taskNames, featureNames, rows, fingerprint } = input;
  checkBootstrapRequest(bootstrap, taskNames.length, input.groups);
  const { representation, target, task, targets, moments: momentsFile } = flags;
  const files = { representation, target, task, targets, moments: momentsFile };
  const configuration = { command: "unmix", ...files, options, bootstrap, seed };
  const provenance = {
    ...{ version: VERSION, seed, fingerprint, engine: null, device: null },
    configuration: options,
  };

  const interrupt = onInterrupt();
  const run = await createRun(flags.out, configuration, flags);
  const progress = createProgress(flags.quiet);
  const timed = new Stopwatch();
  try {
    const steps = input.steps(options, createRandom(seed).split("mtlcm"));
    const result = await drive(steps, run, timed, progress, interrupt);
    if (result === "interrupted") {
      await abandonRun(run);
      process.stderr.write("stopped; nothing was written\n");
      process.exitCode = ExitCode.interrupted;
      return;
    }
    const { mtlcm, certificate, moments, latents } = result;
    const stages = { mtrn: null, mtlcm, certificate, moments, adaptations: [] };
    const fitted: FittedModel = { layout, featureNames, taskNames, ...stages, provenance };
    timed.enter("bootstrap");
    const data = input.resampled(result);
    const model = await bootstrapModel({ model: fitted, data, options, seed }, bootstrap, flags, progress);
    timed.enter("write");
    await writeResults(run, model, latents, timed.seconds("solve"));
    await writeUnmixing(run, mtlcm.unmixing, latents);
    const metrics = {
      ...{ rows, targets: taskNames.length, latentDim: mtlcm.unmixing.rows },
      ...{ predictedMcc: certificate.predictedMcc, splitHalfMcc: certificate.splitHalfMcc },
      seconds: {
        ...{ solve: timed.seconds("solve"), certify: timed.seconds("certify"), bootstrap: timed.seconds("bootstrap") },
        total: secondsSince(started),
      },
      ...provenance,
    };
    const { path } = await finishRun(run, metrics);
    progress.stop();
    printResult(flags, { run: path, ...metrics, certificate: certificateFile(model) }, () => [
      ...modelSummary(model),
      `${rows} rows, ${taskNames.length} targets, ${metrics.latentDim} latents; solver ${metrics.seconds.solve.toFixed(3)} s, ` +
        `in all ${duration(metrics.seconds.total)}; results in ${path}`,
      ...(latents === undefined
        ? [`moments have no rows: taskprism transform ${path} TABLE --out FILE writes latents`]
        : []),
    ]);
    if (!mtlcm.solver.converged) process.exitCode ??= ExitCode.notConverged;
  } catch (error) {
    await abandonRun(run);
    throw error;
  } finally {
    progress.stop();
  }
}

/** How long the solver may keep signals and the progress bar waiting. */
const BREATH_MS = 50;

/** Consumes the steps of stage 2, which take no rest by themselves, with one now and then in which Ctrl-C is heard. */
async function drive(
  steps: Generator<UnmixStep, UnmixResult>,
  run: RunFolder,
  timed: Stopwatch,
  progress: Progress,
  interrupt: Interrupt,
): Promise<UnmixResult | "interrupted"> {
  const solved = new SolveLog();
  let rested = performance.now();
  try {
    for (;;) {
      const { value: step, done } = steps.next();
      if (performance.now() - rested > BREATH_MS) {
        await setImmediate();
        rested = performance.now();
      }
      if (interrupt.requested) return "interrupted";
      if (done) {
        timed.enter("write");
        await solved.writeTo(run);
        return step;
      }
      timed.enter(step.stage);
      if (step.stage === "solve") {
        solved.add(step);
        if (step.phase === "lbfgs") {
          progress.update({ phase: "stage 2", done: 0, total: 1, detail: `noise, step ${step.iteration}` });
        }
      } else {
        progress.update({ phase: "stage 2", done: 0, total: 1, detail: step.stage });
      }
    }
  } finally {
    interrupt.dispose();
  }
}
