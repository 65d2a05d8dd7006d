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
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const handle = () => {
    dispose();
    controller.abort();
  };
  const dispose = () => {
    process.off("SIGINT", handle);
    process.off("SIGTERM", handle);
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return {
    get requested() {
      return controller.signal.aborted;
    },
    signal: controller.signal,
    dispose,
  };
}
