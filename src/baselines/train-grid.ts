import { DomainError } from "../errors.ts";
import type { Weights } from "../nn/parameters.ts";
import type { Plateau } from "../nn/plateau.ts";
import { constantRate } from "../nn/schedule.ts";
import { type TrainState, train } from "../nn/train.ts";
import type { Objective } from "../nn/training-session.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import type { BaselineStep } from "./baseline.ts";
import type { Trial, TrialState } from "./trials.ts";

/** One member of a grid: what to minimise, and how fast. */
export interface GridMember {
  readonly settings: Trial["settings"];
  readonly objective: Objective;
  readonly learningRate: number;
}

/** What all members share. */
export interface GridTraining extends RuntimeOptions {
  readonly rows: Int32Array;
  /** Rows to stop on and to choose by. */
  readonly heldOut: Int32Array;
  readonly batchSize: number;
  /** Updates of each member, rounded up to whole passes over the rows. */
  readonly steps: number;
  readonly plateau: Plateau;
  readonly maxSeconds?: number | undefined;
  readonly elapsed?: (() => number) | undefined;
}

/** The members' results and the weights of the chosen one. */
export interface GridResult {
  readonly trials: readonly Trial[];
  readonly chosen: number;
  readonly weights: Weights;
  readonly stoppedBy: "seconds" | null;
}

/**
 * Trains every member and chooses the one with the lowest criterion on the held-out rows; nothing else is known to it.
 * A member whose loss stops being finite has no criterion. When the seconds are spent, the member under way counts as it stands,
 * without a criterion when no held-out loss was taken yet, and the rest are left out.
 * @throws DomainError when no member stays finite
 */
export async function* trainGrid(
  members: readonly GridMember[],
  training: GridTraining,
  random: Random,
  resume?: TrialState,
): AsyncGenerator<BaselineStep, GridResult> {
  const { maxSeconds = Number.POSITIVE_INFINITY, elapsed = () => 0 } = training;
  const trials = [...(resume?.finished ?? [])];
  let weights = resume?.weights ?? null;
  let underWay = resume?.training;
  let stopped = false;
  const lowest = () => Math.min(Number.POSITIVE_INFINITY, ...criteriaOf(trials));

  for (let k = trials.length; k < members.length && !stopped; k++) {
    const { settings, objective, learningRate } = members[k];
    const options = { ...trainOptions(training, learningRate), resume: underWay };
    underWay = undefined;
    const run = train(objective, options, random.split(k));
    try {
      for (;;) {
        const { value, done } = await run.next();
        if (done) {
          const criterion = value.heldOutLoss ?? null;
          if ((criterion ?? Number.POSITIVE_INFINITY) < lowest() || weights === null) weights = value.weights;
          trials.push({ settings, criterion, steps: value.step });
          break;
        }
        const state = (): TrialState => ({ finished: [...trials], weights, training: value.state() });
        const { step, steps, loss, heldOutLoss } = value;
        yield { step, steps, loss, heldOutLoss, trial: k + 1, trials: members.length, state };
        if (elapsed() > maxSeconds) {
          stopped = true;
          const last = value.state();
          const reached = asItStands(last);
          if ((reached.criterion ?? Number.POSITIVE_INFINITY) < lowest() || weights === null) weights = reached.weights;
          trials.push({ settings, criterion: reached.criterion, steps: last.step });
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      trials.push({ settings, criterion: null, steps: 0 });
    } finally {
      await run.return(undefined as never);
    }
  }
  if (weights === null) throw new DomainError("no member of the grid kept a finite loss; try lower learning rates");
  const best = lowest();
  // Without any criterion the weights are those of the last member, cut short: the others kept no finite loss.
  const chosen = Number.isFinite(best) ? criteriaOf(trials).indexOf(best) : trials.length - 1;
  return { trials, chosen, weights, stoppedBy: stopped ? "seconds" : null };
}

function criteriaOf(trials: readonly Trial[]): number[] {
  return trials.map(({ criterion }) => criterion ?? Number.POSITIVE_INFINITY);
}

function trainOptions(training: GridTraining, learningRate: number) {
  const { rows, heldOut, steps, plateau, device, threads } = training;
  const batchSize = Math.min(training.batchSize, rows.length);
  const epochs = Math.max(1, Math.ceil(steps / Math.ceil(rows.length / batchSize)));
  return {
    rows,
    heldOut,
    batchSize,
    epochs,
    patience: Math.max(5, Math.ceil(epochs / 2)),
    schedule: () => constantRate(learningRate),
    plateau,
    ...(device && { device }),
    ...(threads && { threads }),
  };
}

/** The best weights of a training that is cut short; its last ones before any held-out loss was taken. */
function asItStands({ best, weights }: TrainState): { criterion: number | null; weights: Weights } {
  return best === null ? { criterion: null, weights } : { criterion: best.heldOutLoss, weights: best.weights };
}
