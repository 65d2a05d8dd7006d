import { availableParallelism } from "node:os";
import { Tinypool } from "tinypool";
import { ConfigError, type TaskprismError } from "../errors.ts";
import { builtModule } from "./built-module.ts";
import type { JobMessage, JobReply } from "./worker-entry.ts";
import { packError, unpackError, WorkerError } from "./worker-error.ts";

/**
 * A function that other processes can run: where it is exported, and under which name.
 *
 * It is called as `name(job, shared)`, may be asynchronous, and takes and returns what can be cloned: numbers, strings,
 * typed arrays, plain objects of these. `module` is `new URL("./file.ts", import.meta.url)`: built, its `.js` is meant.
 */
export interface WorkerTask {
  readonly module: URL;
  readonly name: string;
}

export interface PoolOptions {
  /** Processes at a time; by default as many as the machine has cores. Never more than there are jobs. */
  readonly workers?: number;
  /** Given to every job as its second argument; sent to each process once, not with every job. */
  readonly shared?: unknown;
  /** Bytes that one job takes at most: fewer processes are then started than would fill the memory that is free. */
  readonly memoryPerJob?: number;
  /** Ends all processes at once when it is aborted. */
  readonly signal?: AbortSignal;
}

/** What one job returned. */
export interface JobResult<Result> {
  /** Position among the jobs, from 0. */
  readonly index: number;
  readonly result: Result;
}

/** How one job ended. */
export type SettledJob<Result> = JobResult<Result> | { readonly index: number; readonly error: TaskprismError };

/** The share of the free memory that jobs may take: the rest is for what the estimate leaves out. */
const MEMORY_SHARE = 0.8;

/**
 * Runs jobs in processes of their own, on all cores, and yields each result as soon as it is there, in no fixed order.
 *
 * Processes, not threads: ending a thread inside ONNX Runtime takes the whole program down (docs/adr/0003-workers.md).
 * However the loop over the results ends, by the last job, an error, an abort or a `break`, no process is left behind.
 *
 * @param task The function, the same for all jobs.
 * @param jobs Its first arguments; handed out in this order, each when a process is free.
 * @throws the error of the first job that fails, with the class and code that it had there (WorkerError, code "WORKER", for
 *   one of a foreign class, and when a process ended without an answer); the signal's reason when it is aborted;
 *   ConfigError for an option out of range.
 */
export async function* runJobs<Job, Result>(
  task: WorkerTask,
  jobs: readonly Job[],
  options: PoolOptions = {},
): AsyncGenerator<JobResult<Result>, void> {
  for await (const settled of settleJobs<Job, Result>(task, jobs, options)) {
    if ("error" in settled) throw settled.error;
    yield settled;
  }
}

/**
 * `runJobs` that does not stop at a job that fails: its error is yielded in the place of a result, and the others go on,
 * also when the job took its process down with it.
 *
 * @throws the signal's reason when it is aborted; ConfigError for an option out of range.
 */
export async function* settleJobs<Job, Result>(
  task: WorkerTask,
  jobs: readonly Job[],
  options: PoolOptions = {},
): AsyncGenerator<SettledJob<Result>, void> {
  const { shared, signal } = options;
  const workers = workerCount(jobs.length, options);
  signal?.throwIfAborted();
  if (jobs.length === 0) return;

  const message = { module: builtModule(task.module), name: task.name, needsShared: shared !== undefined };
  const pool = startPool(workers);
  const interruption = whenInterrupted(pool, signal);
  const running = new Map<number, Promise<Answer>>();
  try {
    for (let next = 0; next < jobs.length || running.size > 0; ) {
      for (; next < jobs.length && running.size < workers; next++) {
        running.set(next, ask(pool, next, { ...message, job: jobs[next] }, shared));
      }
      const { index, reply } = await Promise.race([interruption.failure, ...running.values()]);
      running.delete(index);
      if (reply.kind === "failed") yield { index, error: unpackError(reply.error) };
      else yield { index, result: reply.result as Result };
    }
  } finally {
    interruption.dispose();
    await destroy(pool);
  }
}

/**
 * How many processes run at a time: as many as asked for or as there are cores, but no more than jobs, and no more than
 * the free memory holds, though one at least.
 *
 * @throws ConfigError when `workers` is no whole number above 0, or `memoryPerJob` is not above 0.
 */
export function workerCount(
  jobs: number,
  { workers = availableParallelism(), memoryPerJob }: Pick<PoolOptions, "workers" | "memoryPerJob">,
  freeMemory = process.availableMemory(),
): number {
  if (!(Number.isInteger(workers) && workers >= 1)) throw new ConfigError(`workers must be 1 or more, got ${workers}`);
  if (memoryPerJob !== undefined && !(memoryPerJob > 0)) {
    throw new ConfigError(`memoryPerJob must be above 0 bytes, got ${memoryPerJob}`);
  }
  const fitting = memoryPerJob === undefined ? workers : Math.floor((MEMORY_SHARE * freeMemory) / memoryPerJob);
  return Math.max(1, Math.min(workers, jobs, fitting));
}

interface Answer {
  readonly index: number;
  readonly reply: Exclude<JobReply, { kind: "unequipped" }>;
}

function startPool(workers: number): Tinypool {
  return new Tinypool({
    filename: builtModule(new URL("./worker-entry.ts", import.meta.url)),
    name: "runJob",
    runtime: "child_process",
    serialization: "advanced",
    minThreads: workers,
    maxThreads: workers,
    env: process.env as Record<string, string>,
  });
}

/** Ends all processes. A timer keeps this one alive meanwhile, because the pool does not for processes that have no job. */
async function destroy(pool: Tinypool): Promise<void> {
  const waiting = setInterval(() => undefined, 1000);
  try {
    await pool.destroy();
  } finally {
    clearInterval(waiting);
  }
}

/** One job's answer; never rejects, since after the first failure nobody looks at the others. */
async function ask(pool: Tinypool, index: number, message: JobMessage, shared: unknown): Promise<Answer> {
  try {
    const reply: JobReply = await pool.run(message);
    if (reply.kind !== "unequipped") return { index, reply };
    // Which process takes it now is the pool's choice: one that has the data already only gets them again.
    return ask(pool, index, { ...message, shared }, shared);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const error = packError(new WorkerError(`job ${index + 1} got no answer from its process: ${problem}`));
    return { index, reply: { kind: "failed", error } };
  }
}

/** A promise that rejects when the signal is aborted, or when a process fails that has no job. */
function whenInterrupted(pool: Tinypool, signal: AbortSignal | undefined) {
  let abort = () => {};
  const failure = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    pool.on("error", (cause: Error) => reject(new WorkerError(`a worker process failed: ${cause.message}`, { cause })));
  });
  failure.catch(() => undefined);
  return { failure, dispose: () => signal?.removeEventListener("abort", abort) };
}
