import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { fitMtrn } from "../../src/mtrn/mtrn.ts";
import { createRandom } from "../../src/stats/random.ts";

/** What a training did, as plain data that a page can hand over. */
export interface TrainingReport {
  readonly engine: string;
  readonly fallbacks: readonly string[];
  readonly losses: readonly number[];
  /** The weights of the hidden layer. */
  readonly weights: readonly number[];
  /** Seconds an update after the first epoch, which warms up. */
  readonly secondsPerUpdate: number;
}

/** How long to train, and on how much. */
export interface TrainingSize {
  readonly tasks: number;
  readonly rowsPerTask: number;
  readonly epochs: number;
  readonly threads: number;
}

/**
 * Stage 1 with the network and the batches of the paper's nonlinear experiment on generated data: the same wherever it
 * runs, up to rounding.
 */
export async function train({ tasks, rowsPerTask, epochs, threads }: TrainingSize): Promise<TrainingReport> {
  const { data } = nonlinearData({ tasks, rowsPerTask }, createRandom(0));
  const steps = fitMtrn(data, { latentDim: 20, preset: "paper", epochs, threads }, createRandom(1));
  const losses: number[] = [];
  let started = 0;
  let warm = 0;
  for (;;) {
    const { value, done } = await steps.next();
    if (done) {
      const { engine, fallbacks, state } = value;
      const secondsPerUpdate = (performance.now() - started) / 1e3 / (losses.length - warm);
      return { engine, fallbacks, losses, weights: Array.from(state.weights["encoder.0.weight"]), secondsPerUpdate };
    }
    losses.push(value.loss);
    // The last run of the first epoch has ended when its last update is handed over.
    if (value.epoch >= 1 && started === 0) {
      started = performance.now();
      warm = value.step;
    }
  }
}
