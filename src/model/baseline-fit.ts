import type { BaselineFit, BaselineModel, BaselineOptions, BaselineStep } from "../baselines/baseline.ts";
import { baselineNamed } from "../baselines/baselines.ts";
import type { TrialState } from "../baselines/trials.ts";
import type { FeatureTable, MultiTaskData } from "../data/multi-task-data.ts";
import { ConfigError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { encode, fitMtrn, type Mtrn, represent } from "../mtrn/mtrn.ts";
import type { MtrnOptions } from "../mtrn/options.ts";
import type { TrainState, TrainStep } from "../nn/train.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import type { NumericTable } from "../stats/standardise.ts";
import type { Targets } from "../stats/targets.ts";
import { VERSION } from "../version.ts";
import { checkBaselineOptions } from "./baseline-options.ts";
import type { Provenance } from "./fitted-model.ts";

/** What a baseline reads: the table's columns, the features of stage 1, or the d directions of them that its heads use. */
export type BaselineInput = "inputs" | "features" | "representation";

/** Which baseline, on what, and the options of both it and stage 1. */
export interface BaselineFitOptions extends MtrnOptions, Omit<BaselineOptions, "hidden" | "latentDim"> {
  readonly method: string;
  /** Default: `inputs` for methods that train a network of their own, `features` for pca, else `representation`. */
  readonly on?: BaselineInput | undefined;
  /** What this method alone can be told, by name: see `checkBaselineOptions`. */
  readonly methodOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly seed: number;
  /** Identifies the data in the result. */
  readonly fingerprint?: string;
}

/** A baseline fitted to a table: plain data. */
export interface FittedBaseline {
  readonly method: string;
  readonly on: BaselineInput;
  readonly layout: "long" | "wide";
  readonly featureNames: readonly string[];
  readonly taskNames: readonly string[];
  /** Stage 1, where the baseline reads what it makes. */
  readonly mtrn: Mtrn | null;
  readonly model: BaselineModel;
  readonly report: BaselineReport;
  readonly provenance: Provenance;
}

/** What was tried and how it ended. */
export type BaselineReport = Pick<BaselineFit, "trials" | "chosen" | "converged" | "stoppedBy">;

/** What a consumer sees of such a fit while it runs. */
export type BaselineFitStep =
  | ({ readonly stage: "train" } & TrainStep)
  | ({ readonly stage: "baseline" } & BaselineStep);

/** Where such a fit stopped: in stage 1, or in the baseline's own training. */
export type BaselineFitState =
  | { readonly stage: "train"; readonly training: TrainState }
  | { readonly stage: "baseline"; readonly trial: TrialState };

/**
 * Fits a baseline to a table, after stage 1 where it reads that.
 * @param resume - the state of an interrupted fit of the same data with the same options
 * @throws ConfigError, DataError for options and data that do not fit; DomainError when training diverges
 */
export async function* fitBaselineSteps(
  data: MultiTaskData,
  options: BaselineFitOptions,
  resume?: BaselineFitState,
): AsyncGenerator<BaselineFitStep, { fitted: FittedBaseline; latents: Matrix }> {
  const { method, seed, fingerprint = "", elapsed: _, ...configuration } = options;
  const baseline = baselineNamed(method);
  checkBaselineOptions(method, options.methodOptions ?? {});
  const on = options.on ?? (baseline.trains ? "inputs" : method === "pca" ? "features" : "representation");
  if (baseline.trains && on !== "inputs") {
    throw new ConfigError(
      `${method} trains a network of its own and reads the inputs; --on ${on} is for the linear methods`,
    );
  }
  const random = createRandom(seed);
  const inStage1 = resume?.stage === "train" ? resume.training : undefined;
  const stage1 =
    on === "inputs" ? null : yield* stage1Steps(fitMtrn(data, stage1Options(options), random.split("mtrn"), inStage1));
  const inputs = await readBy(on, stage1?.mtrn ?? null, data.features, options);
  const trial = resume?.stage === "baseline" ? resume.trial : undefined;
  const steps = baseline.fitSteps(
    { inputs, targets: data.targets },
    ownOptions(baseline.trains, options),
    random.split("baseline"),
    trial,
  );
  const { model, latents, ...report } = yield* baselineSteps(steps);
  const fitted: FittedBaseline = {
    method,
    on,
    layout: data.targets.layout,
    featureNames: data.featureNames,
    taskNames: data.targets.taskNames,
    mtrn: stage1?.mtrn ?? null,
    model,
    report,
    provenance: {
      version: VERSION,
      seed,
      fingerprint,
      engine: stage1?.engine ?? null,
      device: stage1?.device ?? options.device ?? null,
      configuration: { ...configuration, ...stage1?.settings, method, on },
    },
  };
  return { fitted, latents };
}

/**
 * The latents of new rows, rows × d.
 * @param targets - of the same rows and tasks; needed by methods that read them
 * @throws ShapeError when the table's columns are not those of the fit; ConfigError when targets are needed and not given
 */
export async function transformByBaseline(
  { method, on, mtrn, model }: FittedBaseline,
  features: FeatureTable,
  targets?: Targets,
  runtime: RuntimeOptions = {},
): Promise<Matrix> {
  return baselineNamed(method).transform(
    model,
    { inputs: await readBy(on, mtrn, features, runtime), targets },
    runtime,
  );
}

async function readBy(
  on: BaselineInput,
  mtrn: Mtrn | null,
  features: FeatureTable,
  { device, threads }: RuntimeOptions,
): Promise<NumericTable> {
  if (mtrn === null) return features;
  const runtime = { ...(device && { device }), ...(threads && { threads }) };
  return on === "features" ? encode(mtrn, features, runtime) : represent(mtrn, features, runtime);
}

function stage1Options(options: BaselineFitOptions): MtrnOptions {
  const { latentDim, preset, featureDim, hidden, epochs, batchSize, learningRate, warmUp, schedule } = options;
  const { heads, headPenalty, holdOut, patience, device, threads } = options;
  return {
    ...{ latentDim, preset, featureDim, hidden, epochs, batchSize, learningRate, warmUp, schedule },
    ...{ heads, headPenalty, holdOut, patience, ...(device && { device }), ...(threads && { threads }) },
  };
}

/** What the baseline itself is told: for one that trains also what is otherwise meant for stage 1, where it has the same. */
function ownOptions(trains: boolean, options: BaselineFitOptions) {
  const { latentDim, steps, maxSeconds, elapsed, device, threads, batchSize, learningRate, hidden, holdOut } = options;
  const { methodOptions } = options;
  const shared = {
    ...methodOptions,
    latentDim,
    steps,
    maxSeconds,
    elapsed,
    ...(device && { device }),
    ...(threads && { threads }),
  };
  if (!trains) return shared;
  if (hidden !== undefined && new Set(hidden).size > 1) {
    throw new ConfigError(`hidden must be one width for every layer of a baseline, got ${hidden.join(", ")}`);
  }
  return { ...shared, batchSize, learningRate, holdOut, hidden: hidden?.[0] };
}

async function* stage1Steps<T>(steps: AsyncGenerator<TrainStep, T>): AsyncGenerator<BaselineFitStep, T> {
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return next.value;
      yield { stage: "train", ...next.value };
    }
  } finally {
    await steps.return(undefined as T);
  }
}

async function* baselineSteps<T>(steps: AsyncGenerator<BaselineStep, T>): AsyncGenerator<BaselineFitStep, T> {
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return next.value;
      yield { stage: "baseline", ...next.value };
    }
  } finally {
    await steps.return(undefined as T);
  }
}
