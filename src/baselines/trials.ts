import type { Weights } from "../nn/parameters.ts";
import type { TrainState } from "../nn/train.ts";

/** One member of a grid, fitted: its settings and what it reached. */
export interface Trial {
  /** The settings that vary over the grid, by name. */
  readonly settings: Readonly<Record<string, number | string>>;
  /**
   * What the members are compared by; smaller is better. Null for a method without a grid, and for a member that diverged or was
   * cut short before rows were judged.
   */
  readonly criterion: number | null;
  readonly steps: number;
}

/** Where a fit over a grid stands: the members that are finished, the best weights among them, the one under way. */
export interface TrialState {
  readonly finished: readonly Trial[];
  /** Weights of the best of the finished; null when there is none. */
  readonly weights: Weights | null;
  readonly training: TrainState;
}
