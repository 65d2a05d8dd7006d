import type { Matrix } from "../linalg/matrix.ts";
import type { Encoder } from "../nn/encoder.ts";
import { momentLearner } from "../nn/moment-learner.ts";
import type { FloatArray, Weights } from "../nn/parameters.ts";
import type { TrainOptions } from "../nn/train.ts";
import type { TrainResult, TrainStep } from "../nn/training-loop.ts";
import type { Random } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { MIN_JUDGED_ROWS, squaredDependence } from "./conditional-dependence.ts";
import { refinedObjective } from "./refined-objective.ts";
import { headLoss, ridgeHead } from "./ridge-head.ts";
import { trainOnTasks } from "./train-on-tasks.ts";

/** How to refine an encoder. */
export interface RefineOptions extends Omit<TrainOptions, "judgeStart"> {
  /** λ of `ridgeHead`. */
  readonly penalty: number;
  /** U, d × F: from the features of the encoder as it is to latents. */
  readonly map: Matrix;
  /** The weights of the encoder as it is. */
  readonly start: Weights;
}

/**
 * Trains an encoder on for the likelihood of both stages (`refinedObjective`; method: section 3.7). It is judged by the same
 * on held-out rows, and so are the weights it starts from: where nothing gets better they are what comes out, at step 0.
 * @param targets - already standardised per task
 */
export function refineEncoder(
  encoder: Encoder,
  features: FloatArray,
  targets: LongTargets,
  options: RefineOptions,
  random: Random,
): AsyncGenerator<TrainStep, TrainResult> {
  const { penalty, map } = options;
  return trainOnTasks(
    encoder,
    features,
    targets,
    {
      learner: (graph, _, how, from) => momentLearner(refinedObjective(graph, map, penalty), how, from),
      heldOutLoss: ({ fitted, heldOut, rows }) =>
        Math.log(2 * headLoss(ridgeHead(fitted, penalty), fitted, heldOut)) / 2 + squaredDependence(map, heldOut, rows),
      minJudgedRows: MIN_JUDGED_ROWS,
    },
    { ...options, judgeStart: true },
    random,
  );
}
