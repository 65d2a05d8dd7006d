import type { FitState } from "./fit.ts";
import type { FittedModel } from "./fitted-model.ts";
import { checkShapes } from "./model-shapes.ts";
import { decodePlain, encodePlain } from "./plain-file.ts";
import { type FileFormat, modelFormat } from "./safetensors-format.ts";
import { checkpointSchema, modelSchema } from "./schema.ts";

/** A fit that can go on: its state, and what must be the same for that. */
export interface Checkpoint {
  readonly state: FitState;
  readonly seed: number;
  readonly fingerprint: string;
}

/** The state of an unfinished training. */
const checkpointFormat: FileFormat = { format: "taskprism-checkpoint", version: 1, noun: "a taskprism checkpoint" };

/** A fitted model as the bytes of a .safetensors file: its arrays as tensors, the rest as JSON in the metadata. */
export function encodeModel(model: FittedModel): Uint8Array {
  return encodePlain(modelFormat, model);
}

/**
 * The fitted model in the bytes of a .safetensors file. Nothing in the file is ever executed.
 * @param source - the file's name, for messages
 * @throws DataError when the file is damaged, is not a model of this package or comes from a later version of it
 */
export function decodeModel(bytes: Uint8Array, source = "model"): FittedModel {
  // The schema checks what this version relies on; `unknown` because it leaves other fields of the fit as they are.
  const model = decodePlain(modelFormat, bytes, source, modelSchema) as unknown as FittedModel;
  checkShapes(model, source);
  return model;
}

/** The state of an unfinished training as the bytes of a .safetensors file. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return encodePlain(checkpointFormat, checkpoint);
}

/** The state of an unfinished training. Throws DataError as `decodeModel`. */
export function decodeCheckpoint(bytes: Uint8Array, source = "checkpoint"): Checkpoint {
  return decodePlain(checkpointFormat, bytes, source, checkpointSchema) as Checkpoint;
}
