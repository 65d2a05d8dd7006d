import type { Random } from "../stats/random.ts";
import type { Adam } from "./adam.ts";
import { type FloatType, initialWeights, type Parameter, type Weights } from "./parameters.ts";

/** What the training loop drives: weights that an update improves, and how their worth is judged. */
export interface Learner {
  /** What runs it, and where: "onnxruntime-node 1.30.0" on "cpu". */
  readonly engine: string;
  readonly device: string;
  /** What was wanted of the runtime and could not be had, and what was taken instead. */
  readonly fallbacks: readonly string[];
  /** Updates that make a pass over the rows; the last of them may run over into the next pass. */
  readonly stepsPerEpoch: number;
  /** Passes over the rows that one update makes, a fraction. */
  readonly epochsPerStep: number;
  /** Weights and memory of the optimiser at the start of a new training. */
  initial(): LearnerState;
  /** Takes up a state, as `initial` or `state` gave it. */
  restore(state: LearnerState): void;
  /** A copy of the present state. */
  state(): LearnerState;
  /** The most updates that are made at a time: between them nothing else can happen, nor be looked at. */
  readonly updatesPerRun: number;
  /**
   * Makes the updates number `step`, `step` + 1, … (counted from 0), one for every learning rate; the mean loss of the batch
   * of each before it.
   */
  update(step: number, rates: readonly number[]): Promise<ArrayLike<number>>;
  /** The loss of the present weights on rows that are not trained on; null when there are none. */
  readonly heldOutLoss: (() => Promise<number>) | null;
  /** Frees the sessions. */
  release(): Promise<void>;
}

/** What a learner knows: plain arrays. */
export interface LearnerState {
  readonly weights: Weights;
  readonly moments: Weights;
}

/** The state at the start of a new training: random weights, unless they are given, and an optimiser that remembers nothing. */
export function initialState(
  parameters: readonly Parameter[],
  optimiser: Adam,
  dtype: FloatType,
  random: Random,
  start?: Weights,
): LearnerState {
  const init = random.split("init");
  return {
    weights: start
      ? Object.fromEntries(parameters.map(({ name }) => [name, start[name]]))
      : initialWeights(parameters, dtype, init),
    moments: initialWeights(optimiser.moments(parameters), dtype, init),
  };
}
