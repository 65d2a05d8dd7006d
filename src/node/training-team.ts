import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { ConfigError } from "../errors.ts";
import type { JointTraining, LedTeam, TeamSource } from "../mtrn/joint-training.ts";
import { builtModule } from "./built-module.ts";
import { MeetingsEnded, SharedExchange, sharedMemory } from "./shared-exchange.ts";
import type { Membership } from "./training-thread.ts";
import { type ErrorMessage, unpackError, WorkerError } from "./worker-error.ts";

/**
 * Threads that share the batches of a training: `size` of them, the present one included. Each holds a copy of the data.
 * Throws ConfigError when `size` is no whole number of at least 2, or far above the cores of the machine.
 */
export function trainingTeam(size: number): TeamSource {
  if (!(Number.isInteger(size) && size >= 2)) throw new ConfigError(`a team has 2 members or more, got ${size}`);
  const most = Math.max(MOST_THREADS, availableParallelism());
  if (size > most) throw new ConfigError(`${size} threads are too many: at most ${most} can share a training here`);
  return { size, start: async (training, numbers) => new ThreadTeam(size, training, numbers) };
}

/** So many may be had on any machine, to repeat what another has made. */
const MOST_THREADS = 64;

/** The first member, which has started the others. */
class ThreadTeam implements LedTeam {
  readonly rank = 0;
  readonly size: number;
  readonly #exchange: SharedExchange;
  readonly #threads: readonly Worker[];
  readonly #ended: Promise<unknown>;
  #failure: Error | undefined;

  constructor(size: number, training: JointTraining, numbers: number) {
    this.size = size;
    const memory = sharedMemory(size, numbers);
    this.#exchange = new SharedExchange(0, size, memory, setImmediate);
    const module = new URL(builtModule(new URL("./training-thread.ts", import.meta.url)));
    this.#threads = Array.from({ length: size - 1 }, (_, k) => {
      const workerData: Membership = { rank: k + 1, size, memory, training };
      return new Worker(module, { workerData });
    });
    this.#ended = Promise.all(this.#threads.map((thread, k) => this.#watch(thread, `thread ${k + 2} of ${size}`)));
  }

  async exchange(...arrays: Parameters<SharedExchange["exchange"]>): Promise<void> {
    try {
      await this.#exchange.exchange(...arrays);
    } catch (error) {
      if (!(error instanceof MeetingsEnded)) throw error;
      await this.#allEnded();
      throw this.#failure ?? new WorkerError("a thread of the training ended before the training did");
    }
  }

  async leave(): Promise<void> {
    this.#exchange.end("left");
    await this.#allEnded();
  }

  /** Only here do the threads keep the process alive: a training that is not ended properly must not. */
  async #allEnded(): Promise<void> {
    for (const thread of this.#threads) thread.ref();
    await this.#ended;
  }

  /** Resolves when the thread has ended, however it did: nobody can wait for it then. */
  #watch(thread: Worker, name: string): Promise<void> {
    thread.unref();
    const fail = (error: Error) => {
      this.#failure ??= error;
      this.#exchange.end("failed");
    };
    thread.on("message", (error: ErrorMessage) => fail(unpackError(error)));
    thread.on("error", (cause) => fail(new WorkerError(`${name} of the training failed: ${cause.message}`, { cause })));
    return new Promise((resolve) => {
      thread.on("exit", () => {
        this.#exchange.end("left");
        resolve();
      });
    });
  }
}
