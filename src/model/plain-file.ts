import type { z } from "zod";
import { DataError } from "../errors.ts";
import { pack, unpack } from "./plain-data.ts";
import { decodeFormat, encodeFormat, type FileFormat } from "./safetensors-format.ts";

/** Plain data as the bytes of a .safetensors file: its arrays as tensors, the rest as JSON in the metadata. */
export function encodePlain(format: FileFormat, data: unknown): Uint8Array {
  const { json, tensors } = pack(data);
  return encodeFormat(format, { tensors, metadata: { data: json } });
}

/**
 * The plain data in such bytes. Nothing in them is ever executed.
 * @throws DataError naming `source` when they are damaged, of another format or a later version, or not as the schema says
 */
export function decodePlain<T>(format: FileFormat, bytes: Uint8Array, source: string, schema: z.ZodType<T>): T {
  const { tensors, metadata } = decodeFormat(format, bytes, source);
  if (metadata.data === undefined) throw new DataError("its description is missing", { source });
  const result = schema.safeParse(unpack({ json: metadata.data, tensors }, source));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DataError(`the field '${issue?.path.join(".")}' is wrong: ${issue?.message}`, { source });
}
