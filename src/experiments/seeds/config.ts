import { z } from "zod";
import { baselineNamed } from "../../baselines/baselines.ts";
import { ConfigError } from "../../errors.ts";
import { baselineOptionShape, trainedOptionShape } from "../../model/baseline-options.ts";
import type { CellMethod } from "../cells.ts";
import type { MethodChoice } from "../config.ts";

/** Which columns of the tables are what, as `fit` takes them; targets may have several names in several editions of a data set. */
export interface SeedData {
  readonly features?: readonly string[] | undefined;
  readonly drop?: readonly string[] | undefined;
  readonly targets: readonly TargetChoice[];
  /** How molecules are read; absent where rows are numbers. */
  readonly molecules?: { readonly cutoff: number; readonly geometry: "3d" | "none" } | undefined;
}

/** Targets by name or pattern; with `editions`, the first list all of whose columns are there. */
export interface TargetChoice {
  readonly columns: readonly string[];
  /** Unit of each column's error in the table, and by what the column's numbers are multiplied for it. */
  readonly units?: Readonly<Record<string, TargetUnit>> | undefined;
}

export interface TargetUnit {
  readonly unit: string;
  readonly factor: number;
}

/** Options of stage 1, as `fit` takes them; what is left out is its default. */
export interface SeedTraining {
  readonly preset?: "default" | "paper" | undefined;
  readonly atomReferences?: "auto" | "all" | "none" | undefined;
  readonly featureDim?: number | undefined;
  readonly hidden?: readonly number[] | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly holdOut?: number | undefined;
  readonly patience?: number | undefined;
}

/** A part of an experiment that its table keeps apart. */
export interface SeedCase {
  readonly name: string;
  readonly data?: Partial<SeedData> | undefined;
  readonly training?: SeedTraining | undefined;
}

/**
 * An experiment on real data, of which no truth is known: latents found with several seeds are compared with each other, on
 * rows that no fit has seen.
 */
export interface SeedExperimentConfig {
  readonly kind: "seeds";
  readonly seeds: readonly number[];
  readonly latentDims: readonly number[];
  readonly methods: readonly (string | MethodChoice)[];
  readonly data: SeedData;
  readonly training?: SeedTraining | undefined;
  /** Updates of each member of the grid, for methods that train and are not told `steps`; their own default where left out. */
  readonly updates?: number | undefined;
  readonly cases?: readonly SeedCase[] | undefined;
  /** Share of the rows that are compared and predicted, and never fitted to. */
  readonly testShare: number;
  /** Draws those rows: the same for every seed. */
  readonly splitSeed: number;
}

/** What finds latents in what stage 1 has learned, and, of the inputs and targets of tables, the methods with networks of their own. */
export const SEED_METHODS = [
  ...["raw", "pca", "fast-ica", "varimax", "sparse-heads", "shared-features", "mtlcm", "ivae", "nf-ivae"],
] as const;

/** The methods of an experiment with nothing left to defaults: `label` is the name of a line in its tables. */
export function seedMethods(methods: SeedExperimentConfig["methods"]): CellMethod[] {
  return methods.map((choice) => {
    const { method, label = method, options = {} } = typeof choice === "string" ? { method: choice } : choice;
    return { method, label, options };
  });
}

const count = z.int().positive().optional();
const names = z.array(z.string()).optional();

const training = z.strictObject({
  preset: z.enum(["default", "paper"]).optional(),
  atomReferences: z.enum(["auto", "all", "none"]).optional(),
  featureDim: count,
  hidden: z.array(z.int().positive()).optional(),
  epochs: count,
  batchSize: count,
  learningRate: z.number().positive().optional(),
  holdOut: z.number().min(0).lt(1).optional(),
  patience: count,
});

const data = z.strictObject({
  features: names,
  drop: names,
  targets: z
    .array(
      z.strictObject({
        columns: z.array(z.string()).min(1),
        units: z.record(z.string(), z.strictObject({ unit: z.string(), factor: z.number() })).optional(),
      }),
    )
    .min(1),
  molecules: z.strictObject({ cutoff: z.number().nonnegative(), geometry: z.enum(["3d", "none"]) }).optional(),
});

const schema = z.strictObject({
  kind: z.literal("seeds", { error: "expected seeds" }),
  seeds: z.array(z.int()).min(2, { error: "two seeds or more are compared" }),
  latentDims: z.array(z.int().positive()).min(1),
  methods: z
    .array(
      z.union(
        [
          z.enum(SEED_METHODS),
          z.strictObject({
            method: z.enum(SEED_METHODS),
            label: z.string().optional(),
            options: z.record(z.string(), z.unknown()).optional(),
          }),
        ],
        { error: `expected one of ${SEED_METHODS.join(", ")}, or { method, label, options } with such a method` },
      ),
    )
    .min(1),
  data,
  training: training.optional(),
  updates: count,
  cases: z
    .array(z.strictObject({ name: z.string(), data: data.partial().optional(), training: training.optional() }))
    .min(1)
    .optional(),
  testShare: z.number().positive().lt(1),
  splitSeed: z.int(),
});

/**
 * Checks what a configuration file or a command line says.
 *
 * @throws ConfigError that names the field, such as `training.epochs`, and says what would be right.
 */
export function parseSeedExperiment(value: unknown): SeedExperimentConfig {
  const result = schema.safeParse(value);
  const [issue] = result.error?.issues ?? [];
  if (issue) {
    const field = issue.path.join(".") || "the configuration";
    throw new ConfigError(`${field}: ${issue.message.replace(/^Invalid input: /, "")}`);
  }
  const config = result.data as SeedExperimentConfig;
  const methods = seedMethods(config.methods);
  const lists = { seeds: config.seeds, latentDims: config.latentDims, methods: methods.map(({ label }) => label) };
  for (const [field, values] of Object.entries(lists)) {
    if (new Set<string | number>(values).size < values.length)
      throw new ConfigError(`${field}: one of them occurs twice`);
  }
  for (const { method, options } of methods) {
    checkOptions(method, options);
    if (config.data.molecules && trainsOnTables(method))
      throw new ConfigError(`methods: ${method} reads tables of numbers, not molecules`);
  }
  return config;
}

/** Whether a method trains a network of its own on inputs and targets, in place of reading what stage 1 learned. */
export function trainsOnTables(method: string): boolean {
  return method !== "mtlcm" && baselineNamed(method).trains;
}

function checkOptions(method: string, options: CellMethod["options"]): void {
  const shape = method === "mtlcm" ? {} : baselineOptionShape(method);
  const all = trainsOnTables(method) ? { ...trainedOptionShape, ...shape } : shape;
  const [issue] = z.strictObject(all).safeParse(options).error?.issues ?? [];
  if (issue === undefined) return;
  const field = ["options", ...issue.path].join(".");
  throw new ConfigError(`methods: ${method}: ${field}: ${issue.message.replace(/^Invalid input: /, "")}`);
}
