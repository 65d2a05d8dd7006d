import type { MultiTaskData } from "../data/multi-task-data.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { CertificateOptions } from "../mtlcm/certificate.ts";
import { fitMtrn, type MtrnFit } from "../mtrn/mtrn.ts";
import type { MtrnOptions } from "../mtrn/options.ts";
import type { TrainState, TrainStep } from "../nn/train.ts";
import { createRandom } from "../stats/random.ts";
import { VERSION } from "../version.ts";
import type { FittedModel } from "./fitted-model.ts";
import { type UnmixStep, unmixSteps } from "./unmix.ts";

/** Options of both stages. */
export interface FitOptions extends MtrnOptions, CertificateOptions {
  readonly seed: number;
  /** Identifies the data in the result. */
  readonly fingerprint?: string;
}

/** What a consumer sees of a fit while it runs. */
export type FitStep = ({ readonly stage: "train" } & TrainStep) | UnmixStep;

/** A fitted model, and what it says of the rows it was fitted to. */
export interface Fit {
  readonly model: FittedModel;
  /** rows × d. */
  readonly latents: Matrix;
  /** h, rows × d: what stage 2 started from. */
  readonly representation: Matrix;
  readonly training: Omit<MtrnFit, "mtrn" | "representation">;
}

/**
 * Fits both stages: the multi-task regression network, then the multi-task linear causal model on its representation.
 * Yields every step of both; the same data, options, version, engine and device give the same result.
 * @param resume - the state of an interrupted training of the same data with the same options
 * @throws ConfigError, DataError for options and data that do not fit; DomainError when training diverges
 */
export async function* fitSteps(
  data: MultiTaskData,
  options: FitOptions,
  resume?: TrainState,
): AsyncGenerator<FitStep, Fit> {
  const { seed, fingerprint = "", ...configuration } = options;
  const random = createRandom(seed);
  const { mtrn, representation, ...training } = yield* train(fitMtrn(data, options, random.split("mtrn"), resume));
  const { mtlcm, certificate, moments, latents } = yield* unmixSteps(
    representation,
    data.targets,
    stage2Options(options),
    random.split("mtlcm"),
  );
  const model: FittedModel = {
    layout: data.targets.layout,
    featureNames: data.featureNames,
    taskNames: data.targets.taskNames,
    mtrn,
    mtlcm,
    certificate,
    moments,
    adaptations: [],
    provenance: {
      version: VERSION,
      seed,
      fingerprint,
      engine: training.engine,
      device: training.device,
      configuration: { ...configuration, ...training.settings },
    },
  };
  return { model, latents, representation, training };
}

/** `fitSteps` run to its end. */
export async function fit(data: MultiTaskData, options: FitOptions): Promise<Fit> {
  const steps = fitSteps(data, options);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

async function* train<T>(steps: AsyncGenerator<TrainStep, T>): AsyncGenerator<FitStep, T> {
  let next = await steps.next();
  try {
    while (next.done !== true) {
      yield { stage: "train", ...next.value };
      next = await steps.next();
    }
    return next.value;
  } finally {
    await steps.return(undefined as T);
  }
}

/** The options of a fit that concern stage 2. */
export function stage2Options(options: FitOptions): CertificateOptions {
  const { variance, sigmaS, intercept, maxStarts, tolerance, maxIterations, replicates } = options;
  const given = { variance, sigmaS, intercept, maxStarts, tolerance, maxIterations, replicates };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
