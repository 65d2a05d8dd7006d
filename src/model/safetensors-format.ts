import { DataError } from "../errors.ts";
import { decodeSafetensors, encodeSafetensors, type SafetensorsContents } from "./safetensors.ts";

/** A kind of file kept in a safetensors container, told from every other by two entries of its metadata. */
export interface FileFormat {
  /** The value of the entry `format`. */
  readonly format: string;
  /** The value of the entry `version`: the newest layout that this code writes and reads. */
  readonly version: number;
  /** What such a file is called in messages, with its article: "a taskprism model". */
  readonly noun: string;
}

/** Contents read from a file of some format, with the version of the layout in which they were written. */
export interface FormatContents extends SafetensorsContents {
  readonly version: number;
}

/** A fitted model. */
export const modelFormat: FileFormat = { format: "taskprism-model", version: 1, noun: "a taskprism model" };

/** The bytes of a file of `format`. Throws ShapeError as `encodeSafetensors` does. */
export function encodeFormat(format: FileFormat, { tensors, metadata }: SafetensorsContents): Uint8Array {
  const identity = { format: format.format, version: String(format.version) };
  return encodeSafetensors({ tensors, metadata: { ...metadata, ...identity } });
}

/**
 * The contents of a file of `format`, of this version or an older one; `format` and `version` are taken out of its
 * metadata. A reader of contents older than the newest version brings them up to date itself.
 *
 * Throws DataError naming `source` when the bytes are no safetensors file, of another format, or of a newer version.
 */
export function decodeFormat(format: FileFormat, bytes: Uint8Array, source: string): FormatContents {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const { format: found, version: written = "", ...rest } = metadata;
  if (found !== format.format) throw new DataError(`not ${format.noun}`, { source });
  if (!/^[1-9]\d*$/.test(written)) throw new DataError(`${format.noun} of no known version: '${written}'`, { source });
  const version = Number(written);
  if (version > format.version) {
    const problem = `${format.noun} of version ${version}, and version ${format.version} is the newest that can be read here`;
    throw new DataError(`${problem}: update taskprism`, { source });
  }
  return { tensors, metadata: rest, version };
}
