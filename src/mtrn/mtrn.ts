import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { type RowSplit, splitRows } from "../data/split-rows.ts";
import { applyCentredMap } from "../linalg/centred-map.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { denseParameters } from "../nn/dense.ts";
import type { Parameter, Weights } from "../nn/parameters.ts";
import type { TrainResult, TrainState, TrainStep } from "../nn/train.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import { covarianceOf } from "../stats/covariance.ts";
import type { Random } from "../stats/random.ts";
import { standardiseTargets, type TargetScaling } from "../stats/target-scaling.ts";
import type { Targets } from "../stats/targets.ts";
import {
  type Architecture,
  architectureFor,
  type EncoderInput,
  encodeInput,
  encoderKind,
  encoderParameters,
  extremeRows,
  type InputScaler,
  inputScaler,
  tableAndEncoder,
  trainingCoordinates,
} from "./architecture.ts";
import { type DirectionScores, directionScores } from "./direction-scores.ts";
import { headVariances } from "./head-variance.ts";
import { headsOf } from "./heads.ts";
import { withoutCoordinates } from "./input-coordinates.ts";
import { trainJointly } from "./joint-training.ts";
import { HEADS } from "./objective.ts";
import { learningRates, type MtrnOptions, type MtrnSettings, mtrnSettings } from "./options.ts";
import { type Projection, spanOfHeads } from "./projection.ts";
import { solveHeads } from "./solve-heads.ts";
import { trainRidge } from "./train-ridge.ts";

/** A trained multi-task regression network: stage 1 as plain data. */
export interface Mtrn {
  readonly architecture: Architecture;
  readonly featureScaler: InputScaler;
  readonly targetScaling: TargetScaling;
  /** Encoder and heads: `encoder.*`, `heads.weight` (T × F), `heads.bias` (T). */
  readonly weights: Weights;
  readonly projection: Projection;
  /** Variance of every task's target around its head on new rows, T, in squared units of the target. */
  readonly headVariance: Float64Array;
}

/** The network and how its training ended. */
export interface MtrnFit extends Omit<TrainResult, "weights"> {
  readonly mtrn: Mtrn;
  readonly settings: MtrnSettings;
  /** The rows that were trained on, and those that training was stopped on. */
  readonly split: RowSplit;
  /** h of every row of the data, rows × d, uncorrelated with unit variance. */
  readonly representation: Matrix;
  /** What each direction of h is worth on the held-out rows; null when there are none. */
  readonly directions: DirectionScores | null;
}

/**
 * Stage 1: fits y = w_t'h(x) + b_t by maximum likelihood and cuts the span of the heads out of the features
 * (Chen et al. 2024, section 3; method: section 2). Yields every update.
 * @throws ConfigError for options that do not fit the data; DomainError when the loss diverges
 */
export async function* fitMtrn(
  data: MultiTaskData | MoleculeData,
  options: MtrnOptions,
  random: Random,
  resume?: TrainState,
): AsyncGenerator<TrainStep, MtrnFit> {
  const settings = mtrnSettings(options, data.targets, encoderKind(data.features));
  const architecture = architectureFor(data.features, settings);
  const featureScaler = inputScaler(data.features, settings);
  const coordinates = trainingCoordinates(data.features, featureScaler, settings, options.latentDims !== undefined);
  const { targets, scaling } = standardiseTargets(data.targets);
  const { train: rows, heldOut } = splitForStopping(data, settings, random);
  const ridge = settings.heads === "ridge" && targets.layout === "long";
  const { weights: learnt, ...outcome } = yield* ridge
    ? trainRidge(
        ...tableAndEncoder(architecture, featureScaler, data.features, coordinates),
        targets,
        {
          ...{ rows, heldOut, resume, batchSize: settings.batchSize, epochs: settings.epochs },
          ...{ patience: settings.patience, schedule: learningRates(settings), penalty: settings.headPenalty },
          ...runtimeOf(options),
        },
        random,
      )
    : trainJointly(
        {
          ...{ architecture, featureScaler, features: data.features, coordinates, targets, rows, heldOut },
          ...{ settings, resume, runtime: runtimeOf(options), random: random.path },
        },
        options.team,
      );
  const weights = coordinates === undefined ? learnt : withoutCoordinates(learnt, coordinates);
  const network = { architecture, featureScaler, targetScaling: scaling, weights };
  const split = { train: rows, heldOut };
  const made = { latentDim: settings.latentDim, ...(ridge && { headPenalty: settings.headPenalty }) };
  return { ...(await finishMtrn(data, targets, network, split, made, options)), settings, split, ...outcome };
}

/**
 * The network of a trained encoder: heads by ridge regression where `headPenalty` is given, else those among the weights; then
 * the span of the heads.
 * @param targets - those of the data, standardised per task
 */
export async function finishMtrn(
  data: MultiTaskData | MoleculeData,
  targets: Targets,
  trained: Omit<Mtrn, "projection" | "headVariance">,
  split: RowSplit,
  { latentDim, headPenalty }: { latentDim: number; headPenalty?: number },
  runtime: RuntimeOptions,
): Promise<Pick<MtrnFit, "mtrn" | "representation" | "directions">> {
  const { architecture, featureScaler } = trained;
  const features = await encodeInput(architecture, featureScaler, trained.weights, data.features, runtimeOf(runtime));
  const solved =
    headPenalty !== undefined && targets.layout === "long"
      ? solveHeads(features, targets, split.train, headPenalty)
      : undefined;
  const weights = { ...trained.weights, ...solved };
  const { mean, covariance } = covarianceOf(features);
  const heads = matrix(
    targets.taskNames.length,
    architecture.featureDim,
    Float64Array.from(weights[`${HEADS}.weight`]),
  );
  const network = { ...trained, weights, projection: spanOfHeads(mean, covariance, heads, latentDim) };
  const representation = applyCentredMap(network.projection, features);
  const intercepts = Float64Array.from(weights[`${HEADS}.bias`]);
  const { projection } = network;
  const trainedHeads = { slopes: heads, intercepts, covariance, projection };
  return {
    mtrn: { ...network, headVariance: headVariances(headsOf(network), features, data.targets, split) },
    representation,
    directions: directionScores(trainedHeads, representation, targets, split),
  };
}

/** The representation h of new rows, rows × d. Throws ShapeError when the table's columns are not those of training. */
export async function represent(mtrn: Mtrn, features: EncoderInput, runtime: RuntimeOptions = {}): Promise<Matrix> {
  return applyCentredMap(mtrn.projection, await encode(mtrn, features, runtime));
}

/** The features that the heads read, rows × F. Throws ShapeError when the table's columns are not those of training. */
export function encode(mtrn: Mtrn, features: EncoderInput, runtime: RuntimeOptions = {}): Promise<Matrix> {
  return encodeInput(mtrn.architecture, mtrn.featureScaler, mtrn.weights, features, runtime);
}

/** The trainable arrays of a network of this architecture with one head for each of `tasks` tasks. */
export function mtrnParameters(architecture: Architecture, tasks: number): Parameter[] {
  return [...encoderParameters(architecture), ...denseParameters(HEADS, architecture.featureDim, tasks)];
}

/**
 * Rows to train on and rows to stop on. The rows that hold a feature's smallest or largest value are trained on: held out,
 * the encoder would extrapolate to them, and one such row can outweigh all others in the held-out loss and in the
 * covariance of the representation.
 */
function splitForStopping(
  { features, targets }: MultiTaskData | MoleculeData,
  { holdOut }: MtrnSettings,
  random: Random,
): RowSplit {
  if (holdOut === 0)
    return { train: Int32Array.from({ length: features.rows }, (_, row) => row), heldOut: new Int32Array() };
  const { heldOut } = splitRows(targets, holdOut, random.split("hold-out"));
  const stopping = new Set(heldOut);
  for (const row of extremeRows(features)) stopping.delete(row);
  const train = Int32Array.from({ length: features.rows }, (_, row) => row).filter((row) => !stopping.has(row));
  return { train, heldOut: Int32Array.from(stopping) };
}

/** Where to run, of options that say more. */
export function runtimeOf({ device, threads }: RuntimeOptions): RuntimeOptions {
  return { ...(device && { device }), ...(threads && { threads }) };
}
