import type { SolverStep } from "../mtlcm/mtlcm.ts";
import { appendStep, type RunFolder } from "../node/index.ts";

/** The steps of stage 2 as steps.jsonl keeps them; collected while it runs, so that its time is that of the solver alone. */
export class SolveLog {
  readonly #steps: object[] = [];

  add({ start, iteration, phase, value, gradientNorm }: SolverStep): void {
    this.#steps.push({ stage: "solve", start, iteration, phase, value, gradientNorm });
  }

  /** Appends them to the run's steps. Throws FileError as `appendStep`. */
  async writeTo(run: RunFolder): Promise<void> {
    for (const step of this.#steps) await appendStep(run, step);
  }
}
