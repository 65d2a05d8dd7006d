import { input, type Tensor } from "../graph/tensor.ts";
import { adam } from "../nn/adam.ts";
import { initialState, type Learner } from "../nn/learner.ts";
import type { BatchFeeds, MomentObjective } from "../nn/moment-objective.ts";
import type { FloatArray, FloatType, Weights } from "../nn/parameters.ts";
import { updateSession } from "../nn/training-session.ts";
import { updatesThatFit } from "../nn/updates-per-run.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { Values } from "../runtime/values.ts";
import type { Random } from "../stats/random.ts";
import type { TaskBatch, TaskBatchSize } from "./task-batches.ts";

/** Batches, and how the weights are judged. */
export interface TaskLearnerOptions extends RuntimeOptions {
  readonly batch: (step: number) => TaskBatch;
  readonly stepsPerEpoch: number;
  readonly epochsPerStep: number;
  /** The loss of weights on rows that are not trained on; null when there are none. */
  readonly heldOutLoss: ((weights: Weights) => Promise<number>) | null;
  readonly dtype?: FloatType;
  /** The most updates made in one run of the runtime; by default what keeps a run short. */
  readonly updatesPerRun?: number;
  /** Weights to start from, those of other parameters aside; by default random ones. */
  readonly start?: Weights | undefined;
  /** Whatever else is to be freed at the end. */
  readonly release?: () => Promise<void>;
}

/**
 * Adam on batches of whole tasks, by a loss of their moments that is a graph as well: several updates in each run of the runtime.
 * @param lossOf - the loss for the moments of a batch and the share of its rows that each task has
 */
export async function taskLearner(
  graph: MomentObjective<TaskBatch>,
  { tasksPerBatch, slots }: TaskBatchSize,
  lossOf: (moments: Tensor, share: Tensor) => Tensor,
  options: TaskLearnerOptions,
  random: Random,
): Promise<Learner> {
  const { batch, stepsPerEpoch, epochsPerStep, heldOutLoss, dtype = "float32", start, device, threads } = options;
  const { parameters } = graph;
  const optimiser = adam();
  const updatesPerRun = Math.min(
    stepsPerEpoch,
    options.updatesPerRun ?? updatesThatFit(parameters, tasksPerBatch * slots),
  );
  const ofRows = input(OF_ROWS, dtype, [tasksPerBatch]);
  const { session, state, restore } = await updateSession(
    graph,
    (weights) => ({ loss: lossOf(graph.moments(weights), ofRows), inputs: [...graph.inputs, ofRows] }),
    optimiser,
    { dtype, updatesPerRun, ...(device && { device }), ...(threads && { threads }) },
  );
  const feedsOf = (step: number) => {
    const drawn = batch(step);
    const rows = drawn.count.reduce((sum, n) => sum + n, 0);
    return {
      ...graph.feeds(drawn),
      [OF_ROWS]: inType(
        drawn.count.map((n) => n / rows),
        dtype,
      ),
    };
  };
  const collected = collector(updatesPerRun);
  return {
    engine: session.engine,
    device: session.device,
    fallbacks: session.fallbacks,
    stepsPerEpoch,
    updatesPerRun,
    epochsPerStep,
    initial: () => initialState(parameters, optimiser, dtype, random, start),
    restore,
    state,
    async update(step, rates) {
      const batches = collected(Array.from(rates, (_, i) => feedsOf(step + i)));
      const fed = { ...batches, ...optimiser.feeds(step, rates, dtype, updatesPerRun) };
      return (await session.run(fed, rates.length)).loss as FloatArray;
    },
    heldOutLoss: heldOutLoss && (() => heldOutLoss(state().weights)),
    async release() {
      await session.release();
      await options.release?.();
    },
  };
}

const OF_ROWS = "share of the rows";

/** What several updates are fed, one after the other, in arrays with room for `most`; they are filled anew each time. */
function collector(most: number): (each: readonly BatchFeeds[]) => BatchFeeds {
  const room: Record<string, Values> = {};
  return (each) => {
    each.forEach((feeds, i) => {
      for (const [name, values] of Object.entries(feeds)) {
        room[name] ??= new (values.constructor as Float32ArrayConstructor)(most * values.length);
        (room[name] as Float32Array).set(values as Float32Array, i * values.length);
      }
    });
    return room;
  };
}

function inType(values: Float64Array, dtype: "float32" | "float64"): FloatArray {
  return dtype === "float32" ? Float32Array.from(values) : values;
}
