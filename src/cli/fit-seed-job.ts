import { openRun } from "../node/index.ts";
import { ExitCode } from "./exit.ts";
import type { FitPlan } from "./fit-plan.ts";
import { fitToFolder } from "./fit-stages.ts";
import { onInterrupt } from "./interrupt.ts";
import { createProgress } from "./progress.ts";

/** The fit of one seed, to be made in a process of its own. */
export interface SeedJob {
  readonly plan: FitPlan;
  /** The folder of its run. */
  readonly out: string;
  /** Whether a checkpoint is there to go on from. */
  readonly resumes: boolean;
  /** Threads that it may have where the plan names none: more than 1 when cores are left over. */
  readonly mostThreads: number;
}

/** What is said of the fit of one seed in the table of all. */
export interface SeedSummary {
  readonly run: string;
  readonly seed: number;
  readonly heldOutLoss: number | null;
  readonly predictedMcc: number | null;
  readonly splitHalfMcc: number | null;
  readonly seconds: number;
  readonly converged: boolean;
}

/**
 * Fits one seed. A termination signal makes it save a checkpoint and end its process; Ctrl-C is left to the program that
 * started it, which then sends that signal.
 */
export async function fitSeed({ plan, out, resumes, mostThreads }: SeedJob): Promise<SeedSummary> {
  const resumed = resumes ? await openRun(out, { interrupted: true }) : undefined;
  const finished = await fitToFolder(plan, { out, resumed, mostThreads }, createProgress(true), () =>
    onInterrupt(["SIGTERM"]),
  );
  if ("stopped" in finished) process.exit(ExitCode.interrupted);
  const { metrics, model } = finished;
  return {
    run: out,
    seed: metrics.seed,
    heldOutLoss: metrics.training.heldOutLoss,
    predictedMcc: metrics.predictedMcc,
    splitHalfMcc: metrics.splitHalfMcc,
    seconds: metrics.seconds.total,
    converged: model.mtlcm.solver.converged,
  };
}
