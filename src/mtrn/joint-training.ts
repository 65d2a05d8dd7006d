import { sizeOf } from "../graph/shape.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { Team } from "../nn/team.ts";
import { checkShares } from "../nn/team.ts";
import { type TrainOptions, type TrainResult, type TrainState, type TrainStep, train } from "../nn/train.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import { randomAt } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { type Architecture, type EncoderInput, type InputScaler, trainingRows } from "./architecture.ts";
import { objectiveOf } from "./objective.ts";
import { learningRates, type MtrnSettings } from "./options.ts";

/** A training of encoder and heads together: plain data, from which every member of a team makes the same training. */
export interface JointTraining extends Pick<TrainOptions, "rows" | "heldOut"> {
  readonly architecture: Architecture;
  readonly featureScaler: InputScaler;
  readonly features: EncoderInput;
  /** What the first layer reads of a table in training, where that is not its columns: a map of them, p × p. */
  readonly coordinates?: Matrix | undefined;
  /** Standardised per task. */
  readonly targets: Targets;
  readonly settings: Pick<MtrnSettings, "batchSize" | "epochs" | "patience" | "schedule" | "learningRate" | "warmUp">;
  readonly runtime: RuntimeOptions;
  /** The path of the random stream. */
  readonly random: string;
  readonly resume?: TrainState | undefined;
}

/** Others who train along, each in a thread of its own. */
export interface TeamSource {
  /** Members, the one who asks among them. */
  readonly size: number;
  /**
   * Starts the others, each of which makes `training` as a member.
   * @param numbers - the most that a member hands to the others at a time
   */
  start(training: JointTraining, numbers: number): Promise<LedTeam>;
}

/** A team of which the present thread is the first member. */
export interface LedTeam extends Team {
  /** Sends the others home and waits until they have ended. */
  leave(): Promise<void>;
}

/** Makes the training, with a team that is started for it and sent home at its end where there is one. Yields every update. */
export async function* trainJointly(
  training: JointTraining,
  source?: TeamSource,
): AsyncGenerator<TrainStep, TrainResult> {
  if (source === undefined) return yield* trainAsMember(training);
  checkShares(Math.min(training.settings.batchSize, training.rows.length), source.size);
  const slopes = objectiveFor(training).parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);
  const each = { ...training, runtime: { ...training.runtime, threads: 1 } };
  const team = await source.start(each, slopes + BESIDE_SLOPES);
  try {
    return yield* trainAsMember(each, team);
  } finally {
    await team.leave();
  }
}

/** Makes the training as a member of a team, or alone. */
export function trainAsMember(training: JointTraining, team?: Team): AsyncGenerator<TrainStep, TrainResult> {
  const { settings, rows, heldOut, resume, runtime, random } = training;
  const { batchSize, epochs, patience } = settings;
  const schedule = learningRates(settings);
  const how = { rows, heldOut, batchSize, epochs, patience, schedule, resume, team, ...runtime };
  return train(objectiveFor(training), how, randomAt(random));
}

/** Room for losses that are exchanged. */
const BESIDE_SLOPES = 16;

function objectiveFor({ architecture, featureScaler, features, coordinates, targets }: JointTraining) {
  return objectiveOf(trainingRows(architecture, featureScaler, features, coordinates), targets);
}
