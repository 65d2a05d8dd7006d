/** When and how the learning rate falls on a plateau. */
export interface Plateau {
  /** What the rate is multiplied with, in (0, 1). */
  readonly factor: number;
  /** Epochs without improvement that are tolerated. */
  readonly patience: number;
  /** The smallest share of the first rate. */
  readonly least: number;
}

/** Where it stands: plain numbers, so that a training can be resumed. */
export interface PlateauState {
  /** Share of the scheduled rate that is left. */
  readonly factor: number;
  /** Lowest mean loss of an epoch; null before the first. */
  readonly best: number | null;
  /** Epochs since then. */
  readonly waited: number;
  /** Losses of the present epoch so far: their sum and count. */
  readonly sum: number;
  readonly count: number;
}

/** Improvements smaller than this share of the loss do not count. */
const THRESHOLD = 1e-4;

const START: PlateauState = { factor: 1, best: null, waited: 0, sum: 0, count: 0 };

/**
 * Watches the mean training loss of every epoch and multiplies the rate by `factor` after more than `patience` epochs
 * without improvement: PyTorch's ReduceLROnPlateau, but relative to |loss|, so that it works for negative losses too.
 */
export function plateau({ factor, patience, least }: Plateau, resume: PlateauState = START) {
  let state = resume;
  return {
    factor: () => state.factor,
    state: () => state,
    /** Takes the loss of one update; at the end of an epoch the rate may fall. */
    observe(loss: number, epochEnds: boolean): void {
      state = { ...state, sum: state.sum + loss, count: state.count + 1 };
      if (!epochEnds) return;
      const mean = state.sum / state.count;
      const improved = state.best === null || mean < state.best - THRESHOLD * Math.abs(state.best);
      const waited = improved ? 0 : state.waited + 1;
      const falls = waited > patience;
      state = {
        factor: falls ? Math.max(least, state.factor * factor) : state.factor,
        best: improved ? mean : state.best,
        waited: falls ? 0 : waited,
        sum: 0,
        count: 0,
      };
    },
  };
}
