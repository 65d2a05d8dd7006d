import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { ConfigError } from "../errors.ts";
import type { CentredMap } from "../linalg/centred-map.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { fitMtlcm, type MtlcmOptions } from "../mtlcm/mtlcm.ts";
import { FEWEST_ROWS } from "../mtrn/latent-laws.ts";
import { finishMtrn, type MtrnFit, runtimeOf } from "../mtrn/mtrn.ts";
import { type RefineState, type RefineStep, refineEncoder } from "../mtrn/refine-encoder.ts";
import { rowsByTask } from "../mtrn/task-batches.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import { momentsOf } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { standardiseTargets } from "../stats/target-scaling.ts";
import type { LongTargets, Targets } from "../stats/targets.ts";

/** What a user may say about refinement. */
export interface RefinementOptions extends RuntimeOptions {
  /** Whether an encoder is trained anew for the causal model and the columns, once both stages have been fitted; default false. */
  readonly refine?: boolean | undefined;
  /** Rounds at most: after each the laws of the latents given the target are estimated again; default 10. */
  readonly refineRounds?: number | undefined;
  /** Passes over the rows in each round; by default as many as 1,500 updates make. */
  readonly refineEpochs?: number | undefined;
  /** Peak of the learning rate; default 0.003. */
  readonly refineRate?: number | undefined;
  /** Widths of the hidden layers of the encoder; default 512 and 256. */
  readonly refineHidden?: readonly number[] | undefined;
}

/** How a refinement ended. */
export interface Refinement {
  /** Updates behind the weights that were kept; 0 when no round raised the likelihood of held-out rows. */
  readonly updates: number;
  readonly updatesMade: number;
  /** Negative log-likelihood of the latents given the target on held-out rows, in nats per row up to a constant: of stage 1, and of what was kept. */
  readonly lossBefore: number;
  readonly heldOutLoss: number;
  /** Present when all of it was dropped in the end, because the model holds for the latents of stage 1 and does not for the refined ones. */
  readonly dropped?: true;
}

const DEFAULTS = { rounds: 10, rate: 3e-3, hidden: [512, 256] };
/** Rows an update: half as many as in stage 1 serve as well, in six tenths of the time (docs/training.md). */
const BATCH = 256;
/** Updates a round that the default number of passes amounts to. */
const UPDATES_A_ROUND = 1500;
/** Ridge penalty of the heads, which read latents that are all needed: a tenth of stage 1's, where it has to keep features from being lost. */
const HEAD_PENALTY = 0.01;

/**
 * Throws ConfigError, in one line, where refinement is asked for and cannot be had: in wide data, whose targets share their
 * rows so that latents are not independent given each; and for molecules.
 */
export function checkRefinement(
  targets: Targets,
  { refine, refineRounds, refineEpochs, refineRate, refineHidden }: RefinementOptions,
  isTable: boolean,
): void {
  const given = { refineRounds, refineEpochs, refineRate, refineHidden };
  if (!refine) {
    const without = Object.entries(given).find(([, value]) => value !== undefined);
    if (without) throw new ConfigError(`${without[0]} is for refinement, and refine is not asked for`);
    return;
  }
  if (targets.layout === "wide" || !isTable) {
    throw new ConfigError(
      "refine is for long data, where each row belongs to one task: in wide data latents are not independent given a target",
    );
  }
  if (refineRate !== undefined && !(refineRate > 0)) {
    throw new ConfigError(`refineRate must be positive, got ${refineRate}`);
  }
  const counts = { refineRounds, refineEpochs, refineHidden };
  for (const [name, value] of Object.entries(counts)) {
    const wrong = [value ?? []].flat().find((count) => !(Number.isInteger(count) && count >= 1));
    if (wrong !== undefined) throw new ConfigError(`${name} must be a whole number of at least 1, got ${wrong}`);
  }
}

/**
 * The refinement of both stages (`refineEncoder`). Yields every update.
 * @param trained - stage 1
 * @param latents - rows × d, as stage 2 found them
 * @param stage2 - how it did
 * @returns a network with the refined encoder, where held-out rows say that it is better; else the one that was given
 * @throws ConfigError where too few rows are left to judge it by
 */
export async function* refine(
  data: MultiTaskData | MoleculeData,
  trained: MtrnFit,
  latents: Matrix,
  options: RefinementOptions,
  stage2: MtlcmOptions,
  random: Random,
  resume?: RefineState,
): AsyncGenerator<RefineStep, { refinement: Refinement; trained: MtrnFit }> {
  const { mtrn, split } = trained;
  const { targets } = standardiseTargets(data.targets);
  if (targets.layout === "wide" || "description" in data) throw new ConfigError("refine is for tables of long data");
  checkRows(targets, split);
  const {
    rounds = DEFAULTS.rounds,
    rate = DEFAULTS.rate,
    hidden = DEFAULTS.hidden,
  } = {
    rounds: options.refineRounds,
    rate: options.refineRate,
    hidden: options.refineHidden,
  };
  const batchSize = Math.min(BATCH, split.train.length);
  const epochs = options.refineEpochs ?? Math.ceil(UPDATES_A_ROUND / Math.ceil(split.train.length / batchSize));
  const { encoder, ...refinement } = yield* refineEncoder(
    {
      features: data.features,
      scaler: mtrn.featureScaler,
      targets,
      latents,
      unmix: (z) => unmixed(z, targets, stage2, random),
    },
    { rows: split.train, heldOut: split.heldOut, batchSize, rounds, epochs, rate, hidden, ...runtimeOf(options) },
    random,
    resume,
  );
  if (encoder === null) return { refinement, trained };
  const network = {
    ...mtrn,
    architecture: { kind: "mlp", ...encoder.architecture } as const,
    weights: encoder.weights,
  };
  const made = { latentDim: latents.cols, headPenalty: HEAD_PENALTY };
  return { refinement, trained: { ...trained, ...(await finishMtrn(data, targets, network, split, made, options)) } };
}

/** Stage 2 in closed form; null where an encoder has lost a dimension. */
function unmixed(z: Matrix, targets: LongTargets, options: MtlcmOptions, random: Random): CentredMap | null {
  const closedForm = { ...options, solver: "closed-form" } as const;
  const { unmixing: map, mean } = fitMtlcm(momentsOf(z, targets), closedForm, random.split("stage 2"));
  return map.rows === z.cols && map.cols === z.cols ? { map, mean } : null;
}

function checkRows(targets: LongTargets, split: MtrnFit["split"]): void {
  if (!rowsByTask(targets, split.train).some(({ length }) => length >= FEWEST_ROWS)) {
    throw new ConfigError(`refine needs tasks of ${FEWEST_ROWS} rows or more`);
  }
  if (split.heldOut.length === 0) {
    throw new ConfigError("refine is judged by held-out rows, and there are none; raise holdOut, or leave refine out");
  }
}
