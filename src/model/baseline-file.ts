import { z } from "zod";
import { DataError } from "../errors.ts";
import type { BaselineFitState, FittedBaseline } from "./baseline-fit.ts";
import { decodePlain, encodePlain } from "./plain-file.ts";
import { decodeSafetensors } from "./safetensors.ts";
import type { FileFormat } from "./safetensors-format.ts";
import { mtrnSchema, provenanceSchema, trainStateSchema, weightsSchema } from "./schema.ts";

const baselineFormat: FileFormat = { format: "taskprism-baseline", version: 1, noun: "a taskprism baseline" };
const checkpointFormat: FileFormat = {
  format: "taskprism-baseline-checkpoint",
  version: 1,
  noun: "a checkpoint of a taskprism baseline",
};

const trial = z.object({
  settings: z.record(z.string(), z.union([z.number(), z.string()])),
  criterion: z.number().nullable(),
  steps: z.int().nonnegative(),
});

const schema = z.object({
  method: z.string(),
  on: z.enum(["inputs", "features", "representation"]),
  layout: z.enum(["long", "wide"]),
  featureNames: z.array(z.string()),
  taskNames: z.array(z.string()),
  mtrn: mtrnSchema.nullable(),
  model: z.looseObject({ method: z.string(), inputDim: z.int().positive() }),
  report: z.object({
    trials: z.array(trial),
    chosen: z.int().nonnegative(),
    converged: z.boolean(),
    stoppedBy: z.literal("seconds").nullable(),
  }),
  provenance: provenanceSchema,
});

const checkpointSchema = z.object({
  state: z.discriminatedUnion("stage", [
    z.object({ stage: z.literal("train"), training: trainStateSchema }),
    z.object({
      stage: z.literal("baseline"),
      trial: z.object({ finished: z.array(trial), weights: weightsSchema.nullable(), training: trainStateSchema }),
    }),
  ]),
  fingerprint: z.string(),
});

/** The state of an unfinished fit of a baseline, and the data that it belongs to. */
export interface BaselineCheckpoint {
  readonly state: BaselineFitState;
  readonly fingerprint: string;
}

/** A fitted baseline as the bytes of a .safetensors file. */
export function encodeBaseline(fitted: FittedBaseline): Uint8Array {
  return encodePlain(baselineFormat, fitted);
}

/** Whether these are the bytes of a fitted baseline. Throws DataError when they are no safetensors file. */
export function holdsBaseline(bytes: Uint8Array, source = "baseline"): boolean {
  return decodeSafetensors(bytes, source).metadata.format === baselineFormat.format;
}

/** The fitted baseline in such bytes. Throws DataError when they are damaged, something else, or of a later version. */
export function decodeBaseline(bytes: Uint8Array, source = "baseline"): FittedBaseline {
  const fitted = decodePlain(baselineFormat, bytes, source, schema) as unknown as FittedBaseline;
  if (fitted.report.chosen >= fitted.report.trials.length) {
    throw new DataError(`the field 'report.chosen' is wrong: there is no trial ${fitted.report.chosen}`, { source });
  }
  return fitted;
}

/** The state of an unfinished fit as the bytes of a .safetensors file. */
export function encodeBaselineCheckpoint(checkpoint: BaselineCheckpoint): Uint8Array {
  return encodePlain(checkpointFormat, checkpoint);
}

/** The state of an unfinished fit. Throws DataError as `decodeBaseline`. */
export function decodeBaselineCheckpoint(bytes: Uint8Array, source = "checkpoint"): BaselineCheckpoint {
  return decodePlain(checkpointFormat, bytes, source, checkpointSchema) as BaselineCheckpoint;
}
