import type { FeatureTable } from "../data/multi-task-data.ts";
import type { CentredMap } from "../linalg/centred-map.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { encodeRows } from "../nn/encode-rows.ts";
import { type MlpOptions, mlp } from "../nn/mlp.ts";
import type { Weights } from "../nn/parameters.ts";
import { warmUpCosine } from "../nn/schedule.ts";
import { type TrainState, type TrainStep, train } from "../nn/train.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { type InputScaler, networkOf } from "./architecture.ts";
import { inCoordinates, inputCoordinates, withoutCoordinates } from "./input-coordinates.ts";
import { latentLaws, lawLoss } from "./latent-laws.ts";
import { mappedAutoencoder } from "./mapped-autoencoder.ts";
import { refinedObjective } from "./refined-objective.ts";

/** A table with latents that a first encoder found in it. */
export interface RefineInput {
  readonly features: FeatureTable;
  readonly scaler: InputScaler;
  /** Standardised per task. */
  readonly targets: LongTargets;
  /** rows × d, each about independent of the others given the target. */
  readonly latents: Matrix;
  /** Stage 2: the map of z, rows × d, to latents that are independent given the target as nearly as can be; null where z has not d dimensions. */
  unmix(z: Matrix): CentredMap | null;
}

/** How to refine. */
export interface RefineEncoderOptions extends RuntimeOptions {
  /** Rows to train on, and rows to judge by. */
  readonly rows: Int32Array;
  readonly heldOut: Int32Array;
  readonly batchSize: number;
  readonly rounds: number;
  /** Passes over the rows in each round. */
  readonly epochs: number;
  /** Peak of the learning rate. */
  readonly rate: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
}

/** Where a refinement was interrupted: the training of a round, and what the round began with. */
export interface RefineState extends TrainState {
  /** Rounds that had ended, and the updates made in them. */
  readonly round: number;
  readonly before: number;
  /** Encoder and decoder as the rounds before left them; null in the first. */
  readonly from: Weights | null;
}

/** An update of some round; `step`, `steps` and `epoch` count over all rounds. */
export type RefineStep = Omit<TrainStep, "state"> & { readonly state: () => RefineState };

/** What refinement found. */
export interface RefinedEncoder {
  /** The encoder from standardised columns to latents, or null where held-out rows do not say that it is better. */
  readonly encoder: { readonly architecture: MlpOptions; readonly weights: Weights } | null;
  /** Updates behind these weights, and all that were made. */
  readonly updates: number;
  readonly updatesMade: number;
  /** Negative log-likelihood of the latents given the target on held-out rows, in nats per row up to a constant, before and after. */
  readonly lossBefore: number;
  readonly heldOutLoss: number;
}

/** The decoder has one hidden layer, as wide as there are columns within these limits. */
const DECODER_WIDTHS = { least: 32, most: 256 };

/**
 * Trains an encoder anew, and a decoder with it, for latents that follow the causal model's laws given the target and from which the columns can be told
 * (`refinedObjective`). In rounds, as in expectation maximisation: laws are estimated from the latents so far and held fixed while the networks
 * are trained, and stage 2 is solved on what the encoder finds then. Held-out rows judge the latents of every round by their likelihood given the target,
 * where latents have variance 1; the first round that does not raise it is the last, and its weights are dropped.
 */
export async function* refineEncoder(
  { features, scaler, targets, latents: given, unmix }: RefineInput,
  { rows, heldOut, rounds, epochs, rate, hidden, batchSize, ...runtime }: RefineEncoderOptions,
  random: Random,
  resume?: RefineState,
): AsyncGenerator<RefineStep, RefinedEncoder> {
  const [d, p] = [given.cols, features.cols];
  const architecture = { inputDim: p, hidden, featureDim: d };
  const coordinates = inputCoordinates(features, scaler);
  const autoencoder = {
    encoder: inCoordinates(mlp(architecture), coordinates),
    decoder: mlp({ inputDim: d, hidden: [decoderWidth(p)], featureDim: p }, "decoder"),
  };
  const inColumns = (weights: Weights) => withoutCoordinates(weights, coordinates);
  const judged = (latents: Matrix) => {
    const laws = latentLaws(latents, targets, rows);
    return { laws, loss: lawLoss(laws, latents, targets, heldOut) };
  };
  const encoded = (weights: Weights) =>
    encodeRows(networkOf(architecture, scaler), inColumns(weights), features, runtime);

  const first = judged(given);
  let from = resume?.from ?? null;
  let kept = from === null ? first : judged(await encoded(from));
  let updates = resume?.before ?? 0;
  let updatesMade = updates;
  for (let round = resume?.round ?? 0; round < rounds; round++) {
    const before = updates;
    const start = from;
    const objective = refinedObjective(autoencoder, scaler, features, targets, kept.laws);
    const steps = train(
      objective,
      {
        ...{ rows, heldOut, batchSize, epochs, patience: epochs, ...runtime },
        schedule: (total) => warmUpCosine({ rate, warmUp: Math.floor(total / 8), total }),
        ...(start && { start }),
        ...(round === resume?.round && { resume }),
      },
      random.split(round),
    );
    const { weights, state } = yield* inRound(steps, { round, rounds, before, from: start });
    updatesMade = before + state.step;
    const map = unmix(await encoded(weights));
    if (map === null) break;
    const mapped = mappedAutoencoder(weights, hidden.length, map);
    const found = judged(await encoded(mapped));
    if (!(found.loss < kept.loss)) break;
    kept = found;
    from = mapped;
    updates = updatesMade;
  }
  return {
    encoder: from && { architecture, weights: encoderAlone(inColumns(from)) },
    ...{ updates, updatesMade, lossBefore: first.loss, heldOutLoss: kept.loss },
  };
}

/** The steps of a round as steps of all rounds, each of which has as many. */
async function* inRound<T>(
  steps: AsyncGenerator<TrainStep, T>,
  { rounds, ...round }: Pick<RefineState, "round" | "before" | "from"> & { rounds: number },
): AsyncGenerator<RefineStep, T> {
  try {
    for (;;) {
      const { value, done } = await steps.next();
      if (done) return value;
      const { step, steps: own, epoch, state } = value;
      const epochs = (epoch / step) * own;
      yield {
        ...value,
        step: round.before + step,
        steps: rounds * own,
        epoch: round.round * epochs + epoch,
        state: () => ({ ...state(), ...round }),
      };
    }
  } finally {
    await steps.return(undefined as never);
  }
}

function decoderWidth(columns: number): number {
  return Math.min(DECODER_WIDTHS.most, Math.max(DECODER_WIDTHS.least, columns));
}

function encoderAlone(weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).filter(([name]) => name.startsWith("encoder.")));
}
