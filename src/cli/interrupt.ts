import { TaskprismError } from "../errors.ts";

/** The user has stopped what cannot be left half done: nothing more is to be said than what is kept. */
export class InterruptedError extends TaskprismError {
  readonly code = "INTERRUPTED";
}

/** Whether the user has asked the process to stop. */
export interface Interrupt {
  readonly requested: boolean;
  /** Aborted by that request: for work that runs elsewhere. */
  readonly signal: AbortSignal;
  dispose(): void;
}

/**
 * Turns the first Ctrl-C (or a termination signal) into a request that a loop can honour at the next step; a second one
 * ends the process at once, as it would have without this.
 */
export function onInterrupt(signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"]): Interrupt {
  const controller = new AbortController();
  const handle = () => {
    dispose();
    controller.abort();
  };
  const dispose = () => {
    for (const signal of signals) process.off(signal, handle);
  };
  for (const signal of signals) process.on(signal, handle);
  return {
    get requested() {
      return controller.signal.aborted;
    },
    signal: controller.signal,
    dispose,
  };
}
