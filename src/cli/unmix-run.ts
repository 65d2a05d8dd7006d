import { createHash } from "node:crypto";
import { ConfigError, DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import { type Unmixing, type UnmixStep, unmixSteps } from "../model/unmix.ts";
import {
  abandonRun,
  createRun,
  finishRun,
  type RunFolder,
  readInputFile,
  readLabels,
  readMatrix,
  readVector,
  writeUnmixing,
} from "../node/index.ts";
import { createRandom } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { VERSION } from "../version.ts";
import { bootstrapModel, bootstrapRequest, checkBootstrapRequest } from "./bootstrap-stage.ts";
import { ExitCode } from "./exit.ts";
import { createProgress, duration, type Progress } from "./progress.ts";
import { readLatents } from "./read-latents.ts";
import { certificateFile, writeResults } from "./run-results.ts";
import { SolveLog } from "./solve-log.ts";
import { Stopwatch, secondsSince } from "./stopwatch.ts";
import { modelSummary, printResult } from "./summary.ts";
import type { UnmixFlags } from "./unmix.ts";

/** Stage 2 on a representation read from files. */
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
  const targets = await readTargets(flags);
  checkBootstrapRequest(bootstrap, targets.taskNames.length);
  const representation = await readRepresentation(flags.representation, targets);
  const { representation: h, target, task, targets: ys } = flags;
  const files = [h, target, task, ys].filter((path) => path !== undefined);
  const configuration = { command: "unmix", representation: h, target, task, targets: ys, options, bootstrap, seed };
  const provenance = {
    ...{ version: VERSION, seed, fingerprint: await fingerprint(files), engine: null, device: null },
    configuration: options,
  };

  const run = await createRun(flags.out, configuration, flags);
  const progress = createProgress(flags.quiet);
  const timed = new Stopwatch();
  try {
    const steps = unmixSteps(representation, targets, options, createRandom(seed).split("mtlcm"));
    const { mtlcm, certificate, moments, latents } = await drive(steps, run, timed, progress);
    const { layout, taskNames } = targets;
    const stages = { mtrn: null, mtlcm, certificate, moments, adaptations: [] };
    const fitted: FittedModel = { layout, featureNames: [], taskNames, ...stages, provenance };
    timed.enter("bootstrap");
    const model = await bootstrapModel({ model: fitted, latents, targets, options, seed }, bootstrap, flags, progress);
    timed.enter("write");
    await writeResults(run, model, latents, timed.seconds("solve"));
    await writeUnmixing(run, latents, mtlcm.unmixing);
    const metrics = {
      ...{ rows: latents.rows, targets: taskNames.length, latentDim: latents.cols },
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
      `${latents.rows} rows, ${taskNames.length} targets, ${latents.cols} latents; solver ${metrics.seconds.solve.toFixed(3)} s, ` +
        `in all ${duration(metrics.seconds.total)}; results in ${path}`,
    ]);
    if (!mtlcm.solver.converged) process.exitCode ??= ExitCode.notConverged;
  } catch (error) {
    await abandonRun(run);
    throw error;
  } finally {
    progress.stop();
  }
}

async function drive(
  steps: Generator<UnmixStep, Unmixing>,
  run: RunFolder,
  timed: Stopwatch,
  progress: Progress,
): Promise<Unmixing> {
  const solved = new SolveLog();
  for (;;) {
    const { value: step, done } = steps.next();
    if (done) {
      timed.enter("write");
      await solved.writeTo(run);
      return step;
    }
    timed.enter(step.stage);
    if (step.stage === "solve") {
      solved.add(step);
    } else {
      progress.update({ phase: "stage 2", done: 0, total: 1, detail: step.stage });
    }
  }
}

async function readTargets({ target, task, targets }: UnmixFlags): Promise<Targets> {
  if (targets !== undefined) {
    if (target !== undefined || task !== undefined) {
      throw new ConfigError("give either --targets (wide data), or --target together with --task (long data)");
    }
    const values = await readMatrix(targets);
    const taskNames = values.columnNames ?? Array.from({ length: values.cols }, (_, t) => `y${t}`);
    return { layout: "wide", values, taskNames };
  }
  if (target === undefined || task === undefined) {
    throw new ConfigError(
      "targets are missing: give --targets (wide data), or --target together with --task (long data)",
    );
  }
  const values = await readVector(target);
  const labels = await readLabels(task);
  if (labels.task.length !== values.length) {
    throw new DataError(`${labels.task.length} rows, but ${values.length} in ${target}`, { source: task });
  }
  const missing = values.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0) {
    throw new DataError("the target is missing or infinite; leave the row out", { source: target, row: missing + 1 });
  }
  return { layout: "long", values, ...labels };
}

async function readRepresentation(path: string, targets: Targets): Promise<Matrix> {
  const h = await readLatents(path);
  const rows = targets.layout === "long" ? targets.values.length : targets.values.rows;
  if (h.rows !== rows) throw new DataError(`${h.rows} rows, but ${rows} in the targets`, { source: path });
  const bad = h.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const column = String((bad % h.cols) + 1);
    throw new DataError("not a finite number", { source: path, row: Math.floor(bad / h.cols) + 1, column });
  }
  if (h.rows <= h.cols) {
    throw new DataError(`${h.rows} rows for ${h.cols} latents; more rows than latents are needed`, { source: path });
  }
  return h;
}

async function fingerprint(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readInputFile(file));
  return hash.digest("hex");
}
