import { z } from "zod";
import { type Baseline, fitBaseline } from "../baselines/baseline.ts";
import { baselines } from "../baselines/baselines.ts";
import { colliderCauses, type IndependenceTestName, independenceTests } from "../baselines/collider-causes.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { ConfigError } from "../errors.ts";
import { inverse } from "../linalg/lu.ts";
import { type Matrix, multiplyTransposed } from "../linalg/matrix.ts";
import { type BaselineFitOptions, fitBaselineSteps } from "../model/baseline-fit.ts";
import { baselineOptionShape, trainedOptionShape } from "../model/baseline-options.ts";
import { fit as fitBothStages } from "../model/fit.ts";
import { refinementOptions, stage1Options, stage2Options } from "../model/training-options.ts";
import { unmix } from "../model/unmix.ts";
import type { Certificate } from "../mtlcm/certificate.ts";
import type { MtlcmFit } from "../mtlcm/mtlcm.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import type { Kind } from "./config.ts";

/** What a method is given: never the latents. */
export interface MethodInput {
  readonly seed: number;
  /** d, the true number of latents. */
  readonly latentDim: number;
  /** The representation h (linear) or the features x (nonlinear, segments), rows × columns. */
  readonly inputs: Matrix;
  /** For segments, which have no targets, the task is the segment and every target 0. */
  readonly targets: LongTargets;
  /** The features with their names, for both stages; null for data that stage 1 does not fit. */
  readonly data: MultiTaskData | null;
  /** A, d × d, for the oracle alone; null for data that are not linear. */
  readonly mixing: Matrix | null;
}

/** What a method finds. */
export interface MethodResult {
  /** rows × any number of columns. */
  readonly latents: Matrix;
  /** Probability that a latent causes the target of a task, tasks × latents; only of methods that say so. */
  readonly causes?: Matrix;
  readonly certificate?: Certificate;
}

/** A way to latents, by which a table has a line. To add one: write it here, or as a `Baseline`. */
export interface ExperimentMethod {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly kinds: readonly Kind[];
  /** Throws ConfigError naming an option that the method does not have, or that is out of range. */
  parseOptions(options: Readonly<Record<string, unknown>>): void;
  run(input: MethodInput, options: Readonly<Record<string, unknown>>): Promise<MethodResult>;
}

const count = z.int().positive().optional();

const unmixOptions = {
  ...stage2Options,
  intercept: z.boolean().optional(),
  indicators: z.enum(["combined", "variance-rule"]).optional(),
  tolerance: z.number().positive().optional(),
  maxIterations: count,
};

const solverOptions = {
  solver: z.enum(["auto", "closed-form", "lbfgs", "adam"]).optional(),
  sigmaObs: z.union([z.number().nonnegative(), z.literal("estimate")]).optional(),
};

const mtlcmOptions = z.strictObject({ ...unmixOptions, ...solverOptions, ...stage1Options, ...refinementOptions });
/** What a linear method reads of nonlinear data: the inputs, or what stage 1 makes of them with these options. */
const readOptions = { on: z.enum(["inputs", "features", "representation"]).optional(), ...stage1Options };

/** The true mixing inverted: what no method can be expected to exceed by much. */
const oracle: ExperimentMethod = {
  name: "oracle",
  summary: "the true mixing, inverted",
  kinds: ["linear"],
  parseOptions: (options) => checked(z.strictObject({}), "oracle", options),
  async run({ inputs, mixing }) {
    if (mixing === null) throw new ConfigError("oracle: there is no mixing matrix to invert");
    return { latents: multiplyTransposed(inputs, inverse(mixing)) };
  },
};

/** This package's method: stage 2 alone for linear data, both stages for nonlinear. */
const mtlcm: ExperimentMethod = {
  name: "mtlcm",
  summary: "the multi-task linear causal model, after the multi-task regression network where mixing is not linear",
  kinds: ["linear", "nonlinear"],
  parseOptions: (options) => checked(mtlcmOptions, "mtlcm", options),
  async run({ seed, latentDim, inputs, targets, data }, options) {
    if (data === null) {
      const { latents, ...found } = unmix(inputs, targets, options, createRandom(seed).split("mtlcm"));
      return { latents, ...causesAndCertificate(found) };
    }
    // One thread: the experiment runs as many cells at a time as there are cores.
    const { latents, model } = await fitBothStages(data, { ...options, latentDim, seed, threads: 1 });
    return { latents, ...causesAndCertificate(model) };
  },
};

/** Baselines that have nothing to go by where targets are constant. */
const NEEDS_TARGETS: ReadonlySet<string> = new Set(["varimax", "sparse-heads", "shared-features", "icarl"]);

/** Every method by its name, in the order in which help lists them. */
export const methods: ReadonlyMap<string, ExperimentMethod> = new Map(
  [oracle, mtlcm, ...[...baselines.values()].map(baselineMethod)].map((method) => [
    method.name,
    withColliderRule(method),
  ]),
);

/** The method of that name. Throws ConfigError listing the names there are. */
export function methodNamed(name: string): ExperimentMethod {
  const found = methods.get(name);
  if (found !== undefined) return found;
  throw new ConfigError(`methods: there is no method '${name}'; there are ${[...methods.keys()].join(", ")}`);
}

/** The same with an option `causes`: by which test the collider rule of iCaRL finds causes among the method's latents. */
function withColliderRule(method: ExperimentMethod): ExperimentMethod {
  return {
    ...method,
    parseOptions({ causes, ...options }) {
      if (causes !== undefined && !(String(causes) in independenceTests)) {
        const names = Object.keys(independenceTests).join(", ");
        throw new ConfigError(`methods: ${method.name}: options.causes: expected one of ${names}, got ${causes}`);
      }
      method.parseOptions(options);
    },
    async run(input, { causes, ...options }) {
      const found = await method.run(input, options);
      if (causes === undefined) return found;
      const test = causes as IndependenceTestName;
      return { ...found, causes: colliderCauses(found.latents, input.targets, { test }) };
    },
  };
}

/** A baseline as a method: it reads the representation, the features themselves or, when told to, what stage 1 makes of them. */
function baselineMethod(baseline: Baseline): ExperimentMethod {
  const { name, summary, trains } = baseline;
  const ownShape = baselineOptionShape(name);
  const shape = { ...(trains ? trainedOptionShape : readOptions), ...ownShape };
  return {
    name,
    summary,
    kinds: NEEDS_TARGETS.has(name) ? ["linear", "nonlinear"] : ["linear", "nonlinear", "segments"],
    parseOptions: (options) => checked(z.strictObject(shape), name, options),
    async run({ seed, latentDim, inputs, targets, data }, options) {
      const { on = "inputs", ...rest } = options as Partial<BaselineFitOptions>;
      if (on !== "inputs") {
        if (data === null) throw new ConfigError(`${name}: on: there is no stage 1 for these data`);
        const methodOptions = Object.fromEntries(Object.entries(rest).filter(([key]) => key in ownShape));
        return fitOnStage1(data, { ...rest, methodOptions, method: name, on, latentDim, seed, threads: 1 });
      }
      const random = createRandom(seed).split("baseline");
      const own = { ...options, latentDim, threads: 1 };
      const { latents, model } = await fitBaseline(baseline, { inputs, targets }, own, random);
      return { latents, ...("causes" in model && { causes: model.causes as Matrix }) };
    },
  };
}

async function fitOnStage1(data: MultiTaskData, options: BaselineFitOptions): Promise<MethodResult> {
  const steps = fitBaselineSteps(data, options);
  for (;;) {
    const { value, done } = await steps.next();
    if (done) return { latents: value.latents };
  }
}

function causesAndCertificate({ mtlcm, certificate }: { mtlcm: MtlcmFit; certificate: Certificate }) {
  return { causes: mtlcm.pCause, certificate };
}

function checked(schema: z.ZodType, method: string, options: unknown): void {
  const result = schema.safeParse(options);
  if (result.success) return;
  const [issue] = result.error.issues;
  const field = ["options", ...(issue?.path ?? [])].join(".");
  throw new ConfigError(`methods: ${method}: ${field}: ${issue?.message.replace(/^Invalid input: /, "")}`);
}
