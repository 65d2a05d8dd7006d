import { describe, expect, it } from "vitest";
import { DataError } from "../errors.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { decodeFormat, encodeFormat, modelFormat } from "./safetensors-format.ts";

const contents = {
  tensors: { w: { dtype: "F32", shape: [1], data: Float32Array.of(2) } },
  metadata: { configuration: "{}" },
} as const;

/** The message with which metadata of a file are refused as a model's. */
function refusal(metadata: Record<string, string>): string {
  try {
    decodeFormat(modelFormat, encodeSafetensors({ tensors: {}, metadata }), "m.safetensors");
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("decodeFormat", () => {
  it("gives back what was encoded, with the version apart from the metadata", () => {
    const bytes = encodeFormat(modelFormat, contents);
    expect(decodeFormat(modelFormat, bytes, "m")).toEqual({ ...contents, version: 1 });
  });

  it("reads an older version and says which it is", () => {
    const bytes = encodeFormat(modelFormat, contents);
    expect(decodeFormat({ ...modelFormat, version: 3 }, bytes, "m").version).toBe(1);
  });

  it("refuses a file of no format, of another one, of no version and of a newer one", () => {
    expect(refusal({})).toBe("m.safetensors: not a taskprism model");
    expect(refusal({ format: "pt" })).toBe("m.safetensors: not a taskprism model");
    expect(refusal({ format: "taskprism-model" })).toBe("m.safetensors: a taskprism model of no known version: ''");
    expect(refusal({ format: "taskprism-model", version: "1.5" })).toBe(
      "m.safetensors: a taskprism model of no known version: '1.5'",
    );
    expect(refusal({ format: "taskprism-model", version: "2" })).toBe(
      "m.safetensors: a taskprism model of version 2, and version 1 is the newest that can be read here: update taskprism",
    );
    expect(refusal({ format: "taskprism-model", version: "1" })).toBe("accepted");
  });
});
