import { type ErrorMessage, packError } from "./worker-error.ts";

/** One job as it reaches a worker process. */
export interface JobMessage {
  /** URL of the module, and the name of the function in it that does the job. */
  readonly module: string;
  readonly name: string;
  readonly job: unknown;
  /** Whether the function takes the shared data, and these where they are sent along. */
  readonly needsShared: boolean;
  readonly shared?: unknown;
}

/** What comes back; "unequipped" from a worker that has not been sent the shared data yet. */
export type JobReply =
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "unequipped" }
  | { readonly kind: "failed"; readonly error: ErrorMessage };

let held: { readonly shared: unknown } | undefined;

// Ctrl-C reaches every process of the terminal. Whoever started this one decides what becomes of it …
process.on("SIGINT", () => undefined);
// … and when that process is gone, nobody waits for the answer.
process.on("disconnect", () => process.exit());

/** Does one job in this process: what a worker pool calls here. */
export async function runJob({ module, name, job, needsShared, shared }: JobMessage): Promise<JobReply> {
  if (shared !== undefined) held = { shared };
  if (needsShared && held === undefined) return { kind: "unequipped" };
  try {
    const work: unknown = (await import(module))[name];
    if (typeof work !== "function") throw new TypeError(`${module} has no function '${name}'`);
    return { kind: "done", result: await work(job, held?.shared) };
  } catch (error) {
    return { kind: "failed", error: packError(error) };
  }
}
