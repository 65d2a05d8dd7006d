import { parse } from "yaml";
import { z } from "zod";
import type { MoleculeDescription } from "../data/molecules/molecule-data.ts";
import { ConfigError, DataError } from "../errors.ts";
import type { BaselineFitOptions } from "../model/baseline-fit.ts";
import { checkBaselineOptions } from "../model/baseline-options.ts";
import type { FitOptions } from "../model/fit.ts";
import { refinementOptions, stage1Options, stage2Options } from "../model/training-options.ts";
import type { EncoderKind } from "../mtrn/architecture.ts";
import type { ColumnRequest } from "../node/index.ts";
import { type BootstrapRequest, bootstrapRequest } from "./bootstrap-stage.ts";
import type { FitFlags } from "./fit.ts";
import { readsMolecules } from "./molecule-input.ts";
import type { MoleculeFlags } from "./molecule-options.ts";

/** Everything that determines a fit, as it is written to config.yaml and read back from it. */
export interface FitPlan {
  readonly tables: readonly string[];
  readonly columns: ColumnRequest;
  /** How molecules are read, where there are any. */
  readonly molecules?: MoleculeFlags & MoleculeDescription;
  readonly encoder?: EncoderKind;
  readonly options: Omit<FitOptions, "latentDim" | "latentDims" | "threads"> &
    BaselineChoice & {
      /** "auto" becomes a number once it is measured. */
      readonly threads?: number | "auto";
      readonly latentDim?: number;
      /** Numbers of latents to choose from; "auto" becomes a range once the data are known. */
      readonly latentDims?: "auto" | readonly number[];
    };
  readonly bootstrap?: BootstrapRequest;
}

/** What makes it the fit of a baseline. */
type BaselineChoice = Partial<Pick<BaselineFitOptions, "method" | "on" | "steps" | "maxSeconds" | "methodOptions">>;

const columnNames = z.array(z.string()).optional();
const count = z.int().positive().optional();

const planSchema = z.strictObject({
  tables: z.array(z.string()).min(1),
  columns: z.strictObject({
    features: columnNames,
    targets: columnNames,
    drop: columnNames,
    task: z.string().optional(),
    target: z.string().optional(),
    rowName: z.string().optional(),
  }),
  molecules: z
    .strictObject({
      smiles: z.string().optional(),
      skipBad: z.boolean().optional(),
      cutoff: z.number().nonnegative(),
      geometry: z.enum(["3d", "none"]),
    })
    .optional(),
  encoder: z.enum(["mlp", "egnn"]).optional(),
  options: z.strictObject({
    seed: z.int(),
    atomReferences: z.enum(["auto", "all", "none"]).optional(),
    latentDim: count,
    latentDims: z.union([z.literal("auto"), z.array(z.int().positive()).min(1)]).optional(),
    ...stage1Options,
    ...stage2Options,
    ...refinementOptions,
    threads: z.union([z.literal("auto"), z.int().positive()]).optional(),
    device: z.enum(["cpu", "webgpu", "auto"]).optional(),
    method: z.string().optional(),
    on: z.enum(["inputs", "features", "representation"]).optional(),
    steps: count,
    maxSeconds: z.number().positive().optional(),
    methodOptions: z.record(z.string(), z.unknown()).optional(),
  }),
  bootstrap: z
    .strictObject({
      replicates: z.int().positive(),
      resample: z.enum(["rows", "tasks"]).optional(),
      freshStarts: z.int().nonnegative().optional(),
    })
    .optional(),
});

/**
 * The plan that the command line asks for.
 * @throws ConfigError when tables are missing, for an encoder that does not read them, and options of molecules without any
 */
export async function planFromFlags(tables: readonly string[], flags: FitFlags): Promise<FitPlan> {
  if (tables.length === 0) throw new ConfigError("no tables: name at least one file, or --resume a run");
  const { features, targets, drop, task, target, id: rowName } = flags;
  if (flags.latentDim !== undefined && flags.latentDims !== undefined) {
    throw new ConfigError("give either --latent-dim, a number or auto, or --latent-dims to choose from");
  }
  const latentDims = flags.latentDim === "auto" ? flags.latentDim : flags.latentDims;
  const latentDim = flags.latentDim === "auto" ? undefined : flags.latentDim;
  const { seed, preset, featureDim, hidden, epochs, batchSize, learningRate, warmUp, schedule } = flags;
  const { heads, headPenalty, holdOut, patience, variance, sigmaS, starts: maxStarts, threads, device } = flags;
  const {
    refine,
    refineRounds,
    refineEpochs,
    refineRate,
    refineHidden,
    method,
    on,
    steps,
    maxSeconds,
    atomReferences,
  } = flags;
  if (method === undefined && (on ?? steps ?? maxSeconds ?? flags.option) !== undefined) {
    throw new ConfigError("--on, --steps, --max-seconds and --option are for baselines: name one with --method");
  }
  if (method !== undefined && refine)
    throw new ConfigError("--refine is for this package's own method; leave --method out");
  if (method !== undefined && latentDims !== undefined) {
    throw new ConfigError("d is chosen by what a network's heads use; for a baseline give --latent-dim a number");
  }
  if (method !== undefined && threads === "auto") {
    throw new ConfigError("--threads auto measures this package's own training; for a baseline give a number");
  }
  const methodOptions = flags.option && optionsOf(flags.option);
  if (method !== undefined) checkBaselineOptions(method, methodOptions ?? {});
  const molecules = await moleculePlan(tables, flags);
  if (molecules && method !== undefined) throw new ConfigError("baselines read tables of numbers, not molecules");
  return parsePlan(
    {
      tables,
      molecules,
      encoder: flags.encoder,
      columns: { features, targets, drop, task, target, rowName },
      options: {
        ...{
          seed,
          preset,
          atomReferences,
          latentDim,
          latentDims,
          featureDim,
          hidden,
          epochs,
          batchSize,
          learningRate,
          warmUp,
          schedule,
        },
        ...{ heads, headPenalty, holdOut, patience, variance, sigmaS, maxStarts, threads, device },
        ...{ refine, refineRounds, refineEpochs, refineRate, refineHidden },
        ...{ method, on, steps, maxSeconds, methodOptions },
      },
      bootstrap: bootstrapRequest(flags),
    },
    (problem) => new ConfigError(problem),
  );
}

/** The options in texts such as `contrast=cube`; a value is read as YAML. Throws ConfigError for a text without a name. */
function optionsOf(texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new ConfigError(`--option ${text}: it must be NAME=VALUE, such as contrast=cube`);
      return [text.slice(0, at), parse(text.slice(at + 1))];
    }),
  );
}

/** How molecules are to be read; undefined when there are none. */
async function moleculePlan(tables: readonly string[], flags: FitFlags) {
  const { encoder, smiles, skipBad, cutoff, geometry, atomReferences } = flags;
  if (await readsMolecules(tables, flags)) {
    if (encoder === "mlp") throw new ConfigError("--encoder mlp reads tables of numbers; molecules need egnn");
    if (cutoff !== undefined && cutoff < 0) throw new ConfigError(`--cutoff must not be below 0, got ${cutoff}`);
    return { smiles, skipBad, cutoff: cutoff ?? 0, geometry: geometry ?? "3d" };
  }
  if (encoder === "egnn") {
    throw new ConfigError("--encoder egnn needs molecules: an .sdf or .xyz file, or --smiles COLUMN");
  }
  const meaningless = Object.entries({ skipBad, cutoff, geometry, atomReferences }).find(
    ([, value]) => value !== undefined,
  );
  if (meaningless) throw new ConfigError(`${meaningless[0]} is for molecules, and there are none`);
  return undefined;
}

/** The plan in the config.yaml of a run. Throws DataError naming the field that is wrong. */
export function planFromConfig(config: unknown, source: string): FitPlan {
  return parsePlan(config, (problem) => new DataError(problem, { source }));
}

function parsePlan(plan: unknown, refuse: (problem: string) => Error): FitPlan {
  const result = planSchema.safeParse(withoutUndefined(plan));
  if (result.success) return result.data as FitPlan;
  const [issue] = result.error.issues;
  throw refuse(`${String(issue?.path.at(-1) ?? "configuration")}: ${issue?.message}`);
}

function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
