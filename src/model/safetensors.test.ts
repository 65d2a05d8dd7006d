import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, ShapeError } from "../errors.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "./safetensors.ts";

const golden = (name: string) => readFileSync(new URL(`../../test/golden/files/${name}`, import.meta.url));

const shape = fc.array(fc.nat(4), { maxLength: 3 });
const size = (lengths: readonly number[]) => lengths.reduce((product, length) => product * length, 1);
const filled = <T>(value: fc.Arbitrary<T>, lengths: number[]) =>
  fc.array(value, { minLength: size(lengths), maxLength: size(lengths) });

const tensor: fc.Arbitrary<Tensor> = shape.chain((lengths) =>
  fc.oneof(
    filled(fc.float(), lengths).map((x): Tensor => ({ dtype: "F32", shape: lengths, data: Float32Array.from(x) })),
    filled(fc.double(), lengths).map((x): Tensor => ({ dtype: "F64", shape: lengths, data: Float64Array.from(x) })),
    filled(fc.integer(), lengths).map((x): Tensor => ({ dtype: "I32", shape: lengths, data: Int32Array.from(x) })),
    filled(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), lengths).map(
      (x): Tensor => ({ dtype: "I64", shape: lengths, data: BigInt64Array.from(x) }),
    ),
  ),
);
const text = fc.string({ unit: "grapheme" });
const contents = fc.record({
  tensors: fc.dictionary(text, tensor).filter((tensors) => !Object.hasOwn(tensors, "__metadata__")),
  metadata: fc.dictionary(text, text),
});

/** A file whose header is `header` as it stands, before `data` zero bytes. */
function fileOf(header: string, data = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe("encodeSafetensors", () => {
  it("is undone by decodeSafetensors, whatever the names, shapes and numbers", () => {
    fc.assert(
      fc.property(contents, (given) => {
        expect(decodeSafetensors(encodeSafetensors(given))).toEqual(given);
      }),
    );
  });

  it("gives the same bytes whatever the order of the tensors", () => {
    const a: Tensor = { dtype: "F32", shape: [1], data: Float32Array.of(1) };
    const b: Tensor = { dtype: "F64", shape: [2], data: Float64Array.of(2, 3) };
    const bytes = encodeSafetensors({ tensors: { a, b }, metadata: {} });
    expect(encodeSafetensors({ tensors: { b, a }, metadata: {} })).toEqual(bytes);
    expect(encodeSafetensors({ tensors: { a: b, b: a }, metadata: {} })).not.toEqual(bytes);
  });

  it("lays tensors out so that reading copies none, even from a view into a larger buffer", () => {
    fc.assert(
      fc.property(contents, fc.nat(3), (given, eights) => {
        const bytes = encodeSafetensors(given);
        const larger = new Uint8Array(bytes.length + 8 * eights);
        larger.set(bytes, 8 * eights);
        const { tensors } = decodeSafetensors(larger.subarray(8 * eights));
        for (const { data } of Object.values(tensors)) expect(data.buffer).toBe(larger.buffer);
      }),
    );
  });

  it("refuses a tensor whose numbers do not fill its shape, and the one reserved name", () => {
    const short: Tensor = { dtype: "F32", shape: [2, 2], data: new Float32Array(3) };
    expect(() => encodeSafetensors({ tensors: { short }, metadata: {} })).toThrow(
      new ShapeError("encodeSafetensors: 'short' has shape [2, 2] and 3 numbers, not 4"),
    );
    const one: Tensor = { dtype: "F32", shape: [], data: new Float32Array(1) };
    expect(() => encodeSafetensors({ tensors: { __metadata__: one }, metadata: {} })).toThrow(ShapeError);
  });
});

describe("decodeSafetensors", () => {
  // Written by the safetensors library for Python: test/golden/files/make.py.
  it("reads what the reference implementation writes", () => {
    const { tensors, metadata } = decodeSafetensors(golden("peer.safetensors"));
    expect(tensors).toEqual({
      weights: { dtype: "F32", shape: [2, 3], data: Float32Array.of(1.5, -2, 3.25, 0.1, NaN, -Infinity) },
      bias: { dtype: "F64", shape: [2], data: Float64Array.of(0.1, 0.2) },
      task: { dtype: "I32", shape: [3], data: Int32Array.of(3, 1, 2) },
      big: { dtype: "I64", shape: [2], data: BigInt64Array.of(2n ** 53n + 1n, -1n) },
      none: { dtype: "F32", shape: [0, 4], data: new Float32Array(0) },
    });
    expect(metadata).toEqual({ format: "np", note: "Ähre" });
  });

  it("copies tensors out of a Node buffer in which they are not aligned", () => {
    const bytes = encodeSafetensors({
      tensors: { x: { dtype: "F64", shape: [2], data: Float64Array.of(0.5, 7) } },
      metadata: {},
    });
    const unaligned = Buffer.concat([Buffer.from([0]), bytes]).subarray(1);
    const { x } = decodeSafetensors(unaligned).tensors;
    unaligned.fill(0);
    expect(x?.data).toEqual(Float64Array.of(0.5, 7));
  });

  it("takes a tensor called __proto__ for a tensor", () => {
    const { tensors } = decodeSafetensors(fileOf('{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'));
    expect(Object.keys(tensors)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  });

  const x = (fields: string) => `{"x":{${fields}}}`;
  const refusals: [what: string, bytes: Uint8Array, message: string][] = [
    ["no bytes", new Uint8Array(0), "not a safetensors file: 0 bytes, fewer than the 8 it begins with"],
    ["another kind of file", golden("float64-c.npy"), "not a safetensors file: no header where it should begin"],
    ["no header", fileOf(""), "damaged header: not JSON in UTF-8"],
    ["a header cut short", fileOf('{"a":1}').subarray(0, 12), "cut short: the header should have 7 bytes, 4 are there"],
    ["a header that is not JSON", fileOf("{nonsense"), "damaged header: not JSON in UTF-8"],
    ["metadata that are not text", fileOf('{"__metadata__":{"a":1}}'), "damaged header: its metadata are not all text"],
    ["metadata that are a list", fileOf('{"__metadata__":[]}'), "damaged header: its metadata are not all text"],
    ["a tensor without fields", fileOf('{"x":null}'), "tensor 'x' has no dtype"],
    [
      "half precision",
      golden("half.safetensors"),
      "tensor 'half' has dtype F16, only F32, F64, I32, I64, U8, U16 can be read",
    ],
    [
      "a dtype from the prototype",
      fileOf(x('"dtype":"toString"')),
      "tensor 'x' has dtype toString, only F32, F64, I32, I64, U8, U16 can be read",
    ],
    ["a name of two lines", fileOf('{"x\\ny":null}'), "tensor 'x y' has no dtype"],
    ["a negative shape", fileOf(x('"dtype":"F32","shape":[-1]')), "tensor 'x' has no valid shape"],
    ["a fractional shape", fileOf(x('"dtype":"F32","shape":[0.5]')), "tensor 'x' has no valid shape"],
    ["one offset", fileOf(x('"dtype":"F32","shape":[0],"data_offsets":[0]')), "tensor 'x' has no valid data_offsets"],
    [
      "offsets of another size",
      fileOf(x('"dtype":"F32","shape":[2],"data_offsets":[0,4]'), 4),
      "tensor 'x' needs 8 bytes for F32 [2], its data_offsets span 4",
    ],
    [
      "offsets in reverse",
      fileOf(x('"dtype":"F32","shape":[1],"data_offsets":[4,0]'), 4),
      "tensor 'x' needs 4 bytes for F32 [1], its data_offsets span -4",
    ],
    [
      "a shape beyond any memory",
      fileOf(x('"dtype":"F64","shape":[1000000,1000000],"data_offsets":[0,8]'), 8),
      "tensor 'x' needs 8000000000000 bytes for F64 [1000000, 1000000], its data_offsets span 8",
    ],
    [
      "numbers cut short",
      fileOf(x('"dtype":"F32","shape":[2],"data_offsets":[0,8]'), 4),
      "cut short: the tensors need 8 bytes, 4 are there",
    ],
    ["bytes too many", fileOf(x('"dtype":"F32","shape":[2],"data_offsets":[0,8]'), 9), "1 bytes too many at its end"],
    ["a gap", fileOf(x('"dtype":"F32","shape":[1],"data_offsets":[4,8]'), 8), "4 unused bytes before tensor 'x'"],
    [
      "an overlap",
      fileOf(
        '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        8,
      ),
      "tensor 'y' overlaps the one before it",
    ],
  ];
  it.each(refusals)("refuses %s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, "f")).toThrow(new DataError(message, { source: "f" }));
  });

  it("answers any damage with contents or a DataError of one line", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(contents, damage, fc.nat(20), (given, changes, cut) => {
        const whole = encodeSafetensors(given);
        const bytes = whole.slice(0, Math.max(0, whole.length - cut));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          decodeSafetensors(bytes, "f");
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).toMatch(/^f: [^\n]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
