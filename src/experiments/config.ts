import { z } from "zod";
import type { LinearDataOptions } from "../data/synthetic/linear.ts";
import type { NonlinearDataOptions } from "../data/synthetic/nonlinear.ts";
import type { SegmentDataOptions } from "../data/synthetic/segments.ts";
import { ConfigError } from "../errors.ts";

/**
 * How the latents of an experiment are mixed: by a matrix, for stage 2 alone; by a network, for both stages; or segments, whose
 * latents differ in their variances alone and have no targets, for the baselines that were introduced on such data.
 */
export type Kind = "linear" | "nonlinear" | "segments";

/** Options of the data of each kind, as in `linearData`, `nonlinearData` and `segmentData`. */
export type DataOptions = Readonly<LinearDataOptions | NonlinearDataOptions | SegmentDataOptions>;

/** A part of an experiment that its table keeps apart: fixed options, and options over all combinations of which it runs. */
export interface ExperimentCase {
  readonly name?: string | undefined;
  readonly data?: DataOptions | undefined;
  readonly grid?: Readonly<Record<string, readonly unknown[]>> | undefined;
}

/** A method of the registry with options of its own. `label` is its name in tables. */
export interface MethodChoice {
  readonly method: string;
  readonly label?: string | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** An experiment: every case, every combination of its grid and the shared one, every method, every seed. */
export interface ExperimentConfig extends Omit<ExperimentCase, "name"> {
  readonly kind: Kind;
  readonly seeds: readonly number[];
  readonly methods: readonly (string | MethodChoice)[];
  /** One without anything of its own by default. */
  readonly cases?: readonly ExperimentCase[] | undefined;
}

const count = z.int().nonnegative();
const positive = z.number().positive();
const share = z.number().min(0).lt(1);

const causalShape = {
  latentDim: z.int().positive(),
  causalPerTask: z.union([count, z.tuple([count, count])], {
    error: "expected a whole number, or a range [low, high]",
  }),
  tasks: z.int().positive(),
  rowsPerTask: z.int().min(3),
  causeSize: positive,
  effectSize: positive,
  sigmaS: positive,
  targetNoise: z.tuple([z.number().nonnegative(), z.number().nonnegative()]),
  noise: z.enum(["gaussian", "laplace", "student-t"]),
  degreesOfFreedom: z.int().min(3),
  confounding: share,
  targetConfounding: share,
  standardise: z.boolean(),
  sigmaObs: z.number().nonnegative(),
};

const dataShapes = {
  linear: { ...causalShape, mixing: z.enum(["identity", "orthogonal", "random"]) },
  nonlinear: {
    ...causalShape,
    inputDim: z.int().positive(),
    mixingDepth: z.int().min(2),
    mixingWidth: z.int().positive(),
  },
  segments: {
    segments: z.int().positive(),
    rowsPerSegment: z.int().min(3),
    latentDim: z.int().positive(),
    mixingLayers: z.int().positive(),
    coupling: z.number().nonnegative(),
  },
};

const methodChoice = z.strictObject({
  method: z.string(),
  label: z.string().optional(),
  options: z.record(z.string(), z.unknown()).optional(),
});

function schemaOf(kind: Kind) {
  const shape: Record<string, z.ZodType> = dataShapes[kind];
  const data = z.strictObject(shape).partial().optional();
  const lists = Object.entries(shape).map(([name, value]) => [name, z.array(value).min(1)] as const);
  const grid = z.strictObject(Object.fromEntries(lists)).partial().optional();
  return z.strictObject({
    kind: z.literal(kind),
    seeds: z.array(z.int()).min(1),
    methods: z
      .array(z.union([z.string(), methodChoice], { error: "expected a name, or { method, label, options }" }))
      .min(1),
    data,
    grid,
    cases: z
      .array(z.strictObject({ name: z.string().optional(), data, grid }))
      .min(1)
      .optional(),
  });
}

const schema = z.discriminatedUnion("kind", [schemaOf("linear"), schemaOf("nonlinear"), schemaOf("segments")], {
  error: "kind: expected linear, nonlinear or segments",
});

/**
 * Checks what a configuration file or a command line says.
 *
 * @throws ConfigError that names the field, such as `data.tasks`, and says what would be right.
 */
export function parseExperiment(value: unknown): ExperimentConfig {
  const result = schema.safeParse(value);
  if (result.success) return result.data as ExperimentConfig;
  const [issue] = result.error.issues;
  const field = issue?.path.join(".") || "the configuration";
  throw new ConfigError(`${field}: ${issue?.message.replace(/^Invalid input: /, "")}`);
}
