import type { Matrix } from "../linalg/matrix.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import type { NumericTable } from "../stats/standardise.ts";
import type { Targets } from "../stats/targets.ts";
import type { Trial, TrialState } from "./trials.ts";

/** What a baseline is fitted to: the columns it reads, and the targets of the same rows. */
export interface BaselineData {
  /** Raw inputs, or what stage 1 made of them: rows × p. */
  readonly inputs: NumericTable;
  readonly targets: Targets;
}

/** Rows to transform. The targets may be left out for a method that does not read them. */
export interface BaselineRows {
  readonly inputs: NumericTable;
  readonly targets?: Targets | undefined;
}

/** What every baseline is told; what is left out is the method's own default. */
export interface BaselineOptions extends RuntimeOptions {
  /** d, the number of latents. */
  readonly latentDim: number;
  /** Updates of each member of the grid, for methods that train. */
  readonly steps?: number | undefined;
  /** Rows an update. */
  readonly batchSize?: number | undefined;
  /** Seconds, by `elapsed`, after which what has been found is returned. */
  readonly maxSeconds?: number | undefined;
  /** Seconds since the fit began: given by the caller, because this code reads no clock. Needed for `maxSeconds`. */
  readonly elapsed?: (() => number) | undefined;
}

/** One step, as the consumer of a fit sees it. */
export interface BaselineStep {
  /** Steps made in this member of the grid, this one included, of at most `steps`. */
  readonly step: number;
  readonly steps: number;
  /** What is minimised; for FastICA, how far the directions still turn. */
  readonly loss: number;
  /** Which member of the grid, from 1, of how many. */
  readonly trial: number;
  readonly trials: number;
  /** The criterion on rows that are not trained on, where it was taken. */
  readonly heldOutLoss?: number | undefined;
  /** A copy of what is needed to go on later; absent where a fit takes seconds. */
  readonly state?: (() => TrialState) | undefined;
}

/** A fitted baseline: plain data. What else it holds depends on the method. */
export interface BaselineModel {
  readonly method: string;
  /** p, the columns it reads. */
  readonly inputDim: number;
}

/** A fitted baseline, its latents, and what was tried. */
export interface BaselineFit<M extends BaselineModel = BaselineModel> {
  readonly model: M;
  /** rows × d of the rows it was fitted to. */
  readonly latents: Matrix;
  /** Every member of the grid with its criterion, in order; one entry for methods without a grid. */
  readonly trials: readonly Trial[];
  /** Index of the one that was chosen: the smallest criterion, which knows nothing of the truth. */
  readonly chosen: number;
  readonly converged: boolean;
  /** What cut the fit short, if anything did. */
  readonly stoppedBy: "seconds" | null;
}

/** A method that finds latents, to compare with: every one is fitted and applied through this. */
export interface Baseline<M extends BaselineModel = BaselineModel, O extends BaselineOptions = BaselineOptions> {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Whether it trains a network of its own, over a grid, and can go on from a state. */
  readonly trains: boolean;
  /** Whether the latents of a row depend on its targets, so that `transform` needs them. */
  readonly readsTargets: boolean;
  /**
   * Fits to the data, yielding every step.
   * @param resume - the state of an interrupted fit to the same data with the same options
   * @throws ConfigError for options that do not fit the data; DomainError when training diverges
   */
  fitSteps(
    data: BaselineData,
    options: O,
    random: Random,
    resume?: TrialState,
  ): AsyncGenerator<BaselineStep, BaselineFit<M>>;
  /**
   * The latents of rows, rows × d.
   * @throws ShapeError when the columns are not those of the fit; ConfigError when targets are needed and not given
   */
  transform(model: M, rows: BaselineRows, runtime?: RuntimeOptions): Promise<Matrix>;
}

/** `fitSteps` run to its end. */
export async function fitBaseline<M extends BaselineModel, O extends BaselineOptions>(
  baseline: Baseline<M, O>,
  data: BaselineData,
  options: O,
  random: Random,
): Promise<BaselineFit<M>> {
  const steps = baseline.fitSteps(data, options, random);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}
