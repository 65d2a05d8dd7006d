import {
  type AtomReferenceChoice,
  type AtomReferences,
  fitAtomReferences,
  withoutReferences,
} from "../data/molecules/atom-references.ts";
import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { type Matrix, takeColumns } from "../linalg/matrix.ts";
import type { CertificateOptions } from "../mtlcm/certificate.ts";
import { isSpoilt, refinedCertificate } from "../mtlcm/refined-certificate.ts";
import { chooseLatentDim, type LatentDimChoice } from "../mtrn/choose-latent-dim.ts";
import type { DirectionScores } from "../mtrn/direction-scores.ts";
import { fitMtrn, type MtrnFit } from "../mtrn/mtrn.ts";
import type { MtrnOptions } from "../mtrn/options.ts";
import { leadingDirections } from "../mtrn/projection.ts";
import type { RefineState, RefineStep } from "../mtrn/refine-encoder.ts";
import type { TrainState, TrainStep } from "../nn/train.ts";
import { createRandom, type Random } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { VERSION } from "../version.ts";
import type { FittedModel } from "./fitted-model.ts";
import { latentDimStability, type StabilityStep } from "./latent-dim-stability.ts";
import { checkRefinement, type Refinement, type RefinementOptions, refine } from "./refine.ts";
import { type UnmixStep, unmixSteps } from "./unmix.ts";

/** Options of both stages. */
export interface FitOptions extends MtrnOptions, CertificateOptions, RefinementOptions {
  readonly seed: number;
  /**
   * Targets of molecules that are fitted relative to what their atoms add up to (least squares on the counts of elements,
   * undone in prediction): "auto", those of which composition explains a quarter or more; all; or none. Default: "auto", for
   * the preset "paper" none.
   */
  readonly atomReferences?: AtomReferenceChoice | undefined;
  /** Identifies the data in the result. */
  readonly fingerprint?: string;
}

/** Where a fit was interrupted: in the training of stage 1, or after it, in refinement. */
export interface FitState extends TrainState {
  readonly refinement?: RefineState | undefined;
}

/** What a consumer sees of a fit while it runs. */
export type FitStep =
  | ({ readonly stage: "train" } & TrainStep)
  | ({ readonly stage: "refine"; readonly state: () => FitState } & Omit<RefineStep, "state">)
  | ({ readonly stage: "latentDim" } & StabilityStep)
  | UnmixStep;

/** The choice of d, and what stage 2 says of each candidate. */
export interface FittedLatentDim extends LatentDimChoice {
  readonly candidates: readonly number[];
  /** Split-half strong MCC of stage 2, one a candidate. */
  readonly splitHalfMcc: readonly number[];
}

/** A fitted model, and what it says of the rows it was fitted to. */
export interface Fit {
  readonly model: FittedModel;
  /** rows × d. */
  readonly latents: Matrix;
  /** The targets that both stages were fitted to: those of the data, less what atoms add up to where that was subtracted. */
  readonly targets: Targets;
  /** h, rows × d: what stage 2 started from. */
  readonly representation: Matrix;
  readonly training: Omit<MtrnFit, "mtrn" | "representation">;
  /** How refinement ended, where it was asked for. */
  readonly refinement?: Refinement;
  /** How d was chosen, where `latentDims` asked for that. */
  readonly latentDim?: FittedLatentDim;
}

/**
 * Fits both stages: the multi-task regression network, then the multi-task linear causal model on its representation.
 * Yields every step of both; the same data, options, version, engine and device give the same result.
 * @param resume - the state of an interrupted fit of the same data with the same options
 * @throws ConfigError, DataError for options and data that do not fit; DomainError when training diverges
 */
export async function* fitSteps(
  given: MultiTaskData | MoleculeData,
  options: FitOptions,
  resume?: FitState,
): AsyncGenerator<FitStep, Fit> {
  const { seed, fingerprint = "", team, ...configuration } = options;
  const random = createRandom(seed);
  const atomReferences = referencesFor(given, options);
  const data = atomReferences === null ? given : relative(given as MoleculeData, atomReferences);
  checkRefinement(data.targets, options, !("description" in data));
  const whole = yield* train(fitMtrn(data, options, random.split("mtrn"), resume));
  const latentDim = yield* chooseDirections(whole, data, options, random.split("latentDim"));
  const first = latentDim === undefined ? whole : cut(whole, latentDim);
  const stage2 = (representation: Matrix) =>
    unmixSteps(representation, data.targets, stage2Options(options), random.split("mtlcm"));
  let unmixing = yield* stage2(first.representation);
  let trained = first;
  let refinement: Refinement | undefined;
  if (options.refine) {
    const steps = refine(
      data,
      first,
      unmixing.latents,
      options,
      stage2Options(options),
      random.split("refine"),
      resume?.refinement,
    );
    ({ refinement, trained } = yield* refining(steps, whole.state));
    if (trained !== first) {
      const { certificate: before } = unmixing;
      const again = yield* stage2(trained.representation);
      if (isSpoilt(again.certificate, before)) {
        trained = first;
        refinement = { ...refinement, dropped: true };
      } else {
        unmixing = { ...again, certificate: refinedCertificate(again.certificate, before) };
      }
    }
  }
  const { mtrn, representation, ...training } = trained;
  const { mtlcm, certificate, moments, latents } = unmixing;
  const model: FittedModel = {
    layout: data.targets.layout,
    featureNames: data.featureNames,
    taskNames: data.targets.taskNames,
    ...("description" in data && { molecules: data.description }),
    ...(atomReferences && { atomReferences }),
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
      configuration: configurationOf({ ...configuration, ...training.settings }, "description" in data, team?.size),
    },
  };
  return {
    ...{ model, latents, targets: data.targets, representation, training },
    ...(refinement && { refinement }),
    ...(latentDim && { latentDim }),
  };
}

/** What a model depends on: on the number of threads only where these share batches, or the sums over neighbours of molecules. */
function configurationOf(
  { threads, ...configuration }: Omit<FitOptions, "seed" | "team">,
  ofMolecules: boolean,
  members = ofMolecules ? threads : undefined,
) {
  return { ...configuration, ...(members !== undefined && { threads: members }) };
}

/** `fitSteps` run to its end. */
export async function fit(data: MultiTaskData | MoleculeData, options: FitOptions): Promise<Fit> {
  const steps = fitSteps(data, options);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

function referencesFor(
  data: MultiTaskData | MoleculeData,
  { preset, atomReferences = preset === "paper" ? "none" : "auto" }: FitOptions,
): AtomReferences | null {
  if (!("description" in data)) return null;
  return fitAtomReferences(data.features, data.targets, atomReferences);
}

function relative(data: MoleculeData, references: AtomReferences): MoleculeData {
  return { ...data, targets: withoutReferences(data.targets, references, data.features) };
}

function* chooseDirections(
  { directions, representation }: MtrnFit,
  { targets }: Pick<MultiTaskData, "targets">,
  options: FitOptions,
  random: Random,
): Generator<FitStep, FittedLatentDim | undefined> {
  if (options.latentDims === undefined) return undefined;
  const candidates = [...new Set(options.latentDims)].sort((a, b) => a - b);
  const choice = chooseLatentDim(directions as DirectionScores, candidates);
  const steps = latentDimStability(representation, targets, candidates, stage2Options(options), random);
  for (;;) {
    const next = steps.next();
    if (next.done === true) return { ...choice, candidates, splitHalfMcc: next.value };
    yield { stage: "latentDim", ...next.value };
  }
}

/** A trained network with d directions, the least of the candidates where none is supported: a model has at least one. */
function cut(
  { mtrn, representation, settings, ...rest }: MtrnFit,
  { latentDim, candidates }: FittedLatentDim,
): MtrnFit {
  const d = latentDim || (candidates[0] as number);
  return {
    ...rest,
    mtrn: { ...mtrn, projection: leadingDirections(mtrn.projection, d) },
    representation: takeColumns(representation, [...new Array(d).keys()]),
    settings: { ...settings, latentDim: d },
  };
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

/** The steps of refinement, with the state of the whole fit: stage 1 as it ended in front of it. */
async function* refining<T>(steps: AsyncGenerator<RefineStep, T>, trained: TrainState): AsyncGenerator<FitStep, T> {
  let next = await steps.next();
  try {
    while (next.done !== true) {
      const { state, ...step } = next.value;
      yield { stage: "refine", ...step, state: () => ({ ...trained, refinement: state() }) };
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
