import { identity, type Matrix, matrix } from "../linalg/matrix.ts";
import type { MtlcmOptions } from "../mtlcm/mtlcm.ts";
import { projectMoments } from "../mtlcm/rank-reduction.ts";
import { splitHalf } from "../mtlcm/split-half.ts";
import { groupMoments } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";

/** Starts a fit: this compares numbers of latents, and need not find the very best optimum of each. */
const STARTS = 3;

/** How far the comparison is. */
export interface StabilityStep {
  readonly done: number;
  readonly total: number;
}

/**
 * The split-half strong MCC of stage 2 on the first d directions, for every candidate d: half of the rows of every task
 * fit one unmixing, the other half another, and both are applied to all rows (method: section 4, part 4). The rows are
 * read once.
 *
 * @param representation rows × K, the most used directions first.
 * @param candidates Numbers of latents, each at most K.
 * @throws DataError as `splitHalf` when no task has rows enough in both halves.
 */
export function* latentDimStability(
  representation: Matrix,
  targets: Targets,
  candidates: readonly number[],
  options: MtlcmOptions,
  random: Random,
): Generator<StabilityStep, number[]> {
  const groups = groupMoments(representation, targets, 2, random.split("groups"));
  const solving = { ...options, maxStarts: Math.min(STARTS, options.maxStarts ?? STARTS) };
  const result: number[] = [];
  for (const [done, d] of candidates.entries()) {
    yield { done, total: candidates.length };
    const halves = groups.map((group) => projectMoments(group, leading(d, representation.cols)));
    // The halves are compared with each other: which order they are brought into does not matter, and a fit to all rows is saved.
    const { agreement } = splitHalf(halves, identity(d), solving, random.split(`halves ${d}`));
    result.push(agreement.reduce((sum, r) => sum + r, 0) / d);
  }
  return result;
}

/** The d × K matrix that keeps the first d of K coordinates. */
function leading(d: number, width: number): Matrix {
  const keep = matrix(d, width);
  for (let j = 0; j < d; j++) keep.data[j * width + j] = 1;
  return keep;
}
