import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { ConfigError } from "../errors.ts";
import { multiply } from "../linalg/matrix.ts";
import type { MtlcmFit } from "../mtlcm/mtlcm.ts";
import { tableAndEncoder } from "../mtrn/architecture.ts";
import { MIN_JUDGED_ROWS } from "../mtrn/conditional-dependence.ts";
import { finishMtrn, type MtrnFit, runtimeOf } from "../mtrn/mtrn.ts";
import { refineEncoder } from "../mtrn/refine-encoder.ts";
import { rowsForDependence } from "../mtrn/refined-objective.ts";
import { rowsByTask } from "../mtrn/task-batches.ts";
import { warmUpCosine } from "../nn/schedule.ts";
import type { TrainState, TrainStep } from "../nn/train.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import { standardiseTargets } from "../stats/target-scaling.ts";
import type { LongTargets, Targets } from "../stats/targets.ts";

/** What a user may say about refinement. */
export interface RefinementOptions extends RuntimeOptions {
  /** Whether the encoder is trained on for the likelihood of both stages, once both have been fitted; default false. */
  readonly refine?: boolean | undefined;
  /** Passes over the rows at most; default 30. */
  readonly refineEpochs?: number | undefined;
  /** Peak of the learning rate; default 0.001. */
  readonly refineRate?: number | undefined;
}

/** How a refinement ended. */
export interface Refinement {
  /** Updates behind the weights that were kept: those with the best held-out likelihood; 0 when none was better. */
  readonly updates: number;
  readonly updatesMade: number;
  /**
   * The negative log-likelihood of both stages on held-out rows, in nats per row up to a constant, of what was kept; null where
   * nothing was tried.
   */
  readonly heldOutLoss: number | null;
  /** Why nothing was tried, in a sentence. */
  readonly omitted?: string;
}

const DEFAULTS = { refineEpochs: 30, refineRate: 1e-3 };

/**
 * Columns for each latent below which nothing is tried. Held-out rows do not miss what is lost there: ten latents behind 20 columns
 * lost .004 to .011 of their MCC while held-out likelihood rose, in tasks that were not trained on as well (docs/training.md).
 */
const COLUMNS_PER_LATENT = 3;

/** Ridge penalty of the heads in refinement: a tenth of stage 1's, where it has to keep features from being lost at the start. */
const HEAD_PENALTY = 0.01;

/**
 * Throws ConfigError, in one line, where refinement is asked for and cannot be had: in wide data, whose targets share their
 * rows so that latents are not independent given each; for molecules; and where too few rows are left to judge it by.
 */
export function checkRefinement(
  targets: Targets,
  { refine, refineEpochs, refineRate }: RefinementOptions,
  isTable: boolean,
): void {
  if (!refine) {
    const without = Object.entries({ refineEpochs, refineRate }).find(([, value]) => value !== undefined);
    if (without) throw new ConfigError(`${without[0]} is for refinement, and refine is not asked for`);
    return;
  }
  if (targets.layout === "wide" || !isTable) {
    throw new ConfigError(
      "refine is for long data, where each row belongs to one task: in wide data latents are not independent given a target",
    );
  }
  for (const [name, value] of Object.entries({ refineEpochs, refineRate })) {
    if (value !== undefined && !(value > 0)) throw new ConfigError(`${name} must be positive, got ${value}`);
  }
}

/**
 * The joint refinement of both stages (method: section 3.7): trains the encoder on for the likelihood of the targets and
 * of the causal model together. Yields every update.
 * @param trained - stage 1
 * @param mtlcm - stage 2 on its representation
 * @returns the network again, where held-out rows say that it is better; else, and where columns are too few, the one that was given
 * @throws ConfigError where too few rows are left to judge it by
 */
export async function* refine(
  data: MultiTaskData | MoleculeData,
  trained: MtrnFit,
  { unmixing }: Pick<MtlcmFit, "unmixing">,
  options: RefinementOptions,
  random: Random,
  resume?: TrainState,
): AsyncGenerator<TrainStep, { refinement: Refinement; trained: MtrnFit }> {
  const { mtrn, settings, split } = trained;
  const { targets } = standardiseTargets(data.targets);
  if (targets.layout === "wide") throw new ConfigError("refine is for long data");
  const map = multiply(unmixing, mtrn.projection.map);
  checkRows(targets, split, rowsForDependence(map));
  const { architecture } = mtrn;
  if (architecture.inputDim < COLUMNS_PER_LATENT * map.rows) {
    const omitted = tooFewColumns(architecture.inputDim, map.rows);
    return { refinement: { updates: 0, updatesMade: 0, heldOutLoss: null, omitted }, trained };
  }
  const { refineEpochs: epochs = DEFAULTS.refineEpochs, refineRate: rate = DEFAULTS.refineRate } = options;
  const [encoder, features] = tableAndEncoder(architecture, mtrn.featureScaler, data.features);
  const { latentDim, batchSize } = settings;
  const { weights, step, heldOutLoss, state } = yield* refineEncoder(
    encoder,
    features,
    targets,
    {
      map,
      start: mtrn.weights,
      penalty: HEAD_PENALTY,
      rows: split.train,
      heldOut: split.heldOut,
      batchSize,
      epochs,
      patience: Math.max(5, Math.ceil(epochs / 2)),
      schedule: (total) => warmUpCosine({ rate, warmUp: Math.floor(total / 10), total }),
      ...(resume && { resume }),
      ...runtimeOf(options),
    },
    random,
  );
  const refinement = { updates: step, updatesMade: state.step, heldOutLoss: heldOutLoss as number };
  if (step === 0) return { refinement, trained };
  const network = { ...mtrn, weights };
  const refined = await finishMtrn(data, targets, network, split, { latentDim, headPenalty: HEAD_PENALTY }, options);
  return { refinement, trained: { ...trained, ...refined } };
}

function tooFewColumns(columns: number, latents: number): string {
  return `refinement was left out: it loses latents that held-out rows do not miss where columns are fewer than ${COLUMNS_PER_LATENT} for each latent, and there are ${columns} for ${latents}`;
}

function checkRows(targets: LongTargets, split: MtrnFit["split"], needed: number): void {
  const enough = (rows: Int32Array, least: number) => rowsByTask(targets, rows).some(({ length }) => length >= least);
  if (!enough(split.train, needed)) {
    throw new ConfigError(`refine needs tasks of ${needed} rows or more, twice as many as there are latents`);
  }
  if (!enough(split.heldOut, MIN_JUDGED_ROWS)) {
    throw new ConfigError(
      `refine is judged by held-out rows, and no task holds out ${MIN_JUDGED_ROWS} or more; raise holdOut, or leave refine out`,
    );
  }
}
