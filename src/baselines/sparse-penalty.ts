import { splitRows } from "../data/split-rows.ts";
import { type Matrix, multiply } from "../linalg/matrix.ts";
import { type Moments, momentsOf } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { type SparseHeads, type SparseHeadsOptions, type SparseHeadsRound, sparseHeads } from "./sparse-heads.ts";
import type { Trial } from "./trials.ts";

/** λ that are compared where none is given. */
export const PENALTIES = [0.03, 0.1, 0.3] as const;
/** Share of every task's rows that they are judged by. */
const HELD_OUT = 0.2;

/** Every λ with its loss, and which of them is least. */
export interface PenaltyChoice {
  readonly trials: readonly Trial[];
  readonly chosen: number;
}

/**
 * Chooses λ of sparse heads by how well the heads predict a fifth of the rows, which they are not fitted to. Each λ has one start, the
 * same for all: local minima differ in their latents more than in what they predict.
 * @param white - h, rows × d
 * @throws DataError for a task with fewer than three rows left to fit to
 */
export function* choosePenalty(
  white: Matrix,
  targets: Targets,
  options: SparseHeadsOptions,
  random: Random,
): Generator<SparseHeadsRound, PenaltyChoice> {
  const { train, heldOut } = splitRows(targets, HELD_OUT, random.split("hold-out"));
  const moments = momentsOf(white, targets, train);
  const trials: Trial[] = [];
  for (const [k, penalty] of PENALTIES.entries()) {
    const solution = sparseHeads(moments, { ...options, penalty, starts: 1 }, random.split("start"));
    let rounds = 0;
    for (;;) {
      const { value, done } = solution.next();
      if (done) {
        const criterion = heldOutLoss(white, targets, heldOut, moments, value);
        trials.push({ settings: { penalty }, criterion, steps: rounds });
        break;
      }
      rounds = value.round;
      yield { ...value, start: k + 1 };
    }
  }
  const criteria = trials.map(({ criterion }) => criterion ?? Number.POSITIVE_INFINITY);
  return { trials, chosen: criteria.indexOf(Math.min(...criteria)) };
}

/** Half the mean squared error on `rows`, of targets of unit variance, mean over tasks; intercepts are those of the fit. */
function heldOutLoss(
  h: Matrix,
  targets: Targets,
  rows: Int32Array,
  { meanH, meanY, varY }: Moments,
  { map, heads }: SparseHeads,
): number {
  const tasks = meanY.length;
  const weights = multiply(heads, map);
  const [squares, counts] = [new Float64Array(tasks), new Float64Array(tasks)];
  const judge = (row: number, t: number, y: number) => {
    if (Number.isNaN(y)) return;
    let residual = (y - meanY[t]) / Math.sqrt(varY[t]);
    for (let k = 0; k < h.cols; k++) {
      residual -= weights.data[t * h.cols + k] * (h.data[row * h.cols + k] - meanH.data[t * h.cols + k]);
    }
    squares[t] += residual * residual;
    counts[t]++;
  };
  for (const row of rows) {
    if (targets.layout === "long") judge(row, targets.task[row], targets.values[row]);
    else for (let t = 0; t < tasks; t++) judge(row, t, targets.values.data[row * tasks + t]);
  }
  const judged = [...counts.keys()].filter((t) => counts[t] > 0);
  return judged.reduce((sum, t) => sum + squares[t] / counts[t] / 2, 0) / judged.length;
}
