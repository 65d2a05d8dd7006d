import { abandonRun, type RunFolder, writeCheckpoint } from "../node/index.ts";
import { type Interrupt, onInterrupt } from "./interrupt.ts";
import type { Progress } from "./progress.ts";
import { secondsSince } from "./stopwatch.ts";

/** Seconds between checkpoints, which is how much of a killed run is lost at most. */
const CHECKPOINT_SECONDS = 10;

/** What becomes of the steps of a fit. */
export interface StepHandling<Step> {
  readonly run: RunFolder;
  readonly progress: Progress;
  /** Shows and logs a step. */
  see(step: Step): Promise<void> | void;
  /** What makes the bytes of a checkpoint to go on from at this step; undefined where there is nothing to go on from. */
  checkpoint(step: Step): (() => Uint8Array) | undefined;
  /**
   * What is done when a stop is asked for at a step without a checkpoint: "abandon" leaves nothing of the run, "finish" goes on,
   * since what was trained before would be lost and little is left to do.
   */
  readonly without: "abandon" | "finish";
  /** Tells when to stop; by default Ctrl-C. */
  listen?(): Interrupt;
}

/**
 * What the steps ended with, or the step at which they were stopped, whose state is gone by then, and whether a checkpoint was
 * left.
 */
export type Driven<Step, T> = { readonly result: T } | { readonly stoppedAt: Step; readonly saved: boolean };

/**
 * Consumes the steps of a fit into a run folder: each is shown, checkpoints are saved every few seconds, and a request to stop
 * is honoured with one. When a step fails the run is abandoned and the error thrown on.
 */
export async function driveSteps<Step, T>(
  steps: AsyncGenerator<Step, T>,
  { run, progress, see, checkpoint, without, listen = onInterrupt }: StepHandling<Step>,
): Promise<Driven<Step, T>> {
  const interrupt = listen();
  let saved = performance.now();
  try {
    for (;;) {
      const { value, done } = await steps.next();
      if (done) return { result: value };
      await see(value);
      // Steps without a runtime never give way to signals by themselves.
      await new Promise((resolve) => setImmediate(resolve));
      const bytes = checkpoint(value);
      if (interrupt.requested && (bytes || without === "abandon")) {
        if (bytes) await writeCheckpoint(run, bytes());
        else await abandonRun(run);
        return { stoppedAt: value, saved: bytes !== undefined };
      }
      if (bytes && secondsSince(saved) > CHECKPOINT_SECONDS) {
        await writeCheckpoint(run, bytes());
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
