import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, ShapeError } from "../errors.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";

// Written by NumPy: test/golden/files/make.py.
const golden = (name: string) => readFileSync(new URL(`../../test/golden/files/${name}.npy`, import.meta.url));

/** The matrix of the golden files, in double and in single precision. */
const x = [1.5, -2, 3.25, 0.1, NaN, -Infinity];
const rounded = Float64Array.from(Float32Array.from(x));

describe("encodeNpy", () => {
  it("writes the very bytes that NumPy writes", () => {
    expect(Buffer.from(encodeNpy([2, 3], Float64Array.from(x)))).toEqual(golden("float64-c"));
  });

  it("is undone by decodeNpy, for vectors and matrices of any size", () => {
    const shape = fc.array(fc.nat(5), { minLength: 1, maxLength: 2 });
    const array = shape.chain((lengths) => {
      const count = lengths.reduce((product, length) => product * length, 1);
      return fc.float64Array({ minLength: count, maxLength: count }).map((data) => ({ lengths, data }));
    });
    fc.assert(
      fc.property(array, ({ lengths, data }) => {
        expect(decodeNpy(encodeNpy(lengths, data))).toEqual({ kind: "float", shape: lengths, data });
      }),
    );
  });

  it("refuses numbers that do not fill the shape", () => {
    expect(() => encodeNpy([2, 2], new Float64Array(3))).toThrow(new ShapeError("encodeNpy: 2 × 2 needs 4, got 3"));
  });
});

describe("decodeNpy", () => {
  it.each([
    ["float64-c", Float64Array.from(x)],
    ["float64-fortran", Float64Array.from(x)],
    ["float64-big-endian", Float64Array.from(x)],
    ["float64-version-3", Float64Array.from(x)],
    ["float32-c", rounded],
  ])("reads the floats of %s in row-major order", (name, data) => {
    expect(decodeNpy(golden(name))).toEqual({ kind: "float", shape: [2, 3], data });
  });

  it("reads integers, booleans and text", () => {
    expect(decodeNpy(golden("int32-fortran"))).toEqual({
      kind: "integer",
      shape: [2, 3],
      data: Float64Array.of(1, -2, 3, 4, 5, -6),
    });
    expect(decodeNpy(golden("int64-vector"))).toMatchObject({ shape: [5], data: Float64Array.of(3, 1, 2, 1, 3) });
    expect(decodeNpy(golden("bool-vector"))).toMatchObject({ kind: "integer", data: Float64Array.of(1, 0, 1) });
    expect(decodeNpy(golden("text-vector"))).toEqual({ kind: "text", shape: [4], data: ["ox", "Ähre", "", "ox"] });
  });

  it("reads from the middle of a larger buffer", () => {
    const shifted = Buffer.concat([Buffer.from([0]), golden("float64-c")]).subarray(1);
    expect(decodeNpy(shifted)).toMatchObject({ data: Float64Array.from(x) });
  });

  const replaced = (from: string, to: string) =>
    Buffer.from(golden("float64-c").toString("latin1").replace(from, to), "latin1");
  it.each<[what: string, bytes: Uint8Array, message: string]>([
    ["no bytes", new Uint8Array(0), "not a .npy file"],
    ["another kind of file", Buffer.from("PK\x03\x04 an archive of arrays"), "not a .npy file"],
    ["a header cut short", golden("float64-c").subarray(0, 40), "cut short within its header"],
    ["a header without a shape", replaced("'shape'", "'shapo'"), "damaged header"],
    ["numbers cut short", golden("float64-c").subarray(0, -1), "cut short: 2 × 3 of <f8 is 48 bytes, not 47"],
    [
      "bytes too many",
      Buffer.concat([golden("float64-c"), Buffer.alloc(2)]),
      "too long: 2 × 3 of <f8 is 48 bytes, not 50",
    ],
    ["a shape beyond the file", replaced("(2, 3), } ", "(2, 33), }"), "cut short: 2 × 33 of <f8 is 528 bytes, not 48"],
    [
      "Python objects",
      golden("object-vector"),
      "holds Python objects, only numbers and text can be read: save it as float64",
    ],
    ["complex numbers", golden("complex-vector"), "holds <c16, only numbers and text can be read: save it as float64"],
    [
      "records",
      replaced("'<f8', ", "[('a'),"),
      "holds structured records, only numbers and text can be read: save it as float64",
    ],
    [
      "text of no characters",
      Buffer.from(golden("text-vector")).fill(255, 128, 132),
      "holds 4294967295, which is no character",
    ],
    ["three dimensions", golden("cube"), "has 3 dimensions, at most 2 can be read"],
    ["integers beyond ±2^53", golden("int64-beyond-double"), "holds 9007199254740993, an integer beyond ±2^53"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodeNpy(bytes, "h.npy")).toThrow(new DataError(message, { source: "h.npy" }));
  });

  it("answers any damage with numbers or a DataError of one line", () => {
    const damage = fc.array(fc.tuple(fc.nat(175), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Uint8Array.from(golden("float64-c"));
        for (const [at, value] of changes) bytes[at] = value;
        try {
          decodeNpy(bytes, "h.npy");
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).toMatch(/^h\.npy: [^\n]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
