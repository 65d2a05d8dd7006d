import type { z } from "zod";
import { DataError } from "../errors.ts";
import type { TrainState } from "../nn/train.ts";
import { VERSION } from "../version.ts";
import type { FittedModel } from "./fitted-model.ts";
import { checkShapes } from "./model-shapes.ts";
import { pack, unpack } from "./plain-data.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { checkpointSchema, modelSchema } from "./schema.ts";

/** A training that can go on: its state, and what must be the same for that. */
export interface Checkpoint {
  readonly state: TrainState;
  readonly seed: number;
  readonly fingerprint: string;
}

/** Raised when a field changes its meaning; a file of a later format is refused, one of an earlier format is read. */
const FORMAT_VERSION = 1;

type Kind = "taskprism-model" | "taskprism-checkpoint";

/** A fitted model as the bytes of a .safetensors file: its arrays as tensors, the rest as JSON in the metadata. */
export function encodeModel(model: FittedModel): Uint8Array {
  return encode("taskprism-model", model);
}

/**
 * The fitted model in the bytes of a .safetensors file. Nothing in the file is ever executed.
 * @param source - the file's name, for messages
 * @throws DataError when the file is damaged, is not a model of this package or comes from a later version of it
 */
export function decodeModel(bytes: Uint8Array, source = "model"): FittedModel {
  // The schema checks what this version relies on; `unknown` because it leaves other fields of the fit as they are.
  const model = validated(modelSchema, decode("taskprism-model", bytes, source), source) as unknown as FittedModel;
  checkShapes(model, source);
  return model;
}

/** The state of an unfinished training as the bytes of a .safetensors file. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return encode("taskprism-checkpoint", checkpoint);
}

/** The state of an unfinished training. Throws DataError as `decodeModel`. */
export function decodeCheckpoint(bytes: Uint8Array, source = "checkpoint"): Checkpoint {
  return validated(checkpointSchema, decode("taskprism-checkpoint", bytes, source), source) as Checkpoint;
}

function encode(kind: Kind, data: unknown): Uint8Array {
  const { json, tensors } = pack(data);
  const metadata = { format: kind, formatVersion: String(FORMAT_VERSION), taskprism: VERSION, data: json };
  return encodeSafetensors({ tensors, metadata });
}

function decode(kind: Kind, bytes: Uint8Array, source: string): unknown {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  if (metadata.format !== kind || metadata.data === undefined) {
    throw new DataError(`a safetensors file, but not a ${kind.replace("-", " ")}`, { source });
  }
  if (Number(metadata.formatVersion) > FORMAT_VERSION) {
    throw new DataError(`written by taskprism ${metadata.taskprism}, which is newer than this ${VERSION}`, { source });
  }
  return unpack({ json: metadata.data, tensors }, source);
}

function validated<T>(schema: z.ZodType<T>, data: unknown, source: string): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DataError(`the field '${issue?.path.join(".")}' is wrong: ${issue?.message}`, { source });
}
