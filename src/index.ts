// What a program imports from "taskprism": everything here runs on Node and in browsers. Files and tables: "taskprism/node".
export {
  type Baseline,
  type BaselineData,
  type BaselineFit,
  type BaselineModel,
  type BaselineOptions,
  type BaselineRows,
  type BaselineStep,
  fitBaseline,
} from "./baselines/baseline.ts";
export { baselineNamed, baselines } from "./baselines/baselines.ts";
export { type ColliderOptions, colliderCauses } from "./baselines/collider-causes.ts";
export { type IcarlModel, predictByIcarl } from "./baselines/icarl.ts";
export {
  fitInvariantPredictor,
  type InvariantPredictor,
  predictInvariantly,
} from "./baselines/invariant-predictor.ts";
export { type FeatureTable, type MultiTaskData, multiTaskData, takeRows } from "./data/multi-task-data.ts";
export { type RowSplit, splitRows } from "./data/split-rows.ts";
export type { CausalModelOptions } from "./data/synthetic/causal-options.ts";
export type { CausalTruth } from "./data/synthetic/latent-causal-model.ts";
export { type LinearData, type LinearDataOptions, linearData } from "./data/synthetic/linear.ts";
export { type NonlinearData, type NonlinearDataOptions, nonlinearData } from "./data/synthetic/nonlinear.ts";
export { resampleTasks, type TaskTruth } from "./data/synthetic/resample-tasks.ts";
export { type SegmentData, type SegmentDataOptions, segmentData } from "./data/synthetic/segments.ts";
export {
  ConfigError,
  DataError,
  type DataLocation,
  DomainError,
  ShapeError,
  SingularMatrixError,
  TaskprismError,
} from "./errors.ts";
export { type Cell, cellsOf } from "./experiments/cells.ts";
export { markdownTable, tableColumns } from "./experiments/columns.ts";
export { type ExperimentConfig, parseExperiment } from "./experiments/config.ts";
export { experiments, type SeedExperimentEntry, seedExperiments } from "./experiments/experiments.ts";
export { type Assurance, assuranceOf, findings } from "./experiments/findings.ts";
export { type CellResult, type CellScores, runCell } from "./experiments/run-cell.ts";
export { agreementOf, errorsOver, type SeedAgreement, type SeedErrors } from "./experiments/seeds/agreement.ts";
export { type SeedCell, seedCases, seedCells } from "./experiments/seeds/cells.ts";
export { parseSeedExperiment, type SeedExperimentConfig } from "./experiments/seeds/config.ts";
export { runSeedCell, type SeedCellResult } from "./experiments/seeds/run-cell.ts";
export { type TableRow, tableRows } from "./experiments/table.ts";
export { type Matrix, matrix, matrixFromRows } from "./linalg/matrix.ts";
export {
  type CanonicalCorrelation,
  canonicalCorrelation,
  canonicalCorrelationOutOfSample,
} from "./metrics/canonical-correlation.ts";
export { type Consistency, consistency } from "./metrics/consistency.ts";
export { type Dci, dci, dciOfImportance } from "./metrics/dci.ts";
export { type IndicatorScores, scoreIndicators } from "./metrics/indicators.ts";
export { type LatentScores, type ScoredRows, scoreLatents } from "./metrics/latent-scores.ts";
export { type Mcc, strongMcc, strongMccOutOfSample } from "./metrics/mcc.ts";
export { type PerTaskMcc, strongMccPerTask } from "./metrics/mcc-per-task.ts";
export { scoreWithNullLine } from "./metrics/null-line.ts";
export { type OutOfSampleScores, scoreOutOfSample } from "./metrics/out-of-sample.ts";
export { type RowHalves, randomHalves } from "./metrics/row-halves.ts";
export { type Adaptation, adapt } from "./model/adapt.ts";
export { type Checkpoint, decodeCheckpoint, decodeModel, encodeCheckpoint, encodeModel } from "./model/file.ts";
export { type Fit, type FitOptions, type FitStep, type FittedLatentDim, fit, fitSteps } from "./model/fit.ts";
export { type FittedModel, latentNames, type Provenance } from "./model/fitted-model.ts";
export {
  type LatentPredictOptions,
  type Predictions,
  type PredictOptions,
  predict,
  predictFromLatents,
} from "./model/predict.ts";
export { transform } from "./model/transform.ts";
export {
  latentsOf,
  type MomentUnmixing,
  type Unmixing,
  type UnmixStep,
  unmix,
  unmixMomentsSteps,
  unmixSteps,
} from "./model/unmix.ts";
export {
  type BootstrapInput,
  type BootstrapOptions,
  bootstrapInput,
  bootstrapReplicate,
  type Replicate,
} from "./mtlcm/bootstrap.ts";
export { type Bootstrap, type LatentBootstrap, summariseBootstrap } from "./mtlcm/bootstrap-summary.ts";
export { type Certificate, type CertificateOptions, certify, type LatentCertificate } from "./mtlcm/certificate.ts";
export { withIntervals } from "./mtlcm/certificate-intervals.ts";
export { fitMtlcm, fitMtlcmSteps, type MtlcmFit, type MtlcmOptions } from "./mtlcm/mtlcm.ts";
export type { ShrinkageStrength } from "./mtlcm/regularise-task.ts";
export { chooseLatentDim, type LatentDimChoice, type LatentDimScore } from "./mtrn/choose-latent-dim.ts";
export type { DirectionScores } from "./mtrn/direction-scores.ts";
export { fitMtrn, type Mtrn, type MtrnFit, represent } from "./mtrn/mtrn.ts";
export type { MtrnOptions, Preset } from "./mtrn/options.ts";
export type { TrainState, TrainStep } from "./nn/train.ts";
export type { RuntimeOptions } from "./runtime/session.ts";
export { groupMoments, type Moments, mergeMoments, momentsOf } from "./stats/moments.ts";
export type { Interval } from "./stats/quantile.ts";
export { createRandom, type Random } from "./stats/random.ts";
export type { LongTargets, Targets, WideTargets } from "./stats/targets.ts";
export { VERSION } from "./version.ts";
