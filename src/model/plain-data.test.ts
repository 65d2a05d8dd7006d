import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix } from "../linalg/matrix.ts";
import { pack, unpack } from "./plain-data.ts";

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const floats = fc.array(fc.double(), { maxLength: 5 });
const leaf = fc.oneof(
  number,
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  floats.map((x) => Float64Array.from(x)),
  floats.map((x) => Float32Array.from(x)),
  fc.array(fc.integer({ min: -1000, max: 1000 })).map((x) => Int32Array.from(x)),
  fc.constant(matrix(2, 3, Float64Array.of(1, 2, 3, 4, Number.NaN, 6))),
);
const key = fc.string().filter((name) => name !== "__proto__" && name !== "$tensor");
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));

describe("pack and unpack", () => {
  it("are inverse to each other for any plain data", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), plain.value, { maxKeys: 4 }), (data) => {
        expect(unpack(pack(data), "test")).toEqual(data);
      }),
    );
  });

  it("name tensors by their path and give matrices two dimensions", () => {
    const { tensors } = pack({ a: { b: matrix(2, 1, Float64Array.of(1, 2)) }, c: [Float32Array.of(3)] });
    expect(tensors["a.b"]).toEqual({ dtype: "F64", shape: [2, 1], data: Float64Array.of(1, 2) });
    expect(tensors["c.0"]).toEqual({ dtype: "F32", shape: [1], data: Float32Array.of(3) });
  });

  it("refuse what JSON cannot hold and name where it is", () => {
    expect(() => pack({ a: { b: Number.NaN } })).toThrow(/a\.b is NaN/);
    expect(() => pack({ f: () => 1 })).toThrow(/f is/);
  });

  it("say which tensor is missing, and when the description is damaged", () => {
    const { json } = pack({ a: Float64Array.of(1) });
    expect(() => unpack({ json, tensors: {} }, "x.safetensors")).toThrow("x.safetensors: the tensor 'a' is missing");
    expect(() => unpack({ json: "{", tensors: {} }, "x.safetensors")).toThrow(
      /x\.safetensors: its description is damaged/,
    );
  });
});
